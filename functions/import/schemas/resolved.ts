import type { SchemaRoom } from './schema-room.ts';
import { type JsonSchema, referredName } from './subschemas.ts';

/** A converted schema, or the definition that it refers to. */
export function resolved(schema: JsonSchema, room: Pick<SchemaRoom, 'definition'>): JsonSchema {
  const name = referredName(schema);
  return name === undefined ? schema : room.definition(name).schema;
}
