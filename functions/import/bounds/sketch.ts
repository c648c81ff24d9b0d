import { isObject, itemsOf, type JsonObject, mapValues, textOf } from '../json-object.ts';
import { shorten } from '../plain-text.ts';
import { isNullable } from '../schemas/schema-keywords.ts';

const textLength = 80;
/** Compositions of compositions say little about a value; and one may lead back to itself. */
const maxParts = 3;
const composing = ['allOf', 'anyOf', 'oneOf'] as const;

/** Follows a reference, as it stands, to what it leads to; `undefined` when it leads nowhere. */
export type Follow = (reference: string) => unknown;

/**
 * What can be told of a schema of a document without looking at all of it: `depth` levels of properties, each by its
 * type and the beginning of its description. Still to be converted; without references.
 */
export function sketch(schema: unknown, depth: number, follow: Follow, parts = maxParts): JsonObject {
  const node = isObject(schema) ? schema : {};
  const reference = textOf(node.$ref);
  if (reference !== undefined)
    return parts === 0 ? {} : marked(sketch(follow(reference), depth, follow, parts - 1), node);
  const { type, description, required, items } = node;
  const said: JsonObject = {
    ...(type !== undefined && { type }),
    ...(typeof description === 'string' && { description: shorten(description, textLength) }),
  };
  if (depth === 0 || parts === 0) return marked(said, node);
  const properties = isObject(node.properties) ? node.properties : {};
  const composed = composing.flatMap((keyword) => {
    const branches = itemsOf(node[keyword]).map((branch) => sketch(branch, depth, follow, parts - 1));
    return branches.length > 0 ? [[keyword, branches] as const] : [];
  });
  const whole = {
    ...said,
    ...(Array.isArray(required) && { required }),
    ...(isObject(items) && { items: sketch(items, depth - 1, follow) }),
    ...(Object.keys(properties).length > 0 && {
      properties: mapValues(properties, (inner) => sketch(inner, depth - 1, follow)),
    }),
    ...Object.fromEntries(composed),
  };
  return marked(whole, node);
}

/** With the marks that converting reads. On its own `nullable` would mean nothing but null. */
function marked(said: JsonObject, node: JsonObject): JsonObject {
  return {
    ...said,
    ...(isNullable(node) && Object.keys(said).length > 0 && { nullable: true }),
    ...(node.writeOnly === true && { writeOnly: true }),
  };
}
