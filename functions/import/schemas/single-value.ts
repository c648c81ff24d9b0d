import { resolved } from './resolved.ts';
import type { SchemaRoom } from './schema-room.ts';
import type { JsonSchema } from './subschemas.ts';

/** The text of the only value that a schema allows, if there is one and it is no object or list. */
export function constantOf(schema: JsonSchema, room: Pick<SchemaRoom, 'definition'>): string | undefined {
  const { enum: values, const: only } = resolved(schema, room);
  return scalarText(only ?? (Array.isArray(values) && values.length === 1 ? values[0] : undefined));
}

/** A value as text, unless it is an object, a list or nothing. */
export function scalarText(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
