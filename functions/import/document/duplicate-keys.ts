const maxWarnings = 5;
const quotationMark = 34;
const backslash = 92;

/**
 * A warning for each key that occurs twice in one object, five at most. `JSON.parse` keeps the last of them silently;
 * whoever wrote the others should know. `members` is how many are left in what it made of the text.
 */
export function duplicateKeys(text: string, members: number): string[] {
  // Few documents have any, and to count is ten times faster than to look for them.
  return countKeys(text) === members ? [] : findDuplicates(text);
}

/** Quotation marks with a colon after them: never fewer than there are keys. */
function countKeys(text: string): number {
  let count = 0;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1;
    while (text.charCodeAt(before) <= 32) before -= 1;
    if (text.charCodeAt(before) !== quotationMark) continue;
    if (text.charCodeAt(before - 1) !== backslash || !isEscaped(text, before)) count += 1;
  }
  return count;
}

/** After an odd number of backslashes a quotation mark is a string's own. */
function isEscaped(text: string, index: number): boolean {
  let before = index - 1;
  while (text.charCodeAt(before) === backslash) before -= 1;
  return (index - before) % 2 === 0;
}

function findDuplicates(text: string): string[] {
  const warnings: string[] = [];
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const keys = open.at(-1);
      if (keys?.has(last)) {
        const line = text.slice(0, index).split('\n').length;
        warnings.push(`The key ${last.slice(0, 80)} occurs twice in one object (line ${line}); the last one is used.`);
        if (warnings.length === maxWarnings) return warnings;
      }
      keys?.add(last);
    } else last = token;
  }
  return warnings;
}
