import type { PropertyEncoding } from '../../catalogue/types.ts';
import { below } from '../document/place.ts';
import { isObject, itemsOf, textOf } from '../json-object.ts';
import { kindOf } from '../operations/media-types.ts';
import type { Encoding, MediaType } from '../operations/operation.ts';
import { resolved } from '../schemas/resolved.ts';
import type { SchemaRoom } from '../schemas/schema-room.ts';
import type { JsonSchema } from '../schemas/subschemas.ts';
import { readPartHeaders } from './part-headers.ts';

/** The properties of a form or multipart body, and how each is written where that is not the usual way. */
export interface FormFields {
  properties: Map<string, JsonSchema>;
  encoding: Record<string, PropertyEncoding>;
}

/** A property of a form, or an item of a list of parts. */
interface FormField {
  schema: JsonSchema;
  encoding: PropertyEncoding;
}

type Style = NonNullable<PropertyEncoding['style']>;

const styles: readonly Style[] = ['form', 'spaceDelimited', 'pipeDelimited', 'tabDelimited', 'deepObject'];

/** Reads the Encoding Objects of a form together with the schemas of its properties. What is not possible is noted. */
export function readFormFields(
  media: MediaType,
  properties: ReadonlyMap<string, JsonSchema>,
  room: SchemaRoom,
  notes: string[],
): FormFields {
  const fields: FormFields = { properties: new Map(), encoding: {} };
  const encodings: [string, PropertyEncoding][] = [];
  for (const [name, schema] of properties) {
    const written = media.encoding.get(name);
    const isMultipart = kindOf(media.type) === 'multipart';
    const field = isMultipart
      ? readPart(schema, written, room, notes)
      : { schema, encoding: { ...readStyle(written, notes), ...readType(written) } };
    fields.properties.set(name, field.schema);
    if (Object.keys(field.encoding).length > 0) encodings.push([name, field.encoding]);
  }
  return { ...fields, encoding: Object.fromEntries(encodings) };
}

/** How a value is sent as a part of a multipart body: a file, a text, JSON, or as a style writes it. */
export function readPart(
  schema: JsonSchema,
  written: Encoding | undefined,
  room: SchemaRoom,
  notes: string[],
): FormField {
  const type = readType(written);
  const isBinary = isFile(schema, type.content_type, room);
  const isList = schema.type === 'array' && isObject(schema.items);
  const file = isList ? { ...schema, items: asFile(schema.items as JsonSchema) } : asFile(schema);
  return {
    schema: isBinary ? file : schema,
    encoding: {
      ...(isBinary ? { binary: true } : readStyle(written, notes)),
      ...type,
      ...(written && readPartHeaders(written, room, notes)),
    },
  };
}

function readType(written: Encoding | undefined): Pick<PropertyEncoding, 'content_type'> {
  const content_type = textOf(written?.value.contentType);
  return { ...(content_type !== undefined && { content_type }) };
}

function readStyle(
  written: Encoding | undefined,
  notes: string[],
): Pick<PropertyEncoding, 'style' | 'explode' | 'allow_reserved'> {
  if (!written) return {};
  const { style, explode, allowReserved } = written.value;
  const known = styles.find((candidate) => candidate === style);
  if (style !== undefined && !known) {
    notes.push(`${below(written.place, 'style')}: this is no style of a form, so it was left out.`);
  }
  return {
    ...(known && { style: known }),
    ...(typeof explode === 'boolean' && { explode }),
    ...(allowReserved === true && { allow_reserved: true }),
  };
}

/** Branches and lists within each other deeper than this are no file. */
const maxNesting = 4;

/** A file, or a list of files: said to be binary, or of a media type that no text can be. */
export function isFile(schema: JsonSchema, declared: string | undefined, room: SchemaRoom, nesting = 0): boolean {
  const { type, format, contentEncoding, contentMediaType, anyOf, items } = resolved(schema, room);
  if (format === 'binary') return true;
  const inner = type === 'array' ? [items] : itemsOf(anyOf);
  if (inner.some((one) => isObject(one) && nesting < maxNesting && isFile(one, declared, room, nesting + 1)))
    return true;
  if (inner.length > 0 || contentEncoding !== undefined) return false;
  if (type !== undefined && !itemsOf(type).concat(type).includes('string')) return false;
  const mediaType = declared?.split(',')[0] ?? contentMediaType;
  return typeof mediaType === 'string' && kindOf(mediaType.trim()) === 'binary';
}

/** How whoever calls is told to give a file. */
const fileHint = 'A file: its bytes in base64, or a `data:` URI (`data:image/png;name=cat.png;base64,…`).';

function asFile(schema: JsonSchema): JsonSchema {
  const description = typeof schema.description === 'string' ? `${schema.description}\n${fileHint}` : fileHint;
  if (schema.$ref !== undefined || schema.anyOf !== undefined) return { ...schema, description };
  return { ...schema, type: schema.type ?? 'string', format: 'binary', contentEncoding: 'base64', description };
}
