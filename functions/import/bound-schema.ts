import { isObject } from './json-object.ts';
import { shorten } from './plain-text.ts';
import { type JsonSchema, mapSubschemas, referredName } from './subschemas.ts';

const largestEnumeration = 100;

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
  const fits = (candidate: JsonSchema): boolean => Buffer.byteLength(JSON.stringify(candidate)) <= limit;
  if (fits(schema)) return { schema, isOpened: false };
  for (const length of [400, 160]) {
    const shortened = withShortTexts(schema, length);
    if (fits(shortened)) return { schema: shortened, isOpened: false };
  }
  const spare = withShortTexts(schema, 80);
  for (const keepsRequired of [true, false]) {
    const opened = deepestFitting((depth) => openBelow(spare, depth, keepsRequired), fits);
    if (opened) return { schema: opened, isOpened: true };
  }
  const barest = openBelow(withShortTexts(schema, 0), 1, false);
  return fits(barest) ? { schema: barest, isOpened: true } : undefined;
}

/** The deeper, the larger: so halving finds the depth that just fits. */
function deepestFitting(
  openAt: (depth: number) => JsonSchema,
  fits: (schema: JsonSchema) => boolean,
): JsonSchema | undefined {
  let fitting: JsonSchema | undefined;
  let shallow = 2;
  let deep = 9;
  while (shallow <= deep) {
    const depth = fitting ? Math.floor((shallow + deep) / 2) : shallow;
    const candidate = openAt(depth);
    if (fits(candidate)) {
      fitting = candidate;
      shallow = depth + 1;
    } else {
      if (!fitting) return undefined;
      deep = depth - 1;
    }
  }
  return fitting;
}

function withShortTexts(schema: JsonSchema, length: number): JsonSchema {
  const { title, examples: _, default: fallback, description, ...rest } = schema;
  const short: JsonSchema = {
    ...rest,
    ...(typeof description === 'string' && length > 0 && { description: shorten(description, length) }),
    ...(fallback !== undefined && JSON.stringify(fallback).length <= 160 && { default: fallback }),
  };
  return mapSubschemas(short, (inner) => withShortTexts(inner, length));
}

/** How deep a schema stands below the root, and whether everything above it is required. */
interface Standing {
  depth: number;
  isRequired: boolean;
}

/** Replaces what stands at `depth` or below by its bare type; with `keepsRequired` only what a caller may leave out. */
function openBelow(root: JsonSchema, depth: number, keepsRequired: boolean): JsonSchema {
  const definitions = isObject(root.$defs) ? root.$defs : {};
  const standings = new Map<string, Standing>();
  const pending: string[] = [];
  const bodies = new Map<string, JsonSchema>();

  const definitionOf = (name: string): JsonSchema => {
    const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    return isObject(definition) ? definition : {};
  };
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
  const walk = (schema: JsonSchema, standing: Standing): JsonSchema => {
    if (standing.depth >= depth && !(keepsRequired && standing.isRequired)) return bare(schema, definitionOf);
    const name = referredName(schema);
    if (name !== undefined) meet(name, standing);
    const required = Array.isArray(schema.required) ? schema.required : [];
    return withoutLongEnumeration(
      mapSubschemas(schema, (inner, at) => {
        const isRequired =
          at.keyword === 'properties' ? required.includes(at.key) : at.inPlace || at.keyword === 'items';
        return walk(inner, {
          depth: standing.depth + (at.inPlace ? 0 : 1),
          isRequired: standing.isRequired && isRequired,
        });
      }),
    );
  };

  const { $defs: _, ...rest } = root;
  const opened = walk(rest, { depth: 0, isRequired: true });
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    bodies.set(name, walk(definitionOf(name), standings.get(name) ?? { depth: 0, isRequired: true }));
  }
  return bodies.size > 0 ? { ...opened, $defs: Object.fromEntries(bodies) } : opened;
}

/** What is left of a schema that accepts anything of its type. */
function bare(schema: JsonSchema, definitionOf: (name: string) => JsonSchema): JsonSchema {
  const name = referredName(schema);
  const type = schema.type ?? (name === undefined ? undefined : definitionOf(name).type);
  const { description } = schema;
  return {
    ...(type !== undefined && { type }),
    ...(typeof description === 'string' && { description: shorten(description, 80) }),
  };
}

function withoutLongEnumeration(schema: JsonSchema): JsonSchema {
  if (!Array.isArray(schema.enum) || schema.enum.length <= largestEnumeration) return schema;
  const { enum: _, ...rest } = schema;
  return rest;
}
