import { jsonBytes } from './json-bytes.ts';
import { isObject, isSameJson, itemsOf } from './json-object.ts';
import { kindOf } from './media-types.ts';
import type { MediaType, Reply } from './operation.ts';
import type { ConvertedSchema, SchemaRoom } from './schema-room.ts';
import { selfContained } from './self-contained.ts';
import { sketch } from './sketch.ts';
import type { Located } from './source.ts';
import { forEachSchema, type JsonSchema, referredName } from './subschemas.ts';

/** What a reply looks like is worth less room than what a call needs. */
const maxSchemaBytes = 8_192;

/** The JSON of the reply that means success: the lowest 2xx, else `default`. */
export function successMedia(replies: readonly Reply[]): MediaType | undefined {
  const [success] = successes(replies);
  return (success ?? replies.find((reply) => reply.status === 'default'))?.media.find(
    (media) => kindOf(media.type) === 'json',
  );
}

/** The schema of what a successful call returns, if clients may be shown one, and what had to go from it. */
export interface Output {
  schema?: JsonSchema | undefined;
  notes: string[];
}

/**
 * Gives the output of an operation. There is a schema only when every successful reply has the same and that one is an
 * object, since a client fails a call whose reply departs from a schema it was shown.
 */
export type OutputBuilder = (replies: readonly Reply[]) => Output;

/** Makes the outputs of one document. */
export function outputBuilder(room: SchemaRoom): OutputBuilder {
  // What many operations reply with is built once.
  const built = new Map<string, Output>();
  return (replies) => {
    const schema = certainSchema(replies);
    if (!schema) return { notes: [] };
    const converted = room.convert(schema);
    const name = Object.keys(converted.schema).length === 1 ? referredName(converted.schema) : undefined;
    if (name === undefined) return build(converted, room);
    const output = built.get(name) ?? build(converted, room);
    built.set(name, output);
    return output;
  };
}

function certainSchema(replies: readonly Reply[]): Located | undefined {
  const schema = successMedia(replies)?.schema;
  const isCertain = successes(replies).every((reply) =>
    reply.media.some((other) => kindOf(other.type) === 'json' && isSameJson(other.schema?.value, schema?.value)),
  );
  return isCertain ? schema : undefined;
}

function build(converted: ConvertedSchema, room: SchemaRoom): Output {
  const root = rootOf(converted.schema, room);
  if (root?.type !== 'object') return { notes: [] };
  const { notes } = converted;
  const sketched = () => ({ schema: sketch(root, room, maxSchemaBytes), notes });
  if (isLarge(converted.schema, room)) return sketched();
  const whole = selfContained(root, room);
  const fits = jsonBytes(whole.schema) <= maxSchemaBytes;
  return fits ? { schema: whole.schema, notes: [...notes, ...whole.notes] } : sketched();
}

/** Whether the schema takes more characters than there is room for, even with each thing it refers to counted once. */
function isLarge(schema: JsonSchema, room: SchemaRoom): boolean {
  const pending: string[] = [];
  let size = Object.keys(schema).length === 1 && referredName(schema) !== undefined ? 0 : jsonBytes(schema);
  forEachSchema(schema, (inner) => {
    const name = referredName(inner);
    if (name !== undefined) pending.push(name);
  });
  const counted = new Set<string>();
  for (let name = pending.pop(); name !== undefined && size <= maxSchemaBytes; name = pending.pop()) {
    if (counted.has(name)) continue;
    counted.add(name);
    const definition = room.definition(name);
    size += definition.size;
    pending.push(...definition.references);
  }
  return size > maxSchemaBytes;
}

function successes(replies: readonly Reply[]): Reply[] {
  return replies.filter(({ status }) => /^2(?:\d\d|XX)$/i.test(status)).sort((a, b) => (a.status < b.status ? -1 : 1));
}

/** Clients ask for `type: object` at the root itself, so a reference or a composition there is opened up. */
function rootOf(schema: JsonSchema, room: SchemaRoom): JsonSchema | undefined {
  const name = referredName(schema);
  const { $ref: _, ...beside } = schema;
  const root = name === undefined ? schema : { ...room.definition(name).schema, ...beside };
  if (referredName(root) !== undefined) return undefined;
  if (root.type !== undefined || !Array.isArray(root.allOf)) return root;
  return isObjectSchema(root, room, new Set()) ? { type: 'object', ...root } : root;
}

/** Whether a schema or one of the parts that it is composed of says that it is an object: all of them hold. */
function isObjectSchema(schema: JsonSchema, room: SchemaRoom, seen: Set<string>): boolean {
  const name = referredName(schema);
  if (schema.type === 'object') return true;
  if (name !== undefined && !seen.has(name)) {
    seen.add(name);
    if (isObjectSchema(room.definition(name).schema, room, seen)) return true;
  }
  return itemsOf(schema.allOf).some((part) => isObject(part) && isObjectSchema(part, room, seen));
}
