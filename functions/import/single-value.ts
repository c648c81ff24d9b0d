import type { SchemaRoom } from './schema-room.ts';
import { type JsonSchema, referredName } from './subschemas.ts';

/** The text of the only value that a schema allows, if there is one and it is no object or list. */
export function constantOf(schema: JsonSchema, room: Pick<SchemaRoom, 'definition'>): string | undefined {
  const name = referredName(schema);
  const { enum: values, const: only } = name === undefined ? schema : room.definition(name).schema;
  const value = only ?? (Array.isArray(values) && values.length === 1 ? values[0] : undefined);
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
