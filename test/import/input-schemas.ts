import fc from 'fast-check';
import type { JsonSchema } from '../../functions/import/schemas/subschemas.ts';

const names = ['a', 'b', 'x y', 'x/y', 'x_y', '$top', 'filter[name]', 'ünïcode', 'n'.repeat(70)];
const name = fc.constantFrom(...names);
/** Keys that no schema here names. */
const foreign = ['free', 'odd key'];
const definitionNames = ['Tree', 'Pets'];
const scalar = fc.constantFrom<unknown>('red', 'blue', 1, 2.5, true, null);

type Kind = 'schema' | 'object' | 'leaf' | 'array' | 'choice' | 'whole';
type Kinds = Record<Kind, JsonSchema>;

function schemas(tie: fc.LetrecTypedTie<Kinds>): fc.LetrecValue<Kinds> {
  const schema = tie('schema');
  const object = fc.record(
    {
      type: fc.constant('object'),
      description: fc.constantFrom('A thing.', 'A thing. '.repeat(100)),
      properties: fc.dictionary(name, schema, { maxKeys: 3 }),
      required: fc.uniqueArray(name, { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.boolean(), schema),
      patternProperties: fc.dictionary(fc.constantFrom('^free$', 'key$'), schema, { maxKeys: 2 }),
      minProperties: fc.constant(1),
      dependentRequired: fc.constant({ a: ['b'] }),
      propertyNames: fc.constant({ maxLength: 90 }),
      anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
      default: fc.constantFrom<unknown>({ 'x y': 1 }, {}),
    },
    { requiredKeys: ['type'] },
  );
  return {
    schema: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'schema' },
      tie('leaf'),
      object,
      tie('array'),
      tie('choice'),
      tie('whole'),
      fc.constantFrom(...definitionNames).map((definition) => ({ $ref: `#/$defs/${definition}` })),
    ),
    object,
    leaf: fc.oneof(
      fc.constantFrom<JsonSchema>(
        {},
        { type: 'string', minLength: 1, pattern: '^[a-z]+$' },
        { type: 'integer', minimum: 0 },
        { type: ['string', 'null'], maxLength: 5 },
        { type: ['integer', 'string', 'array'], minItems: 1 },
        { type: ['string', 'null'], enum: ['red', null] },
        { const: 'red' },
        { type: 'object', enum: [{}] },
        { not: { type: 'string' } },
        { type: 'array' },
        { if: { type: 'string' }, else: { minimum: 2 } },
      ),
      fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }).map((values): JsonSchema => ({ enum: values })),
    ),
    array: fc.record(
      {
        type: fc.constant('array'),
        items: fc.oneof(schema, fc.boolean()),
        prefixItems: fc.array(schema, { minLength: 1, maxLength: 2 }),
        maxItems: fc.constantFrom(1, 3),
        uniqueItems: fc.boolean(),
        contains: schema,
      },
      { requiredKeys: ['type'] },
    ),
    choice: fc
      .record({
        keyword: fc.constantFrom('anyOf', 'oneOf'),
        choices: fc.array(fc.oneof(schema, fc.boolean()), { minLength: 1, maxLength: 3 }),
      })
      .map(({ keyword, choices }) => ({ [keyword]: choices })),
    whole: fc
      .record({ parts: fc.array(schema, { minLength: 1, maxLength: 3 }), title: fc.constantFrom('Whole', undefined) })
      .map(({ parts, title }) => ({ ...(title && { title }), allOf: parts })),
  };
}

const { schema } = fc.letrec<Kinds>(schemas);
const argument = fc.constantFrom('a', 'b', 'x_y', 'body');

/** Input schemas as the importer gives them, with everything that JSON Schema allows inside. */
export const inputSchemas: fc.Arbitrary<JsonSchema> = fc
  .record({
    properties: fc.dictionary(argument, schema, { minKeys: 1, maxKeys: 4 }),
    required: fc.uniqueArray(argument),
    // Never itself at once: the importer writes out what would send a validator round in circles.
    Tree: schema.map((left) => ({ type: 'object', properties: { left, 'x y': { $ref: '#/$defs/Tree' } } })),
    Pets: schema.map((items) => ({ type: 'array', items })),
  })
  .map(({ properties, required, ...$defs }) => ({
    type: 'object',
    properties,
    required: required.filter((name) => Object.hasOwn(properties, name)),
    additionalProperties: false,
    $defs,
  }));

/** Values that have a fair chance to fit a schema. */
export function valuesFor(root: JsonSchema): fc.Arbitrary<unknown> {
  const definitions = (root.$defs ?? {}) as Record<string, JsonSchema>;

  const values = (schema: unknown, depth: number): fc.Arbitrary<unknown> => {
    if (typeof schema !== 'object' || schema === null) return scalar;
    const { $ref, allOf, anyOf, oneOf, const: constant, enum: listed, type } = schema as JsonSchema;
    if (depth > 6) return scalar;
    if (typeof $ref === 'string') return values(definitions[$ref.slice(8)], depth + 1);
    const parts = [...asList(allOf).map((part) => values(part, depth + 1))];
    const choices = asList(anyOf ?? oneOf);
    if (choices.length > 0) parts.push(fc.oneof(...choices.map((choice) => values(choice, depth + 1))));
    if (constant !== undefined) parts.push(fc.constant(constant));
    else if (Array.isArray(listed)) parts.push(fc.constantFrom(...listed));
    else if (type !== undefined || parts.length === 0) parts.push(ofType(schema as JsonSchema, depth));
    return fc.tuple(...parts).map((made) => made.reduce(joined));
  };

  const ofType = (schema: JsonSchema, depth: number): fc.Arbitrary<unknown> => {
    const { type = ['object', 'array', 'string', 'integer'] } = schema;
    return fc.oneof(...(Array.isArray(type) ? type : [type]).map((each) => ofOneType(each, schema, depth)));
  };

  const ofOneType = (type: unknown, schema: JsonSchema, depth: number): fc.Arbitrary<unknown> => {
    if (type === 'string') return fc.constantFrom('red', 'blue', 'a');
    if (type === 'integer' || type === 'number') return fc.constantFrom(0, 1, 7);
    if (type === 'boolean') return fc.boolean();
    if (type === 'null') return fc.constant(null);
    if (type === 'array') {
      const { prefixItems, items } = schema;
      const places = asList(prefixItems).map((place) => values(place, depth + 1));
      const rest = fc.array(values(items, depth + 1), { maxLength: items === false ? 0 : 2 });
      return fc.tuple(fc.tuple(...places), rest).map(([first, others]) => [...first, ...others]);
    }
    return ofObject(schema, depth);
  };

  const ofObject = (schema: JsonSchema, depth: number): fc.Arbitrary<unknown> => {
    const { properties = {}, additionalProperties, patternProperties } = schema;
    const required = asList(schema.required).map(String);
    const described: Record<string, unknown> = { ...(properties as JsonSchema) };
    for (const each of required) described[each] ??= additionalProperties;
    const isOpen = additionalProperties !== false || patternProperties !== undefined;
    const further = asList(Object.values((patternProperties ?? {}) as object))[0] ?? additionalProperties;
    for (const each of isOpen ? foreign : []) described[each] ??= further;
    const members = Object.entries(described).map(([key, inner]) => [key, values(inner, depth + 1)]);
    return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: required });
  };

  return values(root, 0);
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function joined(one: unknown, other: unknown): unknown {
  const areObjects = [one, other].every((each) => typeof each === 'object' && each !== null && !Array.isArray(each));
  return areObjects ? { ...(one as object), ...(other as object) } : one;
}
