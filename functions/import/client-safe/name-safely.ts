import { createHash } from 'node:crypto';
import { isObject, itemsOf, membersOf } from '../json-object.ts';
import { isSafeName, markedName, safePartOf } from '../schemas/safe-name.ts';
import { shapeOf } from '../schemas/shape.ts';
import { forEachSchema, type JsonSchema, mapSubschemas } from '../schemas/subschemas.ts';

/** A schema whose property names clients pass on, and what the given ones were, by the name that stands for them. */
export interface SafelyNamed {
  schema: JsonSchema;
  aliases?: Record<string, string>;
}

/**
 * Gives every property that needs one another name, the same wherever it occurs in the schema. No alias is the name of
 * a property of `original`, so that one map is enough to take them back.
 */
export function nameSafely(schema: JsonSchema, original: JsonSchema): SafelyNamed {
  if (shapeOf(schema).isSafelyNamed) return { schema };
  const taken = namesIn(original);
  const unsafe = [...namesIn(schema)].filter((name) => !isSafeName(name)).sort();
  const names = new Map<string, string>();
  for (const [wanted, group] of Map.groupBy(unsafe, (name) => safePartOf(name) || 'property')) {
    for (const name of group) {
      const isFree = group.length === 1 && isSafeName(wanted) && !taken.has(wanted);
      const alias = isFree ? wanted : marked(wanted, name, taken);
      taken.add(alias);
      names.set(name, alias);
    }
  }
  return {
    schema: rename(schema, names),
    aliases: Object.fromEntries([...names].map(([name, alias]) => [alias, name])),
  };
}

function namesIn(schema: JsonSchema): Set<string> {
  const names = new Set<string>();
  forEachSchema(schema, ({ properties, required }) => {
    for (const [name] of membersOf(properties)) names.add(name);
    for (const name of itemsOf(required)) names.add(String(name));
  });
  return names;
}

/** Told apart by a digest of the name itself: another property that comes or goes changes nothing. */
function marked(wanted: string, name: string, taken: ReadonlySet<string>): string {
  const digest = createHash('sha256').update(name).digest('hex');
  for (let length = 6; length < 32; length += 2) {
    const alias = markedName(wanted, digest.slice(0, length));
    if (!taken.has(alias)) return alias;
  }
  return markedName('property', digest.slice(0, 48));
}

function rename(schema: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  const {
    properties,
    required,
    default: fallback,
    examples,
    ...rest
  } = mapSubschemas(schema, (inner) => rename(inner, names));
  const shown = itemsOf(examples).filter((example) => !mentions(example, names));
  const asNamed = (name: string): string => names.get(name) ?? name;
  return {
    ...rest,
    ...(fallback !== undefined && !mentions(fallback, names) && { default: fallback }),
    ...(shown.length > 0 && { examples: shown }),
    ...(isObject(properties) && {
      properties: Object.fromEntries(membersOf(properties).map(([name, property]) => [asNamed(name), property])),
    }),
    ...(Array.isArray(required) && { required: required.map((name) => asNamed(String(name))) }),
  };
}

/** A value that has properties by their own names would teach a model the wrong ones. */
function mentions(value: unknown, names: ReadonlyMap<string, string>): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, names));
  return membersOf(value).some(([name, member]) => names.has(name) || mentions(member, names));
}
