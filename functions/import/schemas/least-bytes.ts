import type { JsonSchema, Position } from './subschemas.ts';

const nothing: ReadonlySet<string> = new Set();

/** What a schema takes as JSON without what is inside of it, or a little less. */
export function leastBytes(schema: JsonSchema, at?: Position, without = nothing): number {
  let bytes = 2 + (at?.key?.length ?? 0);
  for (const keyword in schema) {
    if (without.has(keyword)) continue;
    const value = schema[keyword];
    bytes += keyword.length + 4 + (typeof value === 'string' ? value.length : 0);
  }
  return bytes;
}
