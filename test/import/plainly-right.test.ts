import { Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonSchema } from '../../functions/import/schemas/subschemas.ts';
import { isPlainlyRight } from '../../functions/import/tools/plainly-right.ts';

const plain = {
  type: 'object',
  properties: {
    size: { type: 'integer', format: 'int32', minimum: 1, maximum: 9 },
    name: { type: 'string', title: 'Name', maxLength: 3 },
    kinds: { type: 'array', items: { type: 'string', enum: ['cat', 'dog'] } },
  },
  required: ['size'],
  additionalProperties: false,
};

it.each<[boolean, unknown]>([
  [true, { size: 1, name: 'Rex', kinds: ['cat'] }],
  [true, { size: 9, kinds: [] }],
  [false, { name: 'Rex' }],
  [false, { size: 0 }],
  [false, { size: 10 }],
  [false, { size: 1.5 }],
  [false, { size: 1, name: 'Rexx' }],
  [false, { size: 1, kinds: ['cow'] }],
  [false, { size: 1, other: 1 }],
  [false, []],
])('tells %s of %j at once', (expected, value) => {
  expect(isPlainlyRight(plain, value)).toBe(expected);
});

it.each<[Record<string, unknown>, unknown]>([
  [{ type: 'object', additionalProperties: { type: 'string' } }, { a: 1 }],
  [{ type: 'object', properties: {}, patternProperties: { '^a': { type: 'string' } } }, { a: 1 }],
  [{ type: 'array', items: { $ref: '#/$defs/Cat' } }, [1]],
  [{ type: 'string', format: 'date' }, 'today'],
  [{ minimum: 3 }, 1],
])('leaves to the validator what %j asks', (schema, value) => {
  expect(isPlainlyRight(schema, value)).toBe(false);
});

const names = fc.constantFrom('a', 'b', 'c');
const inner = fc.constantFrom<JsonSchema>(
  { type: 'string', maxLength: 3 },
  { type: 'string', enum: ['red', 'blue'] },
  { type: 'string', format: 'date' },
  { type: 'integer', format: 'int32', minimum: 1, maximum: 5 },
  { type: 'array', items: { type: 'integer' } },
  { type: 'object', additionalProperties: { type: 'string' } },
  { type: 'object', properties: { q: { type: 'string' } }, additionalProperties: { type: 'integer' } },
);
const schemas = fc.record(
  {
    type: fc.constant('object'),
    properties: fc.dictionary(names, inner, { maxKeys: 3 }),
    required: fc.subarray(['a', 'b']),
    additionalProperties: fc.oneof(fc.boolean(), inner),
  },
  { requiredKeys: ['type'] },
);
const values = fc.dictionary(
  names,
  fc.constantFrom<unknown>(
    'red',
    'long',
    '2024-01-01',
    1,
    7,
    1.5,
    true,
    null,
    [],
    [1],
    ['x'],
    {},
    { q: 'x' },
    { q: 1 },
  ),
  { minKeys: 1, maxKeys: 2 },
);

it('never says so of what the validator refuses', () => {
  let right = 0;
  const property = fc.property(schemas, fc.array(values, { minLength: 20, maxLength: 20 }), (schema, candidates) => {
    for (const value of candidates.filter((candidate) => isPlainlyRight(schema, candidate))) {
      right += 1;
      expect([schema, value, new Validator(structuredClone(schema), '2020-12').validate(value).valid]).toEqual([
        schema,
        value,
        true,
      ]);
    }
  });
  fc.assert(property, { numRuns: 300 });
  // Otherwise nothing was tested.
  expect(right).toBeGreaterThan(20);
});
