const maxLength = 500;

/**
 * Whether a `pattern` may be run against what a model sends: short, compiled in unicode mode as JSON Schema 2020-12
 * asks (section 6.4 of its core), and without a repeated group that itself repeats or has several ways to match the
 * same text, which can take exponential time.
 */
export function isUsablePattern(pattern: string): boolean {
  if (pattern.length > maxLength || hasAmbiguousRepetition(pattern)) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

interface Group {
  /** Whether something in it repeats without bound. */
  repeats: boolean;
  /** Where its alternatives begin. */
  alternatives: number[];
}

function hasAmbiguousRepetition(pattern: string): boolean {
  const unbounded = /^(?:[*+]|\{\d+,\})/;
  const open: Group[] = [{ repeats: false, alternatives: [0] }];
  let inClass = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    const group = open.at(-1);
    if (character === '\\') index += 1;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (!group || inClass) continue;
    else if (character === '(') open.push({ repeats: false, alternatives: [contentOf(pattern, index)] });
    else if (character === '|') group.alternatives.push(index + 1);
    else if (character === ')') {
      open.pop();
      const repeated = unbounded.test(pattern.slice(index + 1, index + 12));
      const isNested = group.repeats && !isSeparated(pattern.slice(group.alternatives[0], index));
      if (repeated && (isNested || canBeginAlike(pattern, group.alternatives))) return true;
      const around = open.at(-1);
      if (around && (group.repeats || repeated)) around.repeats = true;
    } else if (unbounded.test(pattern.slice(index, index + 12))) group.repeats = true;
  }
  return false;
}

/** Where the first alternative of a group begins, behind `(?:`, `(?<name>` and the like. */
function contentOf(pattern: string, opening: number): number {
  const [mark = ''] = /^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/.exec(pattern.slice(opening)) ?? [];
  return opening + mark.length;
}

/** Whether two alternatives can begin with the same character; where that is hard to tell, they can. */
function canBeginAlike(pattern: string, alternatives: number[]): boolean {
  if (alternatives.length < 2) return false;
  const taken = new Set<string>();
  return alternatives.some((start) => {
    const first = firstCharacters(pattern.slice(start));
    const isAlike = !first || first.some((character) => taken.has(character));
    for (const character of first ?? []) taken.add(character);
    return isAlike;
  });
}

/** `(?:-[a-z]+)*`: each turn begins with a separator that the repetition in it does not contain, so there is one way. */
function isSeparated(content: string): boolean {
  const separator = firstCharacters(content);
  const [, first = ''] = atom.exec(content) ?? [];
  const [, second, quantifier] = atom.exec(content.slice(first.length)) ?? [];
  // A class of all but some characters may share those that are not looked at.
  if (!separator || second === undefined || /^(?:\[\^|\\[DSW])/.test(first)) return false;
  const repeated = new Set(charactersOf(second));
  const rest = content.slice(first.length + second.length);
  return /^(?:[*+]|\{\d+,\d*\})$/.test(rest) && quantifier !== undefined && !separator.some((one) => repeated.has(one));
}

const latin = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

const atom = /^(\\[dDsSwW]|\\[^\p{L}\d]|\[(?:\\.|[^\]\\])*\]|[^\\[.()|*+?{}^$])([?*+]|\{\d)?/u;

/** The characters, of those that patterns are mostly about, with which an expression begins; `undefined` for any. */
function firstCharacters(expression: string): string[] | undefined {
  const [, first, quantifier] = atom.exec(expression) ?? [];
  const mayBeMissing = quantifier === '?' || quantifier === '*' || quantifier === '{0';
  return first === undefined || mayBeMissing ? undefined : charactersOf(first);
}

function charactersOf(one: string): string[] | undefined {
  try {
    const matches = new RegExp(`^${one}$`, 'u');
    return latin.filter((character) => matches.test(character));
  } catch {
    return undefined;
  }
}
