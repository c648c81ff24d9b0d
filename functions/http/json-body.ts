import { GatewayError } from '../gateway/errors.ts';
import type { PlainRequest } from './plain.ts';

/** Deeper values overflow the stack of `JSON.stringify` and of every recursive step behind it. */
const maxDepth = 64;

/** Members that select what is done: a repeated one would let two readers of the same body disagree. */
const decisive = new Set(['jsonrpc', 'id', 'method', 'params', 'params.name']);

interface Frame {
  /** The names seen so far; `undefined` for an array. */
  names: Set<string> | undefined;
  /** Where this container stands: `params` for the value of the root's `params`. */
  path: string;
}

/**
 * The JSON body of a request. Throws `unsupported_media_type`, `too_large` beyond `maxBytes`, or what `parseJsonBody`
 * throws.
 */
export function readJson({ headers, body }: PlainRequest, maxBytes: number): unknown {
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new GatewayError('unsupported_media_type', 'Send the body as Content-Type: application/json.', {
      field: 'content-type',
    });
  }
  checkSize(body, maxBytes);
  return parseJsonBody(body);
}

/** Throws `too_large` for a body of more than `maxBytes` bytes in UTF-8. */
export function checkSize(body: string, maxBytes: number): void {
  if (body.length <= maxBytes / 3 || Buffer.byteLength(body) <= maxBytes) return;
  throw new GatewayError('too_large', `The body is larger than ${maxBytes} bytes.`, { field: 'body' });
}

/**
 * Parses a JSON text that a stranger sent. Throws `bad_request` naming the fault: not JSON, nested deeper than 64,
 * a `__proto__` member, or a repeated member that decides what the message means.
 */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') throw refused('The body is empty. Send a JSON document.');
  scan(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused(`The body is not valid JSON: ${(cause as Error).message}`, cause);
  }
}

/** One pass over the text, before any parser has built anything. Malformed JSON is left to the parser to explain. */
function scan(text: string): void {
  const open: Frame[] = [];
  let at = 0;
  let lastName = '';
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      const frame = open.at(-1);
      if (frame?.names && isName(text, end)) {
        lastName = nameAt(text, at, end);
        checkName(frame, frame.names, lastName);
      }
      at = end;
    } else if (character === '{' || character === '[') {
      if (open.length === maxDepth) throw refused(`The body is nested deeper than ${maxDepth} levels.`);
      open.push({ names: character === '{' ? new Set() : undefined, path: pathBelow(open.at(-1), lastName) });
      at += 1;
    } else {
      if (character === '}' || character === ']') open.pop();
      at += 1;
    }
  }
}

function checkName(frame: Frame, names: Set<string>, name: string): void {
  if (name === '__proto__') throw refused('The body has a member named "__proto__".');
  if (frame.path === '' || frame.path === 'params') {
    const path = frame.path === '' ? name : `${frame.path}.${name}`;
    if (names.has(name) && decisive.has(path)) throw refused(`The body repeats the member "${path}".`, undefined, path);
    names.add(name);
  }
}

/** Members of the root, of a batch's elements, and of their `params` are told apart; deeper ones need not be. */
function pathBelow(parent: Frame | undefined, lastName: string): string {
  if (!parent) return '';
  if (parent.names === undefined) return parent.path;
  return parent.path === '' ? lastName : `${parent.path}.${lastName}`;
}

/** The index after the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return text[at] === ':';
}

function nameAt(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}

function refused(message: string, cause?: unknown, field = 'body'): GatewayError {
  return new GatewayError('bad_request', message, { field, cause });
}
