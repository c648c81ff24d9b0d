export type JsonReading = { ok: true; value: unknown; compact: string } | { ok: false; reason: string };

/** Deeper values overflow the stack of those who write or compare them. */
const maxDepth = 200;

/**
 * Parses a backend's JSON, and gives its text without the white space between tokens. The text is not written anew,
 * so a number keeps every digit that the backend gave it.
 */
export function readJson(text: string): JsonReading {
  const compact = compactJson(text);
  if (compact === undefined) return { ok: false, reason: `is nested deeper than ${maxDepth} levels` };
  try {
    return { ok: true, value: JSON.parse(compact), compact };
  } catch {
    return { ok: false, reason: 'is not valid JSON' };
  }
}

/** One pass; `undefined` when the nesting is too deep. Text that is no JSON is left for the parser to refuse. */
function compactJson(text: string): string | undefined {
  const pieces: string[] = [];
  let from = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === quote) {
      at = endOfString(text, at);
    } else if (character === space || (character >= 0x09 && character <= 0x0d)) {
      pieces.push(text.slice(from, at));
      from = at + 1;
    } else if (character === openBrace || character === openBracket) {
      depth += 1;
      if (depth > maxDepth) return undefined;
    } else if (character === closeBrace || character === closeBracket) {
      depth -= 1;
    }
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(from);
}

const [quote, space, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x20, 0x7b, 0x7d, 0x5b, 0x5d];

/** The index of the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== quote) at += text[at] === '\\' ? 2 : 1;
  return at;
}
