import { shorten } from '../plain-text.ts';
import { jsonBytes } from '../schemas/json-bytes.ts';
import { leastBytes } from '../schemas/least-bytes.ts';
import { shapeOf } from '../schemas/shape.ts';
import {
  definitionsOf,
  type JsonSchema,
  mapSubschemas,
  type Position,
  referredName,
  visitSubschemas,
} from '../schemas/subschemas.ts';
import { deepestFitting } from './deepest-fitting.ts';
import { outliner } from './outline.ts';

const largestEnumeration = 100;
/** What is required of something that is required so deep is seldom known to who gives it. */
const outlineLevels = 6;

export interface BoundedSchema {
  schema: JsonSchema;
  /** Whether anything is accepted that was not before. */
  isOpened: boolean;
}

/**
 * A schema of at most `limit` bytes of JSON that has lost no property: first descriptions and examples go short, then
 * what lies deep and is optional accepts anything, in the end also what is required. `undefined` when even that is
 * not enough.
 */
export function boundSchema(schema: JsonSchema, limit: number): BoundedSchema | undefined {
  const fits = (candidate: JsonSchema): boolean => jsonBytes(candidate) <= limit;
  if (shapeOf(schema).leastBytes <= limit && fits(schema)) return { schema, isOpened: false };
  for (const length of mayFitWithoutTexts(schema, limit) ? [400, 160] : []) {
    const shortened = withShortTexts(schema, length, limit);
    if (shortened && fits(shortened)) return { schema: shortened, isOpened: false };
  }
  const definitionOf = definitionsOf(schema);
  const outline = outliner(definitionOf, 80);
  // Each of them is asked for at many depths.
  const kept = remembered((part) => withoutLongEnumeration(withShortText(part, 80)));
  const outlined = remembered((part) => outline(part, outlineLevels));
  const weightOf = remembered((part) => JSON.stringify(part).length);
  const barest = (part: JsonSchema) => withoutLongEnumeration(withShortText(part, 0));
  const opened =
    deepestFitting(2, 9, (depth) => fittingAt({ depth, keepsRequired: true, kept, left: outlined })) ??
    deepestFitting(2, 9, (depth) => fittingAt({ depth, keepsRequired: false, kept, left: outlined })) ??
    deepestFitting(2, 9, (depth) => fittingAt({ depth, keepsRequired: false, kept, left: bare(definitionOf, 80) })) ??
    fittingAt({ depth: 1, keepsRequired: false, kept: barest, left: bare(definitionOf, 0) });
  return opened && { schema: opened, isOpened: true };

  function fittingAt(opening: Opening): JsonSchema | undefined {
    const opened = openBelow(schema, { ...opening, definitionOf, weightOf }, limit);
    return opened && fits(opened) ? opened : undefined;
  }
}

/** For each schema made once. */
function remembered<T>(make: (part: JsonSchema) => T): (part: JsonSchema) => T {
  const known = new Map<JsonSchema, T>();
  return (part) => {
    const before = known.get(part);
    if (before !== undefined) return before;
    const made = make(part);
    known.set(part, made);
    return made;
  };
}

const texts: ReadonlySet<string> = new Set(['title', 'description', 'default', 'examples']);

/** `false` as soon as it is clear that a schema takes more bytes even without its texts. */
function mayFitWithoutTexts(schema: JsonSchema, limit: number): boolean {
  let bytes = 0;
  const count = (inner: JsonSchema, at?: Position): void => {
    bytes += leastBytes(inner, at, texts);
    if (bytes <= limit) visitSubschemas(inner, count);
  };
  count(schema);
  return bytes <= limit;
}

/** `undefined` as soon as it is clear that the copy takes more than `limit` bytes. */
function withShortTexts(schema: JsonSchema, length: number, limit: number): JsonSchema | undefined {
  let bytes = 0;
  const copy = (inner: JsonSchema, at?: Position): JsonSchema => {
    const short = withShortText(inner, length);
    bytes += leastBytes(short, at);
    return bytes > limit ? short : mapSubschemas(short, copy);
  };
  const short = copy(schema);
  return bytes > limit ? undefined : short;
}

