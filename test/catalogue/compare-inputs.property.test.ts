import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareInputs } from '../../functions/catalogue/compare-inputs.ts';
import type { Schema } from '../../functions/catalogue/pair.ts';

// Few names and small values, so that schemas and values meet.
const name = fc.constantFrom('a', 'b', 'c');
const bound = fc.integer({ min: 0, max: 3 });
const scalar = fc.constantFrom<unknown>(null, true, 0, 1, 2, 1.5, '', 'a', 'ab', 'abc');
const optional = <T>(model: Record<string, fc.Arbitrary<T>>) => fc.record<Schema, never>(model, { requiredKeys: [] });

const { schema } = fc.letrec<{ schema: Schema; value: unknown }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.constant({}),
    fc.record({ type: fc.constantFrom('string', 'integer', 'number', 'boolean', 'null', 'array') }),
    fc.record({ type: fc.uniqueArray(fc.constantFrom('string', 'integer', 'null', 'array'), { minLength: 1 }) }),
    fc.record({ enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }) }),
    fc.record({ const: scalar }),
    optional<unknown>({ type: fc.constant('number'), minimum: bound, maximum: bound, exclusiveMinimum: bound }),
    optional<unknown>({
      type: fc.constant('string'),
      minLength: bound,
      maxLength: bound,
      pattern: fc.constantFrom('^a', 'b$'),
    }),
    optional<unknown>({
      type: fc.constant('array'),
      items: tie('schema'),
      prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      minItems: bound,
      maxItems: bound,
      uniqueItems: fc.boolean(),
    }),
    // Never open: by convention nobody sends what is not described, so that naming a property breaks no caller.
    fc.record(
      {
        type: fc.constant('object'),
        properties: fc.dictionary(name, tie('schema'), { maxKeys: 2, noNullPrototype: true }),
        required: fc.uniqueArray(name, { maxLength: 2 }),
        additionalProperties: fc.oneof(fc.constant(false), tie('schema')),
        minProperties: bound,
        maxProperties: bound,
      },
      { requiredKeys: ['type', 'additionalProperties'] },
    ),
    optional<unknown>({
      anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
      allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      not: tie('schema'),
    }),
  ),
  value: fc.constant(null),
}));

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

const input = (argument: Schema): Schema => ({
  type: 'object',
  properties: { argument },
  required: ['argument'],
  additionalProperties: false,
});

function accepts(argument: Schema): (value: unknown) => boolean {
  return new Ajv2020({ strict: false, allowUnionTypes: true }).compile(input(argument));
}

const isBreaking = (before: Schema, after: Schema) =>
  compareInputs(input(before), input(after)).some(({ breaking }) => breaking);

/** Two schemas of which the second has some keywords of the first, so that not every pair is worlds apart. */
const pair = fc
  .tuple(schema, schema, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }))
  .map(([before, other, choices]): [Schema, Schema] => {
    if (before.type !== other.type) return [before, other];
    const keywords = [...new Set([...Object.keys(before), ...Object.keys(other)])];
    const chosen = keywords.map((keyword, index) => [keyword, (choices[index % 8] ? before : other)[keyword]]);
    return [before, Object.fromEntries(chosen.filter(([, part]) => part !== undefined))];
  });

it('whatever was accepted is accepted, unless a change is said to break callers', () => {
  let judged = 0;
  const property = fc.property(
    pair,
    fc.array(value, { minLength: 30, maxLength: 30 }),
    ([before, after], candidates) => {
      if (isBreaking(before, after)) return;
      judged += 1;
      const [took, takes] = [accepts(before), accepts(after)];
      for (const argument of candidates) {
        if (took({ argument })) expect(takes({ argument }), JSON.stringify(argument)).toBe(true);
      }
    },
  );
  void fc.assert(property, { numRuns: 500 });
  expect(judged).toBeGreaterThan(50);
});

it('a schema compared with itself has no changes', () => {
  const property = fc.property(schema, (same) => {
    expect(compareInputs(input(same), input(same))).toEqual([]);
  });
  void fc.assert(property);
});
