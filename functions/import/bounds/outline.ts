import { isObject, itemsOf, memberOf } from '../json-object.ts';
import { shorten } from '../plain-text.ts';
import { type JsonSchema, referredName } from '../schemas/subschemas.ts';

/** What says of a plain value which ones are right, and takes little room. */
const small = [
  ...['const', 'format', 'pattern', 'minLength', 'maxLength', 'contentEncoding'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'],
] as const;
const longestEnumeration = 20;
const mostBranches = 8;

/** Of a schema; `levels` is how many schemas may stand inside of each other in it. */
export type Outline = (schema: JsonSchema, levels: number) => JsonSchema;

/**
 * Gives what is left of a schema where there is no room for the whole: its type, and what a value of it must have, for
 * who gives it at all. It accepts whatever the schema accepts. Without references; texts are cut to `length`.
 */
export function outliner(definitionOf: (name: string) => JsonSchema, length: number): Outline {
  const known = new Map<string, JsonSchema>();

  const ofDefinition = (name: string, levels: number): JsonSchema => {
    const key = `${levels} ${name}`;
    const before = known.get(key);
    if (before) return before;
    const definition = definitionOf(name);
    // What a definition requires of itself in place ends here.
    known.set(key, typeOf(definition));
    const whole = outline(definition, levels);
    known.set(key, whole);
    return whole;
  };

  const outline: Outline = (schema, levels) => {
    const name = referredName(schema);
    const { description } = schema;
    const left: JsonSchema = {
      ...(name !== undefined && ofDefinition(name, levels)),
      ...typeOf(schema),
      ...(typeof description === 'string' && length > 0 && { description: shorten(description, length) }),
    };
    for (const keyword of small) if (schema[keyword] !== undefined) left[keyword] = schema[keyword];
    if (Array.isArray(schema.enum) && schema.enum.length <= longestEnumeration) left.enum = schema.enum;
    return levels > 0 ? { ...left, ...insideOf(schema, levels - 1) } : left;
  };

  const insideOf = (schema: JsonSchema, levels: number): JsonSchema => {
    const items = isObject(schema.items) ? outline(schema.items, levels) : {};
    return {
      ...(Object.keys(items).length > 0 && { items }),
      ...requiredOf(schema, levels),
      ...partsOf(schema, 'allOf', levels),
      ...partsOf(schema, 'anyOf', levels),
    };
  };

  const requiredOf = ({ required, properties }: JsonSchema, levels: number): JsonSchema => {
    const names = itemsOf(required).filter((name) => typeof name === 'string');
    if (names.length === 0) return {};
    const members = names.flatMap((name) => {
      const member = memberOf(properties, name);
      return isObject(member) ? [[name, outline(member, levels)]] : [];
    });
    return { required: names, properties: Object.fromEntries(members) };
  };

  const partsOf = (schema: JsonSchema, keyword: 'allOf' | 'anyOf', levels: number): JsonSchema => {
    const written = itemsOf(schema[keyword]).filter(isObject);
    if (written.length === 0 || written.length > mostBranches) return {};
    const parts = written.map((part) => outline(part, levels));
    const isTold = keyword === 'allOf' || parts.every((part) => Object.keys(part).length > 0);
    return isTold ? { [keyword]: parts } : {};
  };

  return outline;
}

function typeOf({ type }: JsonSchema): JsonSchema {
  return type === undefined ? {} : { type };
}
