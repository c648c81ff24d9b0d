import { deepestFitting } from '../bounds/deepest-fitting.ts';
import { outliner } from '../bounds/outline.ts';
import { isObject, itemsOf } from '../json-object.ts';
import { shorten } from '../plain-text.ts';
import { leastBytes } from '../schemas/least-bytes.ts';
import { shapeOf } from '../schemas/shape.ts';
import { definitionsOf, type JsonSchema, mapSubschemas, type Position, referredName } from '../schemas/subschemas.ts';

/** Schemas inside of schemas; one level more is left for saying that an array holds anything. No model goes deeper. */
const deepest = 9;
/** How often a definition stands inside of itself: enough to show the pattern. */
const maxRecursion = 1;
/** Where definitions are written out in many places, their texts are too. */
const textLength = 200;

/**
 * The schema without references: definitions in their places, as deep as they go into `room` bytes. What lies deeper,
 * and a definition that keeps coming back, says only what it requires.
 */
export function unroll(root: JsonSchema, room: number): JsonSchema {
  const { $defs, ...rest } = root;
  if (!isObject($defs)) return shapeOf(root).depth <= deepest ? root : (unrollTo(deepest, root, {}) ?? root);
  const fittingAt = (depth: number): JsonSchema | undefined => unrollTo(depth, rest, $defs, room);
  // Most schemas have room for all.
  return fittingAt(deepest) ?? deepestFitting(1, deepest - 1, fittingAt) ?? unrollTo(1, rest, $defs) ?? rest;
}

/** `undefined` as soon as it is clear that it takes more than `room` bytes. */
function unrollTo(
  maxDepth: number,
  root: JsonSchema,
  definitions: JsonSchema,
  room = Number.POSITIVE_INFINITY,
): JsonSchema | undefined {
  let bytes = 0;
  const definitionOf = definitionsOf({ $defs: definitions });
  const outline = outliner(definitionOf, 80);
  const outlined = (schema: JsonSchema, depth: number): JsonSchema => {
    const left = outline(schema, Math.max(0, deepest - depth));
    bytes += JSON.stringify(left).length;
    return left;
  };
  /** `within` are the definitions that are being written out around this schema. */
  const walk = (schema: JsonSchema, depth: number, within: readonly string[], at?: Position): JsonSchema => {
    if (depth >= maxDepth && shapeOf(schema).depth > 0) return outlined(schema, depth);
    const said = within.length > 0 ? withShortText(schema) : schema;
    bytes += leastBytes(said, at);
    if (bytes > room) return {};
    const name = referredName(said);
    const open = mapSubschemas(said, (inner, below) => walk(inner, below.inPlace ? depth : depth + 1, within, below));
    if (name === undefined) return open;
    const { $ref: _, ...own } = open;
    const target = definitionOf(name);
    const isSpent = depth >= maxDepth || within.filter((other) => other === name).length > maxRecursion;
    const inner = isSpent ? outlined(target, depth) : walk(target, depth, [...within, name]);
    return Object.keys(own).length === 0 ? inner : { ...own, allOf: [...itemsOf(own.allOf), inner] };
  };
  const whole = walk(root, 0, []);
  return bytes > room ? undefined : whole;
}

function withShortText(schema: JsonSchema): JsonSchema {
  const { description } = schema;
  const isLong = typeof description === 'string' && description.length > textLength;
  return isLong ? { ...schema, description: shorten(description, textLength) } : schema;
}
