import { isObject, itemsOf } from './json-object.ts';
import { shorten } from './plain-text.ts';
import { type JsonSchema, mapSubschemas, referredName } from './subschemas.ts';

/** Schemas inside of schemas; one level more is left for saying that an array holds anything. No model goes deeper. */
const deepest = 9;
/** How often a definition stands inside of itself: enough to show the pattern. */
const maxRecursion = 1;
/** Where definitions are written out in many places, their texts are too. */
const textLength = 200;

/**
 * The schema without references: definitions in their places, as deep as they go into `room` bytes. What lies deeper,
 * and a definition that keeps coming back, accepts anything of its type.
 */
export function unroll(root: JsonSchema, room: number): JsonSchema {
  const { $defs, ...rest } = root;
  if (!isObject($defs)) return depthOf(root) <= deepest ? root : (unrollTo(deepest, root, {}) ?? root);
  let whole = unrollTo(1, rest, $defs);
  for (let depth = 2; depth <= deepest; depth += 1) {
    const deeper = unrollTo(depth, rest, $defs, room);
    if (!deeper) break;
    whole = deeper;
  }
  return whole ?? rest;
}

const depths = new WeakMap<JsonSchema, number>();

function depthOf(schema: JsonSchema): number {
  const known = depths.get(schema);
  if (known !== undefined) return known;
  let depth = 0;
  mapSubschemas(schema, (inner, { inPlace }) => {
    depth = Math.max(depth, depthOf(inner) + (inPlace ? 0 : 1));
    return inner;
  });
  depths.set(schema, depth);
  return depth;
}

/** `undefined` as soon as it is clear that it takes more than `room` bytes. */
function unrollTo(
  maxDepth: number,
  root: JsonSchema,
  definitions: JsonSchema,
  room = Number.POSITIVE_INFINITY,
): JsonSchema | undefined {
  let bytes = 0;
  /** `within` are the definitions that are being written out around this schema. */
  const walk = (schema: JsonSchema, depth: number, within: readonly string[]): JsonSchema => {
    if (depth >= maxDepth && depthOf(schema) > 0) return bare(schema);
    const said = within.length > 0 ? withShortText(schema) : schema;
    bytes += ownBytes(said);
    if (bytes > room) return {};
    const name = referredName(said);
    const open = mapSubschemas(said, (inner, { inPlace }) => walk(inner, inPlace ? depth : depth + 1, within));
    if (name === undefined) return open;
    const { $ref: _, ...own } = open;
    const definition = definitions[name];
    const target = isObject(definition) ? definition : {};
    const isSpent = depth >= maxDepth || within.filter((other) => other === name).length > maxRecursion;
    const inner = isSpent ? bare(target) : walk(target, depth, [...within, name]);
    return Object.keys(own).length === 0 ? inner : { ...own, allOf: [...itemsOf(own.allOf), inner] };
  };
  const whole = walk(root, 0, []);
  return bytes > room ? undefined : whole;
}

const own = new WeakMap<JsonSchema, number>();

/** What a schema says itself, as JSON, without the schemas inside of it. */
function ownBytes(schema: JsonSchema): number {
  const known = own.get(schema);
  if (known !== undefined) return known;
  const bytes = JSON.stringify(mapSubschemas(schema, () => 0)).length;
  own.set(schema, bytes);
  return bytes;
}

function withShortText(schema: JsonSchema): JsonSchema {
  const { description } = schema;
  const isLong = typeof description === 'string' && description.length > textLength;
  return isLong ? { ...schema, description: shorten(description, textLength) } : schema;
}

/** What is left of a schema that accepts anything of its type. */
function bare({ type, description }: JsonSchema): JsonSchema {
  return {
    ...(type !== undefined && { type }),
    ...(typeof description === 'string' && { description: shorten(description, 80) }),
  };
}
