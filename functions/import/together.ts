import type { JsonSchema } from './subschemas.ts';

const labels = new Set(['title', 'description', 'default', 'deprecated', 'examples']);

/** A definition in the place of its reference: the labels beside the reference win, other keywords hold as well. */
export function together(definition: JsonSchema, siblings: JsonSchema): JsonSchema {
  const entries = Object.entries(siblings);
  if (entries.length === 0) return definition;
  const said = Object.fromEntries(entries.filter(([keyword]) => labels.has(keyword)));
  const rest = Object.fromEntries(entries.filter(([keyword]) => !labels.has(keyword)));
  return Object.keys(rest).length === 0 ? { ...definition, ...said } : { ...said, allOf: [definition, rest] };
}
