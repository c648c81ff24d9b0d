import type { JsonSchema } from './subschemas.ts';

const known = new WeakMap<JsonSchema, number>();

/** Bytes of a schema as JSON. It must not change afterwards: what is asked for again is not counted again. */
export function jsonBytes(schema: JsonSchema): number {
  const bytes = known.get(schema) ?? Buffer.byteLength(JSON.stringify(schema));
  known.set(schema, bytes);
  return bytes;
}
