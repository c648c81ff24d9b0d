import { essenceOf } from '../../catalogue/media-types.ts';
import type { BodyBinding } from '../../catalogue/types.ts';
import { isObject, itemsOrOne, textOf } from '../json-object.ts';
import { kindOf, sendableType } from '../operations/media-types.ts';
import type { Body, MediaType, Operation } from '../operations/operation.ts';
import { plainText } from '../plain-text.ts';
import { propertiesWithin } from '../schemas/properties-within.ts';
import { resolved } from '../schemas/resolved.ts';
import type { SchemaRoom } from '../schemas/schema-room.ts';
import type { JsonSchema } from '../schemas/subschemas.ts';
import type { Argument } from './argument.ts';
import { chooseMedia } from './choose-media.ts';
import { isFile, readFormFields, readPart } from './form-fields.ts';

/** More arguments than this are clearer as one object. */
const maxSpread = 60;

/** The arguments that make the body, either one that is all of it or one for each of its properties. */
export interface BuiltBody extends Content {
  contentType: string;
  required: boolean;
}

interface Content {
  encoding?: NonNullable<BodyBinding['encoding']>;
  items?: NonNullable<BodyBinding['items']>;
  base64?: boolean;
  arguments: Argument[];
}

/**
 * Chooses the media type to send and makes arguments of its schema. `undefined` when no body is sent, a sentence when
 * the operation needs one that cannot be sent.
 */
export function buildBody(
  { body, found }: Operation,
  room: SchemaRoom,
  notes: string[],
): BuiltBody | string | undefined {
  if (!body) return undefined;
  if (found.method === 'HEAD' || (found.method === 'GET' && !body.required)) {
    // RFC 9110 section 9.3.1: a body of GET has no meaning but to the server that asks for it; others refuse it.
    notes.push(`${body.place}: a ${found.method} request has no body, so it was left out.`);
    return undefined;
  }
  const media = chooseMedia(body.media, room);
  if (!media) {
    const types = body.media.map((one) => one.type.slice(0, 60)).join(', ') || 'no media type';
    if (body.required) return `its body has ${types}, which cannot be sent`;
    notes.push(`${body.place}: a body of ${types} cannot be sent, so it was left out.`);
    return undefined;
  }
  if (media.prefixEncoding) {
    notes.push(`${media.prefixEncoding}: parts are not written by their position, but each as its value asks for.`);
  }
  const shared = { contentType: sendableType(media.type), required: body.required };
  return { ...shared, ...contentOf(media, body, room, notes) };
}

function contentOf(media: MediaType, body: Body, room: SchemaRoom, notes: string[]): Content {
  const kind = kindOf(media.type);
  const description = plainText(body.description ?? '', 4_000);
  const whole = (schema: JsonSchema): Content => ({
    arguments: [{ in: 'body', name: 'body', schema, required: body.required, isWhole: true }],
  });
  if (kind === 'text') return whole(rawSchema(media, kind, description));

  const converted = media.schema ? room.convert(media.schema) : { schema: {}, notes: [] };
  const root = resolved(converted.schema, room);
  if (kind === 'binary') {
    return { ...whole(rawSchema(media, kind, description)), ...(isBase64(root) && { base64: true }) };
  }
  notes.push(...converted.notes);
  const label = description !== '' && { description };
  if (kind === 'multipart' && root.type === 'array') {
    const item = readPart(isObject(root.items) ? root.items : {}, media.itemEncoding, room, notes);
    return { items: item.encoding, ...whole({ ...root, items: item.schema, ...label }) };
  }
  const isNameless = kind !== 'json' && root.type !== undefined && !itemsOrOne(root.type).includes('object');
  const schema = isNameless ? withNames(converted.schema, media, room, notes) : converted.schema;
  const { spread, ...encoding } = readProperties(media, schema, room, notes);
  // Whatever else it says, a form that is given as one argument can only be an object.
  const only = kind !== 'json' && root === schema && root.type === undefined && { type: 'object' };
  return { ...encoding, ...(spread ? { arguments: spread } : whole({ ...only, ...schema, ...label })) };
}

/** Documents describe the file or the text that is sent by a form, and forget that it is sent by a name. */
function withNames(schema: JsonSchema, media: MediaType, room: SchemaRoom, notes: string[]): JsonSchema {
  const place = `${media.place}/schema: a form is made of named fields, and this names none`;
  if (kindOf(media.type) === 'multipart' && isFile(schema, undefined, room)) {
    notes.push(`${place}; the file is sent as \`file\`.`);
    return { type: 'object', properties: { file: schema }, required: ['file'] };
  }
  notes.push(`${place}, so any fields are taken.`);
  return { type: 'object' };
}

/** Whether the document wants the base64 itself on the wire (OpenAPI 3.0 and 3.1, "Considerations for File Uploads"). */
function isBase64({ format, contentEncoding }: JsonSchema): boolean {
  return format === 'byte' || format === 'base64' || (contentEncoding === 'base64' && format !== 'binary');
}

/** Text goes as it is given, whatever structure the document describes; bytes are given as a file is. */
function rawSchema({ type, schema }: MediaType, kind: 'text' | 'binary', label: string): JsonSchema {
  const described = isObject(schema?.value) ? (textOf(schema.value.description) ?? '') : '';
  const essence = essenceOf(type);
  const what =
    kind === 'text'
      ? `The body as ${essence} text.`
      : `The body's bytes (${essence}), in base64 or as a \`data:\` URI.`;
  return {
    type: 'string',
    description: [label || plainText(described, 1_000), what].filter(Boolean).join('\n'),
    ...(kind === 'binary' && { format: 'binary', contentEncoding: 'base64' }),
    contentMediaType: essence,
  };
}

/** The body's properties, when they are few and known. Of a form also how they are written, spread or not. */
function readProperties(
  media: MediaType,
  schema: JsonSchema,
  room: SchemaRoom,
  notes: string[],
): { spread?: Argument[]; encoding?: NonNullable<BodyBinding['encoding']> } {
  const object = room.asPlainObject(schema);
  const isJson = kindOf(media.type) === 'json';
  if (isJson && !object) return {};
  const properties = new Map(object?.properties ?? propertiesWithin(schema, room));
  const undeclared = object ? object.required : media.encoding.keys();
  for (const name of undeclared) if (!properties.has(name)) properties.set(name, {});
  const fields = isJson ? undefined : readFormFields(media, properties, room, notes);
  const encoding = fields && Object.keys(fields.encoding).length > 0 ? { encoding: fields.encoding } : {};
  if (!object || properties.size === 0 || properties.size > maxSpread) return encoding;
  notes.push(...object.notes);
  const spread = [...(fields?.properties ?? properties)].map(
    ([name, property]): Argument => ({
      in: 'body',
      name,
      schema: property,
      // Documents leave out `required: true` of a body whose properties are required, and the backend then refuses the
      // empty body that they allow. What the properties say is what holds.
      required: object.required.has(name),
    }),
  );
  return { ...encoding, spread };
}
