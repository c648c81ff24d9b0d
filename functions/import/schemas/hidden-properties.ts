import { isObject, itemsOf, type JsonObject } from '../json-object.ts';

/** Chains of references longer than this are not followed to their end. */
const maxHops = 64;
const nothing: ReadonlySet<string> = new Set();

export interface HiddenProperties {
  /** The names of the properties among these that are left out. */
  hiddenAmong(properties: JsonObject): ReadonlySet<string>;
  /** The names of all properties that are left out of a schema and of what it is composed of. */
  hiddenIn(schema: JsonObject): ReadonlySet<string>;
}

/** Finds the properties that carry a mark, `readOnly` or `writeOnly`, also when it stands where a reference leads. */
export function hiddenProperties(mark: string, targetOf: (reference: string) => unknown): HiddenProperties {
  const marked = new Map<object, boolean>();
  const among = new Map<object, ReadonlySet<string>>();
  const names = new Map<object, ReadonlySet<string>>();

  const isHidden = (property: unknown, hops = 0): boolean => {
    if (!isObject(property) || hops > maxHops) return false;
    if (property[mark] === true) return true;
    if (!isComposed(property)) return false;
    const known = marked.get(property);
    if (known !== undefined) return known;
    // What refers to itself is not marked by that.
    marked.set(property, false);
    const found = partsOf(property).some((part) => isHidden(part, hops + 1));
    marked.set(property, found);
    return found;
  };

  const hiddenAmong = (properties: JsonObject): ReadonlySet<string> => {
    const known = among.get(properties);
    if (known) return known;
    const hidden = Object.keys(properties).filter((name) => isHidden(properties[name]));
    const found = hidden.length > 0 ? new Set(hidden) : nothing;
    among.set(properties, found);
    return found;
  };

  const hiddenIn = (schema: JsonObject, hops = 0): ReadonlySet<string> => {
    const known = names.get(schema);
    if (known || hops > maxHops) return known ?? nothing;
    const own = isObject(schema.properties) ? hiddenAmong(schema.properties) : nothing;
    if (!isComposed(schema)) return own;
    const found = new Set(own);
    names.set(schema, found);
    for (const part of partsOf(schema)) for (const name of hiddenIn(part, hops + 1)) found.add(name);
    return found;
  };

  const partsOf = ({ allOf, $ref }: JsonObject): JsonObject[] => {
    const parts = itemsOf(allOf).filter(isObject);
    const target = typeof $ref === 'string' ? targetOf($ref) : undefined;
    return isObject(target) ? [...parts, target] : parts;
  };

  return { hiddenAmong, hiddenIn: (schema) => hiddenIn(schema) };
}

function isComposed({ allOf, $ref }: JsonObject): boolean {
  return allOf !== undefined || $ref !== undefined;
}