function withShortText(schema: JsonSchema, length: number): JsonSchema {
  const { title, examples: _, default: fallback, description, ...rest } = schema;
  return {
    ...rest,
    ...(typeof description === 'string' && length > 0 && { description: shorten(description, length) }),
    ...(fallback !== undefined && JSON.stringify(fallback).length <= 160 && { default: fallback }),
  };
}

interface Opening {
  /** What stands at this depth or below is opened. */
  depth: number;
  /** Only what a caller may leave out is opened. */
  keepsRequired: boolean;
  /** A schema that is not opened, to hold others. */
  kept: (schema: JsonSchema) => JsonSchema;
  /** What is left of one that is opened. */
  left: (schema: JsonSchema) => JsonSchema;
}

/** What is the same for every opening. */
interface Known {
  definitionOf: (name: string) => JsonSchema;
  /** Characters of JSON. */
  weightOf: (schema: JsonSchema) => number;
}

/** How deep a schema stands below the root, and whether everything above it is required. */
interface Standing {
  depth: number;
  isRequired: boolean;
}

/** `undefined` as soon as it is clear that what is left takes more than `limit` bytes. */
function openBelow(
  root: JsonSchema,
  { depth, keepsRequired, kept, left, definitionOf, weightOf }: Opening & Known,
  limit: number,
): JsonSchema | undefined {
  const standings = new Map<string, Standing>();
  const pending: string[] = [];
  const bodies = new Map<string, JsonSchema>();
  const sizes = new Map<string, number>();
  let bytes = 0;

  const meet = (name: string, standing: Standing): void => {
    const known = standings.get(name);
    const nearest = {
      depth: Math.min(known?.depth ?? standing.depth, standing.depth),
      isRequired: known?.isRequired || standing.isRequired,
    };
    if (known && known.depth === nearest.depth && known.isRequired === nearest.isRequired) return;
    standings.set(name, nearest);
    pending.push(name);
  };
  const walk = (schema: JsonSchema, standing: Standing, at?: Position): JsonSchema => {
    const isOpen = standing.depth >= depth && !(keepsRequired && standing.isRequired);
    const part = isOpen ? left(schema) : kept(schema);
    bytes += isOpen ? weightOf(part) : leastBytes(part, at);
    if (isOpen || bytes > limit) return part;
    const name = referredName(schema);
    if (name !== undefined) meet(name, standing);
    const required = Array.isArray(schema.required) ? schema.required : [];
    return mapSubschemas(part, (inner, position) => {
      const { keyword, key, inPlace } = position;
      const isRequired = keyword === 'properties' ? required.includes(key) : inPlace || keyword === 'items';
      const below = { depth: standing.depth + (inPlace ? 0 : 1), isRequired: standing.isRequired && isRequired };
      return walk(inner, below, position);
    });
  };

  const { $defs: _, ...rest } = root;
  const opened = walk(rest, { depth: 0, isRequired: true });
  for (let name = pending.pop(); name !== undefined && bytes <= limit; name = pending.pop()) {
    // One that is met again, nearer to the root, takes the place of what it was.
    bytes -= sizes.get(name) ?? 0;
    const before = bytes;
    bodies.set(name, walk(definitionOf(name), standings.get(name) ?? { depth: 0, isRequired: true }));
    sizes.set(name, bytes - before);
  }
  if (bytes > limit) return undefined;
  return bodies.size > 0 ? { ...opened, $defs: Object.fromEntries(bodies) } : opened;
}

/** Leaves of a schema that it accepts anything of its type. */
function bare(definitionOf: (name: string) => JsonSchema, length: number): (schema: JsonSchema) => JsonSchema {
  return (schema) => {
    const name = referredName(schema);
    const type = schema.type ?? (name === undefined ? undefined : definitionOf(name).type);
    const { description } = schema;
    return {
      ...(type !== undefined && { type }),
      ...(typeof description === 'string' && length > 0 && { description: shorten(description, length) }),
    };
  };
}

function withoutLongEnumeration(schema: JsonSchema): JsonSchema {
  if (!Array.isArray(schema.enum) || schema.enum.length <= largestEnumeration) return schema;
  const { enum: _, ...rest } = schema;
  return rest;
}
