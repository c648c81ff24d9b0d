import type { ParameterBinding } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { percentEncode, percentEncodeReserved } from './percent-encode.ts';

type Encode = (text: string) => string;

/** A value as RFC 6570 sees it: undefined members are gone, members are text. */
type Value = { text: string } | { items: string[] } | { entries: [string, string][] };

/**
 * The text of one parameter at its location: what replaces the path's expression, a piece of the query string, the
 * header's value, or a piece of the `Cookie` header. `undefined` when there is nothing to send: null, an empty
 * array and an empty object are undefined values (RFC 6570 section 2.3), the empty string is not. Throws `invalid`
 * naming the argument for text that its location cannot carry.
 */
export function serialiseParameter(parameter: ParameterBinding, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (parameter.content_type !== undefined) return serialiseContent(parameter, parameter.content_type, value);
  const encode = encoderFor(parameter);
  if (parameter.style === 'deepObject' && typeof value === 'object') {
    return joined(deepPairs(encode(parameter.name), value, encode), '&');
  }
  const read = readValue(value);
  if (isUndefined(read)) return undefined;
  switch (parameter.in) {
    case 'path':
      return pathText(parameter, read, encode);
    case 'header':
      return listText(read, parameter.explode, delimiterOf(parameter), encode);
    case 'query':
      return pairsText(parameter, read, encode, '&');
    case 'cookie':
      // RFC 6570 would join exploded pairs by `&`; OpenAPI 3.2 appendix D corrects that for cookies.
      return pairsText(parameter, read, encode, '; ');
  }
}

function pathText(parameter: ParameterBinding, value: Value, encode: Encode): string {
  const { style, explode } = parameter;
  if (style === 'matrix') return matrixText(parameter, value, encode);
  if (style === 'label') return `.${listText(value, explode, explode ? '.' : ',', encode)}`;
  return listText(value, explode, delimiterOf(parameter), encode);
}

/** `;name=value`; an empty value leaves the name alone (RFC 6570 section 3.2.7). */
function matrixText(parameter: ParameterBinding, value: Value, encode: Encode): string {
  const assign = (name: string, text: string) => (text === '' ? `;${name}` : `;${name}=${text}`);
  const name = encode(parameter.name);
  if (!parameter.explode || 'text' in value) return assign(name, listText(value, false, ',', encode));
  if ('items' in value) return value.items.map((item) => assign(name, encode(item))).join('');
  return value.entries.map(([key, text]) => assign(encode(key), encode(text))).join('');
}

/** `name=value` pairs, as queries and cookies have them. */
function pairsText(parameter: ParameterBinding, value: Value, encode: Encode, separator: string): string {
  const name = encode(parameter.name);
  if (!parameter.explode || 'text' in value) {
    return `${name}=${listText(value, false, delimiterOf(parameter), encode)}`;
  }
  const pairs =
    'items' in value
      ? value.items.map((item) => `${name}=${encode(item)}`)
      : value.entries.map(([key, text]) => `${encode(key)}=${encode(text)}`);
  return pairs.join(separator);
}

function listText(value: Value, explode: boolean, delimiter: string, encode: Encode): string {
  if ('text' in value) return encode(value.text);
  if ('items' in value) return value.items.map(encode).join(delimiter);
  const between = explode ? '=' : delimiter;
  return value.entries.map(([key, text]) => `${encode(key)}${between}${encode(text)}`).join(delimiter);
}

function delimiterOf({ in: location, style }: ParameterBinding): string {
  if (style === 'spaceDelimited') return location === 'header' ? ' ' : '%20';
  if (style === 'pipeDelimited') return location === 'header' ? '|' : '%7C';
  return ',';
}

/** Brackets name the way down. OpenAPI leaves arrays open: scalars repeat the name, as most servers read them. */
function deepPairs(name: string, value: unknown, encode: Encode): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      deepPairs(typeof item === 'object' ? `${name}${encode(`[${index}]`)}` : name, item, encode),
    );
  }
  if (typeof value !== 'object') return [`${name}=${encode(textOf(value))}`];
  return Object.entries(value).flatMap(([key, member]) => deepPairs(`${name}${encode(`[${key}]`)}`, member, encode));
}

/** A parameter described by `content`: the media type writes the value, the location encodes the whole. */
function serialiseContent(parameter: ParameterBinding, mediaType: string, value: unknown): string {
  const isText = typeof value === 'string' && !/[/+]json\b/i.test(mediaType);
  const text = isText ? value : JSON.stringify(value);
  const encode = encoderFor({ ...parameter, allow_reserved: false });
  // JSON can spell every character in ASCII, which a header can carry.
  if (parameter.in === 'header') return encode(isText ? text : text.replace(/[\u0080-\uffff]/g, asJsonEscape));
  return parameter.in === 'path' ? encode(text) : `${encode(parameter.name)}=${encode(text)}`;
}

function asJsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function encoderFor({ in: location, argument, allow_reserved }: ParameterBinding): Encode {
  if (location === 'header') return (text) => checkHeaderText(text, argument);
  const encode = allow_reserved && location === 'query' ? percentEncodeReserved : percentEncode;
  return (text) => encode(checkWellFormed(text, argument));
}

/** Headers are not percent-encoded (OpenAPI 3.2), so what would end or break one is refused (RFC 9110 section 5.5). */
function checkHeaderText(text: string, argument: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) return text;
  throw new GatewayError(
    'invalid',
    `Argument "${argument}" is sent as an HTTP header: leave out line breaks, control characters and characters beyond Latin-1.`,
    { field: argument },
  );
}

/** Text with half a surrogate pair has no UTF-8 form. Returns the text; throws `invalid` naming the argument. */
export function checkWellFormed(text: string, argument: string): string {
  if (text.isWellFormed()) return text;
  throw new GatewayError('invalid', `Argument "${argument}" has half of a surrogate pair: send valid Unicode text.`, {
    field: argument,
  });
}

function readValue(value: unknown): Value {
  if (Array.isArray(value)) return { items: value.filter(isDefined).map(textOf) };
  if (typeof value !== 'object' || value === null) return { text: textOf(value) };
  const entries = Object.entries(value).filter(([, member]) => isDefined(member));
  return { entries: entries.map(([key, member]) => [key, textOf(member)]) };
}

/** Scalars in their JSON form; what is nested deeper than a style reaches as JSON text, which loses nothing. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isDefined(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isUndefined(value: Value): boolean {
  if ('items' in value) return value.items.length === 0;
  return 'entries' in value && value.entries.length === 0;
}

function joined(pairs: string[], separator: string): string | undefined {
  return pairs.length > 0 ? pairs.join(separator) : undefined;
}
