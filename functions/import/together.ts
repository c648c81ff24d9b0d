import { labels } from './shape.ts';
import type { JsonSchema } from './subschemas.ts';

/** A definition in the place of its reference: the labels beside the reference win, other keywords hold as well. */
export function together(definition: JsonSchema, siblings: JsonSchema): JsonSchema {
  const entries = Object.entries(siblings);
  if (entries.length === 0) return definition;
  const said = Object.fromEntries(entries.filter(([keyword]) => labels.includes(keyword)));
  const rest = Object.fromEntries(entries.filter(([keyword]) => !labels.includes(keyword)));
  return Object.keys(rest).length === 0 ? { ...definition, ...said } : { ...said, allOf: [definition, rest] };
}
