import type { DeclaredParameter } from './declared.ts';
import { isObject } from './json.ts';

/** One `name=value` of a query, a form or a `Cookie` header: the name decoded, the value raw. */
export interface Pair {
  name: string;
  value: string;
}

export function readPairs(text: string, separator: string | RegExp): Pair[] {
  const pieces = text.split(separator).filter((piece) => piece !== '');
  return pieces.map((piece) => {
    const [name = '', ...value] = piece.split('=');
    return { name: decode(name), value: value.join('=') };
  });
}

/** Takes the pairs of one parameter out of those that are left. Whether they carry the value as its style says. */
export function takeParameter<P extends Pair>(pairs: P[], parameter: DeclaredParameter, value: unknown): boolean {
  const { name, style, explode, contentType } = parameter;
  const read = readerFor(parameter);
  if (contentType !== undefined) return isContent(single(pairs, name), contentType, value);
  if (isNothing(value)) return take(pairs, (pair) => pair.name === name).length === 0;
  if (style === 'deepObject' && typeof value === 'object') return takeDeep(pairs, name, value, read);
  if (explode && Array.isArray(value)) {
    const found = take(pairs, (pair) => pair.name === name).map((pair) => read(pair.value));
    return isSame(found, textsOf(value));
  }
  if (explode && isObject(value)) {
    return members(value).every(([key, text]) => {
      const found = single(pairs, key);
      return found !== undefined && read(found) === text;
    });
  }
  const found = single(pairs, name);
  return found !== undefined && isDelimited(found, separatorsOf(parameter), value, read);
}

/** Whether the text of a path segment or header carries the value as its style says. */
export function textMatches(raw: string, parameter: DeclaredParameter, value: unknown): boolean {
  const { style, explode, contentType, name } = parameter;
  const read = readerFor(parameter);
  if (contentType !== undefined)
    return isContent(parameter.in === 'header' ? raw : read(raw), contentType, value, true);
  switch (style) {
    case 'label': {
      const separators = explode ? ['.'] : [','];
      return raw.startsWith('.') && isDelimited(raw.slice(1), separators, value, read, explode);
    }
    case 'matrix':
      return isMatrix(raw, name, explode, value, read);
    default:
      return isDelimited(raw, separatorsOf(parameter), value, read, explode);
  }
}

function isMatrix(raw: string, name: string, explode: boolean, value: unknown, read: Read): boolean {
  const pairs = readPairs(raw, ';');
  if (!raw.startsWith(';')) return false;
  if (explode && Array.isArray(value)) {
    return (
      pairs.every((pair) => pair.name === name) &&
      isSame(
        pairs.map((pair) => read(pair.value)),
        textsOf(value),
      )
    );
  }
  if (explode && isObject(value)) {
    const found = pairs.map((pair) => [pair.name, read(pair.value)]);
    return JSON.stringify(found) === JSON.stringify(members(value));
  }
  const [pair, ...others] = pairs;
  return others.length === 0 && pair?.name === name && isDelimited(pair.value, [','], value, read);
}

/** Brackets name the way down; items of a list repeat the name or are numbered. */
function takeDeep<P extends Pair>(pairs: P[], name: string, value: unknown, read: Read): boolean {
  if (isNothing(value)) return true;
  if (Array.isArray(value)) {
    const found = take(pairs, (pair) => pair.name === name || pair.name === `${name}[]`).map((pair) =>
      read(pair.value),
    );
    if (found.length > 0) return isSame(found, textsOf(value));
    return value.every((item, index) => takeDeep(pairs, `${name}[${index}]`, item, read));
  }
  if (isObject(value))
    return Object.entries(value).every(([key, member]) => takeDeep(pairs, `${name}[${key}]`, member, read));
  const found = single(pairs, name);
  return found !== undefined && read(found) === textOf(value);
}

type Read = (raw: string) => string;

/** Headers and parts are not percent-encoded, and neither are cookies of the style that is called so. */
function readerFor({ in: place, style }: DeclaredParameter): Read {
  return place === 'header' || place === 'part' || style === 'cookie' ? (raw) => raw : decode;
}

function separatorsOf({ in: place, style }: DeclaredParameter): string[] {
  const isRaw = place === 'header' || place === 'part';
  if (style === 'spaceDelimited') return isRaw ? [' '] : ['%20', '+'];
  if (style === 'pipeDelimited') return isRaw ? ['|'] : ['%7C', '|'];
  if (style === 'tabDelimited') return isRaw ? ['\t'] : ['%09'];
  return [','];
}

/** Whether a text is the value's members between separators; where members contain one, the texts as a whole decide. */
function isDelimited(raw: string, separators: string[], value: unknown, read: Read, explode = false): boolean {
  if (typeof value !== 'object' || value === null) return read(raw) === textOf(value);
  return separators.some((separator) => {
    const texts = Array.isArray(value)
      ? textsOf(value)
      : members(value).flatMap(([key, text]) => (explode ? [`${key}=${text}`] : [key, text]));
    const pieces = raw.split(separator).map(read);
    return isSame(pieces, texts) || pieces.join(separator) === texts.join(separator);
  });
}

function isContent(raw: string | undefined, contentType: string, value: unknown, isDecoded = false): boolean {
  if (raw === undefined) return value === undefined;
  const text = isDecoded ? raw : decode(raw);
  if (!/[/+]json\b/i.test(contentType) && typeof value === 'string') return text === value;
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
}

function single<P extends Pair>(pairs: P[], name: string): string | undefined {
  const found = take(pairs, (pair) => pair.name === name);
  return found.length === 1 ? found[0]?.value : undefined;
}

function take<P extends Pair>(pairs: P[], isWanted: (pair: P) => boolean): P[] {
  const taken = pairs.filter(isWanted);
  pairs.splice(0, pairs.length, ...pairs.filter((pair) => !taken.includes(pair)));
  return taken;
}

/** RFC 6570 section 2.3: null and what has no members is not sent. */
export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.values(value).every((member) => member === null);
}

/** Numbers and booleans as JSON writes them, what is nested deeper than a style reaches as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textsOf(items: unknown[]): string[] {
  return items.filter((item) => item !== null).map(textOf);
}

function members(value: object): [string, string][] {
  return Object.entries(value).flatMap(([key, member]) => (member === null ? [] : [[key, textOf(member)]]));
}

function isSame(found: string[], wanted: string[]): boolean {
  return found.length === wanted.length && found.every((text, index) => text === wanted[index]);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    return text;
  }
}
