import { isJson } from '../catalogue/media-types.ts';
import type { PropertyEncoding } from '../catalogue/types.ts';
import { checkWellFormed } from './checked-text.ts';
import { percentEncode, percentEncodeReserved } from './percent-encode.ts';
import { type Encode, pairsOf } from './styles.ts';

/** One property of a form or multipart body. */
export interface Field {
  /** The argument that a refusal names. */
  argument: string;
  name: string;
  value: unknown;
  encoding: PropertyEncoding;
}

/** The members of an object as fields without an encoding. */
export function formOf(value: object, argument: string): Field[] {
  return Object.entries(value).map(([name, member]) => ({ argument, name, value: member, encoding: {} }));
}

/** `application/x-www-form-urlencoded`. Throws `invalid` naming the argument whose text has no UTF-8 form. */
export function writeForm(fields: Field[]): string {
  return fields
    .flatMap((field) => {
      const encode = field.encoding.allow_reserved ? percentEncodeReserved : percentEncode;
      return fieldPairs(field, (text) => encode(checkWellFormed(text, field.argument)));
    })
    .map(([name, text]) => `${name}=${text}`)
    .join('&');
}

/**
 * Name and text of every pair that a field makes. A style writes it if one is given (OpenAPI 3.1.1, Encoding Object);
 * without one arrays repeat their name, and objects and what is said to be JSON are JSON text.
 */
export function fieldPairs({ name, value, encoding }: Field, encode: Encode): [string, string][] {
  if (value === null || value === undefined) return [];
  const { style = 'form', explode = style === 'form' } = encoding;
  const isObject = typeof value === 'object' && !Array.isArray(value);
  if (!isStyled(encoding) && (isObject || isJson(encoding.content_type ?? ''))) {
    return [[encode(name), encode(JSON.stringify(value))]];
  }
  return pairsOf({ name, style, explode }, value, encode);
}

/** Whether an encoding asks for one of the styles of parameters, which its media type then has no part in. */
export function isStyled({ style, explode, allow_reserved }: PropertyEncoding): boolean {
  return style !== undefined || explode !== undefined || allow_reserved !== undefined;
}
