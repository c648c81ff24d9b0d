import { isObject, itemsOf, itemsOrOne, membersOf } from '../json-object.ts';
import type { JsonSchema } from '../schemas/subschemas.ts';

/**
 * One schema without `allOf`, in place of a schema and all that it is composed of. Whatever a keyword of any part asks
 * for is asked of the whole, so nothing is refused that the parts accept; where two parts have alternatives, only the
 * first ones are kept.
 */
export function mergeParts(schema: JsonSchema): JsonSchema {
  return partsOf(schema).map(openPart).reduce(bothOf);
}

/** A schema that only has one alternative is that one as well. */
function partsOf(schema: JsonSchema): JsonSchema[] {
  const { allOf, anyOf, oneOf, ...own } = schema;
  const choices = alternativesOf(anyOf ?? oneOf);
  const only = choices?.length === 1 ? choices : [];
  const parts = [...itemsOf(allOf), ...only].filter(isObject).flatMap(partsOf);
  return [choices && only.length === 0 ? { ...own, anyOf: choices } : own, ...parts];
}

/** The alternatives that anything can fit. */
function alternativesOf(choices: unknown): unknown[] | undefined {
  const possible = itemsOf(choices).filter((choice) => !isImpossible(choice));
  return possible.length > 0 ? possible : undefined;
}

/** `false`, in either of the ways to write it. */
function isImpossible(schema: unknown): boolean {
  return schema === false || (isObject(schema) && isObject(schema.not) && Object.keys(schema.not).length === 0);
}

/** A part in keywords that say no more than it did, and that can be put together with those of other parts. */
function openPart(part: JsonSchema): JsonSchema {
  const { prefixItems, patternProperties, additionalProperties, const: constant, enum: values, ...rest } = part;
  return {
    ...rest,
    ...plainValues(constant === undefined ? values : [constant]),
    ...openTuple(part),
    ...openMap(part),
  };
}

/** Lists of objects are left to the server: a client has no use for them, and their names may be others here. */
function plainValues(values: unknown): JsonSchema {
  const isPlain = Array.isArray(values) && values.every((value) => typeof value !== 'object' || value === null);
  return isPlain ? { enum: values } : {};
}

/** Clients want one schema for all items: that of a tuple is any of its places. */
function openTuple({ prefixItems, items, maxItems }: JsonSchema): JsonSchema {
  const places = itemsOf(prefixItems);
  if (items === false) {
    const most = typeof maxItems === 'number' ? Math.min(maxItems, places.length) : places.length;
    return { items: places.length > 0 ? { anyOf: places } : {}, maxItems: most };
  }
  if (places.length === 0) return items === true ? { items: {} } : {};
  return { items: isObject(items) ? { anyOf: [...places, items] } : {} };
}

/** Properties by pattern become further properties, as far as those are told at all. */
function openMap({ patternProperties, additionalProperties }: JsonSchema): JsonSchema {
  const byPattern = membersOf(patternProperties).map(([, property]) => property);
  if (byPattern.length === 0) return additionalProperties === undefined ? {} : { additionalProperties };
  return additionalProperties === false ? { additionalProperties: { anyOf: byPattern } } : {};
}

function bothOf(one: JsonSchema, other: JsonSchema): JsonSchema {
  const both: JsonSchema = { ...one };
  for (const [keyword, value] of Object.entries(other)) {
    const known = both[keyword];
    both[keyword] = known === undefined ? value : (together.get(keyword)?.(known, value) ?? known);
  }
  return both;
}

type Together = (one: unknown, other: unknown) => unknown;

const larger: Together = (one, other) => Math.max(Number(one), Number(other));
const smaller: Together = (one, other) => Math.min(Number(one), Number(other));
const both: Together = (one, other) => ({ allOf: [one, other] });

/** By keyword, what two values of it ask for together; of any other keyword the first value stands. */
const together = new Map<string, Together>(
  Object.entries({
    type: (one, other) => commonTypes(itemsOrOne(one), itemsOrOne(other)),
    enum: (one, other) =>
      orFirst(
        itemsOf(one).filter((value) => itemsOf(other).includes(value)),
        one,
      ),
    minimum: larger,
    exclusiveMinimum: larger,
    minLength: larger,
    minItems: larger,
    minProperties: larger,
    maximum: smaller,
    exclusiveMaximum: smaller,
    maxLength: smaller,
    maxItems: smaller,
    maxProperties: smaller,
    uniqueItems: (one, other) => one === true || other === true,
    items: both,
    additionalProperties: (one, other) => (one === false || other === false ? false : both(one, other)),
    required: (one, other) => [...new Set([...itemsOf(one), ...itemsOf(other)])],
    properties: (one, other) => {
      const properties = new Map(membersOf(one));
      for (const [name, property] of membersOf(other)) {
        properties.set(name, properties.has(name) ? both(properties.get(name), property) : property);
      }
      return Object.fromEntries(properties);
    },
  }),
);

function commonTypes(one: unknown[], other: unknown[]): unknown {
  const common = [
    ...one.filter((type) => other.includes(type) || (type === 'integer' && other.includes('number'))),
    ...other.filter((type) => type === 'integer' && one.includes('number') && !one.includes('integer')),
  ];
  return orFirst(common, one);
}

/** Parts that exclude each other accept nothing; then it is the server that says so. */
function orFirst(common: unknown[], one: unknown): unknown {
  return common.length > 0 ? common : one;
}
