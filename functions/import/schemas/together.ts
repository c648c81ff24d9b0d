import { labels } from './shape.ts';
import { splitBy } from './split-by.ts';
import type { JsonSchema } from './subschemas.ts';

const labelling = new Set(labels);

/** A definition in the place of its reference: the labels beside the reference win, other keywords hold as well. */
export function together(definition: JsonSchema, siblings: JsonSchema): JsonSchema {
  if (Object.keys(siblings).length === 0) return definition;
  const { said, rest } = splitBy(siblings, labelling);
  return Object.keys(rest).length === 0 ? { ...definition, ...said } : { ...said, allOf: [definition, rest] };
}
