const maxWarnings = 5;

/**
 * A warning for each key that occurs twice in one object, five at most. `JSON.parse` keeps the last of them silently;
 * whoever wrote the others should know. `members` is how many are left in what it made of the text.
 */
export function duplicateKeys(text: string, members: number): string[] {
  // Few documents have any, and to count is ten times faster than to look for them.
  return countKeys(text) === members ? [] : findDuplicates(text);
}

/** Strings with a colon after them. */
function countKeys(text: string): number {
  let count = 0;
  for (let open = text.indexOf('"'); open !== -1; ) {
    const close = endOfString(text, open);
    let next = close + 1;
    while (text.charCodeAt(next) <= 32) next += 1;
    if (text[next] === ':') count += 1;
    open = text.indexOf('"', next);
  }
  return count;
}

function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  for (;;) {
    let before = close - 1;
    while (text[before] === '\\') before -= 1;
    // After an even number of backslashes the quotation mark is none of the string's own.
    if ((close - before) % 2 === 1) return close;
    close = text.indexOf('"', close + 1);
  }
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
