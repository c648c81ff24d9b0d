import type { ParameterBinding } from '../catalogue/types.ts';
import { textOf } from './checked-text.ts';

/** Encodes text for the place that it goes to. */
export type Encode = (text: string) => string;

/** How a named value is written, after OpenAPI's `style` and `explode`. */
export type Way = Pick<ParameterBinding, 'name' | 'style' | 'explode'>;

type Pair = [name: string, text: string];

/** A value as RFC 6570 sees it: undefined members are gone, members are text. */
type Value = { text: string } | { items: string[] } | { entries: Pair[] };

/** Name and text of every pair, encoded, as queries, cookies and forms have them. Undefined values give none. */
export function pairsOf(way: Way, given: unknown, encode: Encode): Pair[] {
  if (way.style === 'deepObject' && typeof given === 'object') return deepPairs(encode(way.name), given, encode);
  const value = readValue(given);
  if (!value) return [];
  const name = encode(way.name);
  if (!way.explode || 'text' in value) return [[name, listText(value, false, delimiterOf(way, encode), encode)]];
  if ('items' in value) return value.items.map((item) => [name, encode(item)]);
  return value.entries.map(([key, text]) => [encode(key), encode(text)]);
}

/** The text of a header (style `simple`), or `undefined` for an undefined value. */
export function plainStyled(way: Way, given: unknown, encode: Encode): string | undefined {
  const value = readValue(given);
  return value && listText(value, way.explode, delimiterOf(way, encode), encode);
}

/** The text that replaces an expression in the path, or `undefined` for an undefined value. */
export function pathStyled(way: Way, given: unknown, encode: Encode): string | undefined {
  const { style, explode } = way;
  if (style !== 'matrix' && style !== 'label') return plainStyled(way, given, encode);
  const value = readValue(given);
  if (!value) return undefined;
  if (style === 'label') return `.${listText(value, explode, explode ? '.' : ',', encode)}`;
  return pairsOf(way, given, encode).map(assignment).join('');
}

/** `;name=value`; an empty value leaves the name alone (RFC 6570 section 3.2.7). */
function assignment([name, text]: Pair): string {
  return text === '' ? `;${name}` : `;${name}=${text}`;
}

function listText(value: Value, explode: boolean, delimiter: string, encode: Encode): string {
  if ('text' in value) return encode(value.text);
  if ('items' in value) return value.items.map(encode).join(delimiter);
  const between = explode ? '=' : delimiter;
  return value.entries.map(([key, text]) => `${encode(key)}${between}${encode(text)}`).join(delimiter);
}

function delimiterOf({ style }: Way, encode: Encode): string {
  switch (style) {
    case 'spaceDelimited':
      return encode(' ');
    case 'pipeDelimited':
      return encode('|');
    case 'tabDelimited':
      return encode('\t');
    default:
      return ',';
  }
}

/** Brackets name the way down; arrays, which OpenAPI leaves open, by their indices, as most of those who read brackets do. */
function deepPairs(name: string, value: unknown, encode: Encode): Pair[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [[name, encode(textOf(value))]];
  return Object.entries(value).flatMap(([key, member]) => deepPairs(`${name}${encode(`[${key}]`)}`, member, encode));
}

/** Null, an empty array and an empty object are undefined values (RFC 6570 section 2.3); the empty string is not. */
function readValue(value: unknown): Value | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    const items = value.filter(isDefined).map(textOf);
    return items.length > 0 ? { items } : undefined;
  }
  if (typeof value !== 'object') return { text: textOf(value) };
  const entries = Object.entries(value).filter(([, member]) => isDefined(member));
  return entries.length > 0 ? { entries: entries.map(([key, member]) => [key, textOf(member)]) } : undefined;
}

function isDefined(value: unknown): boolean {
  return value !== null && value !== undefined;
}
