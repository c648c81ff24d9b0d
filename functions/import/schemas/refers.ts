import { type JsonSchema, visitSubschemas } from './subschemas.ts';

const known = new WeakMap<JsonSchema, boolean>();

/** Whether a schema or anything below it refers to a definition; what many tools share is looked at once. */
export function refers(schema: JsonSchema): boolean {
  const before = known.get(schema);
  if (before !== undefined) return before;
  let found = schema.$ref !== undefined;
  let isLeaf = true;
  visitSubschemas(schema, (inner) => {
    isLeaf = false;
    found ||= refers(inner);
  });
  if (!isLeaf) known.set(schema, found);
  return found;
}
