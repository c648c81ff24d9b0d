import type { BodyBinding } from '../catalogue/types.ts';
import type { Argument } from './argument.ts';
import { readFormFields } from './form-fields.ts';
import { isObject } from './json-object.ts';
import { type BodyKind, essenceOf, kindOf, sendableType } from './media-types.ts';
import type { MediaType, Operation } from './operation.ts';
import { plainText } from './plain-text.ts';
import type { SchemaRoom } from './schema-room.ts';
import type { JsonSchema } from './subschemas.ts';

/** More arguments than this are clearer as one object. */
const maxSpread = 60;

/** The arguments that make the body, either one that is all of it or one for each of its properties. */
export interface BuiltBody {
  contentType: string;
  required: boolean;
  encoding?: NonNullable<BodyBinding['encoding']>;
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
  if (found.method === 'GET' || found.method === 'HEAD') {
    // RFC 9110 section 9.3.1: a body of GET has no meaning, and many servers refuse it.
    notes.push(`${body.place}: a ${found.method} request has no body, so it was left out.`);
    return undefined;
  }
  const media = preferred(body.media, room);
  if (!media) {
    const types = body.media.map((one) => one.type.slice(0, 60)).join(', ') || 'no media type';
    if (body.required) return `its body has ${types}, which cannot be sent`;
    notes.push(`${body.place}: a body of ${types} cannot be sent, so it was left out.`);
    return undefined;
  }
  const shared = { contentType: sendableType(media.type), required: body.required };
  const kind = kindOf(media.type);
  const isRaw = kind === 'text' || kind === 'binary';
  const { spread, ...written } = isRaw ? { spread: undefined } : readProperties(media, kind, room, notes);
  if (spread) return { ...shared, ...written, arguments: spread };

  const description = plainText(body.description ?? '', 4_000);
  const schema = isRaw ? rawSchema(media, kind) : convertWhole(media, room, notes);
  const labelled = { ...schema, ...(description !== '' && { description }) };
  return {
    ...shared,
    ...written,
    arguments: [{ in: 'body', name: 'body', schema: labelled, required: body.required, isWhole: true }],
  };
}

/** JSON first, since it carries every value; a form rather than multipart, unless there are files. */
function preferred(media: MediaType[], room: SchemaRoom): MediaType | undefined {
  const rank = (type: MediaType): number => {
    if (essenceOf(type.type) === 'application/json') return 0;
    const order = { json: 1, form: hasFile(type, room) ? 4 : 2, multipart: 3, text: 5, binary: 6 };
    return order[kindOf(type.type)];
  };
  // Of the multipart types only that of forms says what its parts are.
  const sendable = media.filter(
    ({ type }) => kindOf(type) !== 'multipart' || sendableType(type).startsWith('multipart/form-data'),
  );
  return sendable.toSorted((a, b) => rank(a) - rank(b))[0];
}

function hasFile({ schema }: MediaType, room: SchemaRoom): boolean {
  const object = schema && room.asPlainObject(room.convert(schema).schema);
  return [...(object?.properties.values() ?? [])].some((property) => property.format === 'binary');
}

function convertWhole({ schema }: MediaType, room: SchemaRoom, notes: string[]): JsonSchema {
  if (!schema) return {};
  const converted = room.convert(schema);
  notes.push(...converted.notes);
  return converted.schema;
}

/** Text goes as it is given, whatever structure the document describes; bytes are given as base64. */
function rawSchema({ type, schema }: MediaType, kind: 'text' | 'binary'): JsonSchema {
  const described =
    isObject(schema?.value) && typeof schema.value.description === 'string' ? schema.value.description : '';
  const what =
    kind === 'text' ? `The body as ${essenceOf(type)} text.` : `The body's bytes (${essenceOf(type)}), in base64.`;
  return {
    type: 'string',
    description: plainText(described, 1_000) || what,
    ...(kind === 'binary' && { format: 'binary', contentEncoding: 'base64' }),
    contentMediaType: essenceOf(type),
  };
}

/** The body's properties, when they are few and known. Of a form also how they are written, spread or not. */
function readProperties(
  media: MediaType,
  kind: BodyKind,
  room: SchemaRoom,
  notes: string[],
): { spread?: Argument[]; encoding?: NonNullable<BodyBinding['encoding']> } {
  const converted = media.schema && room.convert(media.schema);
  const object = converted && room.asPlainObject(converted.schema);
  if (!object) return {};
  const undeclared = [...object.required].filter((name) => !object.properties.has(name));
  const properties = new Map([...object.properties, ...undeclared.map((name): [string, JsonSchema] => [name, {}])]);
  const fields = kind === 'json' ? undefined : readFormFields(media, properties, room, notes);
  const encoding = fields && Object.keys(fields.encoding).length > 0 ? { encoding: fields.encoding } : {};
  if (properties.size === 0 || properties.size > maxSpread) return encoding;
  notes.push(...converted.notes, ...object.notes);
  const spread = [...(fields?.properties ?? properties)].map(
    ([name, schema]): Argument => ({
      in: 'body',
      name,
      schema,
      // Documents leave out `required: true` of a body whose properties are required, and the backend then refuses the
      // empty body that they allow. What the properties say is what holds.
      required: object.required.has(name),
    }),
  );
  return { ...encoding, spread };
}
