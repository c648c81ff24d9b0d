import { shorten } from './plain-text.ts';
import type { SchemaRoom } from './schema-room.ts';
import { type JsonSchema, mapSubschemas, referredName } from './subschemas.ts';

const textLength = 80;
/** Compositions of compositions say little about a value; and one may lead back to itself. */
const maxParts = 3;

/**
 * What can be said of a schema in `limit` bytes without looking at all of it: its properties and theirs, then only its
 * own, each by its type and the beginning of its description. `undefined` when even that is too much.
 */
export function sketch(schema: JsonSchema, room: SchemaRoom, limit: number): JsonSchema | undefined {
  for (const depth of [2, 1]) {
    const sketched = drawn(schema, room, depth, maxParts);
    if (Buffer.byteLength(JSON.stringify(sketched)) <= limit) return sketched;
  }
  return undefined;
}

function drawn(schema: JsonSchema, room: SchemaRoom, depth: number, parts: number): JsonSchema {
  const name = referredName(schema);
  const { $ref: _, ...beside } = schema;
  const whole = name === undefined ? schema : { ...room.definition(name).schema, ...beside };
  const { type, description, title: __, examples: ___, default: ____, ...rest } = whole;
  const said = {
    ...(type !== undefined && { type }),
    ...(typeof description === 'string' && { description: shorten(description, textLength) }),
  };
  // A definition that is nothing but a reference to another would have to be followed on.
  if (depth === 0 || parts === 0 || rest.$ref !== undefined) return said;
  const below = (inner: JsonSchema, { inPlace }: { inPlace: boolean }) =>
    inPlace ? drawn(inner, room, depth, parts - 1) : drawn(inner, room, depth - 1, parts);
  return { ...said, ...mapSubschemas(rest, below) };
}
