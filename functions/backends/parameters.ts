import { essenceOf, isJson } from '../catalogue/media-types.ts';
import type { ParameterBinding } from '../catalogue/types.ts';
import { checkCookieText, checkHeaderText, checkWellFormed } from './checked-text.ts';
import { formOf, writeForm } from './form.ts';
import { percentEncode, percentEncodeReserved } from './percent-encode.ts';
import { type Encode, pairsOf, pathStyled, plainStyled } from './styles.ts';

/**
 * The text of one parameter at its location: what replaces the path's expression, a piece of the query string, the
 * header's value, or a piece of the `Cookie` header. `undefined` when there is nothing to send. Throws `invalid`
 * naming the argument for what its location cannot carry.
 */
export function serialiseParameter(parameter: ParameterBinding, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (parameter.content_type !== undefined) return serialiseContent(parameter, parameter.content_type, value);
  const encode = encoderFor(parameter);
  switch (parameter.in) {
    case 'path':
      return pathStyled(parameter, value, encode);
    case 'header':
      return plainStyled(parameter, value, encode);
    case 'query':
    case 'querystring':
      return joined(pairsOf(parameter, value, encode), '&');
    case 'cookie':
      // RFC 6570 would join exploded pairs by `&`; OpenAPI 3.2 appendix D corrects that for cookies.
      return joined(pairsOf(parameter, value, encode), '; ');
  }
}

/** A parameter described by `content`: the media type writes the value, the location encodes the whole. */
function serialiseContent(
  parameter: ParameterBinding,
  mediaType: string,
  value: NonNullable<unknown>,
): string | undefined {
  const { in: location, argument, name } = parameter;
  const isForm = essenceOf(mediaType) === 'application/x-www-form-urlencoded';
  const form = isForm && typeof value === 'object' ? writeForm(formOf(value, argument)) : undefined;
  // A form is the query string as it stands.
  if (form !== undefined && location === 'querystring') return form === '' ? undefined : form;
  const isText = typeof value === 'string' && !isJson(mediaType);
  const text = form ?? (isText ? value : JSON.stringify(value));
  const encode = encoderFor({ ...parameter, style: 'form', allow_reserved: false });
  // JSON can spell every character in ASCII, which a header can carry.
  if (location === 'header') return encode(isText ? text : text.replace(/[\u007f-\uffff]/g, asJsonEscape));
  return location === 'path' || location === 'querystring' ? encode(text) : `${encode(name)}=${encode(text)}`;
}

function asJsonEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function encoderFor({ in: location, style, argument, allow_reserved }: ParameterBinding): Encode {
  if (location === 'header') return (text) => checkHeaderText(text, argument);
  if (location === 'cookie' && style === 'cookie') return (text) => checkCookieText(text, argument);
  const encode = allow_reserved && location === 'query' ? percentEncodeReserved : percentEncode;
  return (text) => encode(checkWellFormed(text, argument));
}

function joined(pairs: [string, string][], separator: string): string | undefined {
  return pairs.length > 0 ? pairs.map(([name, text]) => `${name}=${text}`).join(separator) : undefined;
}
