const maxLength = 500;

/**
 * Whether a `pattern` may be run against what a model sends: short, compiled in unicode mode as JSON Schema 2020-12
 * asks (section 6.4 of its core), and without a repeated group that itself repeats, which can take exponential time.
 */
export function isUsablePattern(pattern: string): boolean {
  if (pattern.length > maxLength || repeatsRepetition(pattern)) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

function repeatsRepetition(pattern: string): boolean {
  const unbounded = /^(?:[*+]|\{\d+,\})/;
  /** For every open group: whether something in it repeats without bound. */
  const groups: boolean[] = [false];
  let inClass = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === '\\') index += 1;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (!inClass && character === '(') groups.push(false);
    else if (!inClass && character === ')') {
      const repeats = groups.pop() ?? false;
      const repeated = unbounded.test(pattern.slice(index + 1, index + 12));
      if (repeats && repeated) return true;
      if ((repeats || repeated) && groups.length > 0) groups[groups.length - 1] = true;
    } else if (!inClass && unbounded.test(pattern.slice(index, index + 12))) groups[groups.length - 1] = true;
  }
  return false;
}
