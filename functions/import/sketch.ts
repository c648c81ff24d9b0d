import { isObject, itemsOf, type JsonObject, membersOf, textOf } from './json-object.ts';
import { shorten } from './plain-text.ts';
import { isNullable } from './schema-keywords.ts';

const textLength = 80;
/** Compositions of compositions say little about a value; and one may lead back to itself. */
const maxParts = 3;
const composing = ['allOf', 'anyOf', 'oneOf'] as const;
/** What is not counted: of examples little is kept, and of the others nothing. */
const idle = new Set(['example', 'examples', 'xml', 'externalDocs']);

/** Follows a reference, as it stands, to what it leads to; `undefined` when it leads nowhere. */
type Follow = (reference: string) => unknown;

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
  const properties = membersOf(node.properties).map(
    ([name, inner]) => [name, sketch(inner, depth - 1, follow)] as const,
  );
  const composed = composing.flatMap((keyword) => {
    const branches = itemsOf(node[keyword]).map((branch) => sketch(branch, depth, follow, parts - 1));
    return branches.length > 0 ? [[keyword, branches] as const] : [];
  });
  const whole = {
    ...said,
    ...(Array.isArray(required) && { required }),
    ...(isObject(items) && { items: sketch(items, depth - 1, follow) }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
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

/** Whether a schema of a document takes more characters than `limit`, with each thing it refers to counted once. */
export function isLarge(schema: unknown, limit: number, follow: Follow): boolean {
  const references = new Set<string>();
  let left = limit;
  const count = (value: unknown): void => {
    if (left < 0) return;
    if (typeof value === 'string') left -= value.length + 2;
    else if (typeof value !== 'object' || value === null) left -= 5;
    else if (Array.isArray(value)) value.forEach(count);
    else countMembers(value as JsonObject);
  };
  const countMembers = (node: JsonObject): void => {
    if (typeof node.$ref === 'string') references.add(node.$ref);
    for (const key of Object.keys(node)) {
      if (idle.has(key) || key.startsWith('x-')) continue;
      left -= key.length + 4;
      count(node[key]);
    }
  };
  count(schema);
  // What is found on the way is gone through too.
  for (const reference of references) {
    if (left < 0) break;
    count(follow(reference));
  }
  return left < 0;
}
