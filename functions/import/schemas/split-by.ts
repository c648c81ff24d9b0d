import type { JsonSchema } from './subschemas.ts';

/** What a schema says in some keywords, and the rest of it. */
export function splitBy(schema: JsonSchema, keywords: ReadonlySet<string>): Record<'said' | 'rest', JsonSchema> {
  const split = { said: {} as JsonSchema, rest: {} as JsonSchema };
  for (const keyword in schema) split[keywords.has(keyword) ? 'said' : 'rest'][keyword] = schema[keyword];
  return split;
}
