import { sketch } from '../bounds/sketch.ts';
import { weigher } from '../bounds/weigh.ts';
import { fileOf } from '../document/place.ts';
import { type Located, type Source, targetIn } from '../document/source.ts';
import { isObject, isSameJson, itemsOf, textOf } from '../json-object.ts';
import { kindOf } from '../operations/media-types.ts';
import type { MediaType, Reply } from '../operations/operation.ts';
import { jsonBytes } from '../schemas/json-bytes.ts';
import type { SchemaRoom } from '../schemas/schema-room.ts';
import { selfContained } from '../schemas/self-contained.ts';
import { type JsonSchema, referredName } from '../schemas/subschemas.ts';

/** What a reply looks like is worth less room than what a call needs. */
const maxSchemaBytes = 8_192;

/** The JSON of the reply that means success. */
export function successMedia([success]: readonly Reply[]): MediaType | undefined {
  return success?.media.find((media) => kindOf(media.type) === 'json');
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
export function outputBuilder(source: Source, room: SchemaRoom): OutputBuilder {
  // What many operations reply with is built once.
  const built = new Map<string, Output>();
  const follow = targetIn(source);
  const isLarge = weigher(follow);

  const build = (schema: Located): Output => {
    // Most of the time of an import would go into replies of which there is no room to tell.
    if (isLarge(schema.value, maxSchemaBytes)) return sketched(schema);
    const converted = room.convert(schema);
    const root = rootOf(converted.schema, room);
    if (root?.type !== 'object') return { notes: [] };
    const whole = selfContained(root, room);
    if (mostBytes(converted.schema) > maxSchemaBytes && jsonBytes(whole.schema) > maxSchemaBytes) {
      return sketched(schema);
    }
    return { schema: whole.schema, notes: [...converted.notes, ...whole.notes] };
  };

  /** What a schema has at most with all that it refers to in place, where that is known without looking at it. */
  const mostBytes = (schema: JsonSchema): number => {
    const name = Object.keys(schema).length === 1 ? referredName(schema) : undefined;
    return (name === undefined ? undefined : room.sizeInPlace(name)) ?? Number.POSITIVE_INFINITY;
  };

  const sketched = ({ value, place }: Located): Output => {
    for (const depth of [2, 1]) {
      const { schema } = room.convert({ value: sketch(value, depth, follow), place });
      const root = rootOf(schema, room);
      if (root?.type !== 'object') return { notes: [] };
      if (jsonBytes(root) <= maxSchemaBytes) return { schema: root, notes: [] };
    }
    return { notes: [] };
  };

  return (replies) => {
    const schema = certainSchema(replies);
    if (!schema) return { notes: [] };
    const { value, place } = schema;
    const reference = isObject(value) && Object.keys(value).length === 1 ? textOf(value.$ref) : undefined;
    // The same words may mean something else in another file.
    const key = reference && `${fileOf(place)} ${reference}`;
    const output = (key !== undefined && built.get(key)) || build(schema);
    if (key !== undefined) built.set(key, output);
    return output;
  };
}

function certainSchema(replies: readonly Reply[]): Located | undefined {
  const schema = successMedia(replies)?.schema;
  const isSame = (media: MediaType): boolean =>
    kindOf(media.type) === 'json' && isSameJson(media.schema?.value, schema?.value);
  return replies.every(({ status, media }) => status === 'default' || media.some(isSame)) ? schema : undefined;
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
