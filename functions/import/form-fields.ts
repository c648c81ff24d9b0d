import type { PropertyEncoding } from '../catalogue/types.ts';
import { isObject, type JsonObject } from './json-object.ts';
import { kindOf } from './media-types.ts';
import type { MediaType } from './operation.ts';
import { below, type Place } from './place.ts';
import type { SchemaRoom } from './schema-room.ts';
import { type JsonSchema, referredName } from './subschemas.ts';

/** The properties of a form or multipart body, and how each is written where that is not the usual way. */
export interface FormFields {
  properties: Map<string, JsonSchema>;
  encoding: Record<string, PropertyEncoding>;
}

type Style = NonNullable<PropertyEncoding['style']>;

const styles: readonly Style[] = ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'];

/** Reads the Encoding Objects of a form together with the schemas of its properties. What is not possible is noted. */
export function readFormFields(
  media: MediaType,
  properties: ReadonlyMap<string, JsonSchema>,
  room: Pick<SchemaRoom, 'definition'>,
  notes: string[],
): FormFields {
  const isMultipart = kindOf(media.type) === 'multipart';
  const fields: FormFields = { properties: new Map(), encoding: {} };
  const encodings: [string, PropertyEncoding][] = [];
  for (const [name, schema] of properties) {
    const written = Object.hasOwn(media.encoding, name) ? media.encoding[name] : undefined;
    const own = isObject(written) ? written : {};
    const place = below(media.place, 'encoding', name);
    const field = isMultipart ? partOf(schema, own, place, room, notes) : pairOf(schema, own, place, notes);
    fields.properties.set(name, field.schema);
    if (Object.keys(field.encoding).length > 0) encodings.push([name, field.encoding]);
  }
  return { ...fields, encoding: Object.fromEntries(encodings) };
}

interface Field {
  schema: JsonSchema;
  encoding: PropertyEncoding;
}

function pairOf(schema: JsonSchema, own: JsonObject, place: Place, notes: string[]): Field {
  const style = styles.find((known) => known === own.style);
  if (own.style !== undefined && !style) notes.push(`${place}/style: this is no style of a form, so it was left out.`);
  return {
    schema,
    encoding: { ...(style && { style }), ...(typeof own.explode === 'boolean' && { explode: own.explode }) },
  };
}

function partOf(
  schema: JsonSchema,
  own: JsonObject,
  place: Place,
  room: Pick<SchemaRoom, 'definition'>,
  notes: string[],
): Field {
  if (own.headers !== undefined) notes.push(`${place}/headers: parts are sent without headers of their own.`);
  const isList = schema.type === 'array';
  if (isList && own.explode === false) {
    notes.push(`${place}: the values are given as one text, since a list is sent as one part for each item.`);
    return { schema: joinedText(schema, separators[String(own.style)] ?? 'a comma'), encoding: {} };
  }
  const declared = typeof own.contentType === 'string' && !own.contentType.includes('*') ? own.contentType : undefined;
  const item = isList && isObject(schema.items) ? schema.items : schema;
  const isFile = isBinary(item, declared, room);
  const file = isFile && item.format !== 'binary' && referredName(item) === undefined ? asFile(item) : item;
  return {
    schema: isList ? { ...schema, items: file } : file,
    encoding: { ...(declared && { content_type: declared }), ...(isFile && { binary: true }) },
  };
}

/** A file: said to be binary, or of a media type that no text can be. */
function isBinary(schema: JsonSchema, declared: string | undefined, room: Pick<SchemaRoom, 'definition'>): boolean {
  const name = referredName(schema);
  const { type, format, contentEncoding, contentMediaType } =
    name === undefined ? schema : room.definition(name).schema;
  if (format === 'binary') return true;
  if (contentEncoding !== undefined || (type !== undefined && type !== 'string')) return false;
  const mediaType = declared?.split(',')[0] ?? contentMediaType;
  return typeof mediaType === 'string' && kindOf(mediaType) === 'binary';
}

function asFile(schema: JsonSchema): JsonSchema {
  return { ...schema, type: 'string', format: 'binary', contentEncoding: 'base64' };
}

const separators: Record<string, string> = {
  spaceDelimited: 'a space',
  pipeDelimited: '`|`',
  ssv: 'a space',
  pipes: '`|`',
  tsv: 'a tab',
};

/** A list that no style can write: whoever calls joins it. */
export function joinedText(schema: JsonSchema, separator: string): JsonSchema {
  const said = typeof schema.description === 'string' ? `${schema.description}\n` : '';
  return { type: 'string', description: `${said}The values in one text, separated by ${separator}.` };
}
