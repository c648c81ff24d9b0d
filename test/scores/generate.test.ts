import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { type Completeness, generate } from './calls/generate.ts';

const ajv = new Ajv2020({ strict: false });
ajvFormats.default(ajv);

const wish = (completeness: Completeness, seed = 'a') => ({ completeness, seed, useExamples: true });
const pet = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    age: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
  },
};

describe('a generated value', () => {
  it.each([
    { type: 'string', minLength: 5, maxLength: 8 },
    { type: 'string', pattern: '^[A-Z]{2}-\\d{3}$' },
    { type: 'string', pattern: '^(?:red|green)+$', maxLength: 5 },
    ...['date', 'date-time', 'time', 'uuid', 'email', 'uri', 'hostname', 'ipv4', 'ipv6', 'duration'].map((format) => ({
      type: 'string',
      format,
    })),
    { type: 'string', enum: ['a', 'b'] },
    { type: 'string', contentEncoding: 'base64' },
    { type: 'integer', minimum: 7, maximum: 9 },
    { type: 'integer', exclusiveMinimum: 3, multipleOf: 5 },
    { type: 'number', exclusiveMaximum: 0.5, minimum: 0.25 },
    { type: ['integer', 'null'], minimum: 3 },
    { const: { a: [1] } },
    { type: 'array', items: { type: 'integer' }, minItems: 3, uniqueItems: true },
    { type: 'array', prefixItems: [{ type: 'string' }, { type: 'boolean' }], items: false },
    { type: 'object', additionalProperties: { type: 'integer' }, minProperties: 2 },
    {
      type: 'object',
      patternProperties: { '^x-': { type: 'boolean' } },
      additionalProperties: false,
      minProperties: 1,
    },
    { type: 'object', required: ['a'], properties: { a: { $ref: '#/$defs/pet' } }, $defs: { pet } },
    { anyOf: [{ type: 'null' }, pet] },
    { allOf: [pet, { required: ['age'], properties: { age: { minimum: 200 } } }] },
    {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          required: ['next'],
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
        },
      },
    },
    { examples: ['not a number', 4], type: 'integer' },
  ])('is valid by %j', (schema) => {
    for (const completeness of ['required', 'everything', 'mixed'] as const) {
      expect([
        generate(schema, wish(completeness)),
        ajv.validate(schema, generate(schema, wish(completeness))),
      ]).toEqual([expect.anything(), true]);
    }
  });

  it('is the same for the same seed, and has as much as it should', () => {
    expect(generate(pet, wish('mixed', 'x'))).toEqual(generate(pet, wish('mixed', 'x')));
    expect(Object.keys(generate(pet, wish('required')) as object)).toEqual(['name']);
    expect(Object.keys(generate(pet, wish('everything')) as object)).toEqual(['name', 'age', 'tags']);
  });

  it('takes examples that fit', () => {
    expect(generate({ type: 'string', examples: ['Rex'] }, wish('everything'))).toBe('Rex');
    expect(generate({ type: 'string', default: 'Rex', maxLength: 2 }, wish('everything'))).not.toBe('Rex');
  });

  it.each([
    [
      'requires itself',
      {
        $ref: '#/$defs/a',
        $defs: { a: { type: 'object', required: ['a'], properties: { a: { $ref: '#/$defs/a' } } } },
      },
    ],
    ['contradicts itself', { allOf: [{ type: 'string' }, { type: 'integer' }] }],
  ])('does not exist where the schema %s', (_, schema) => {
    expect(() => generate(schema, wish('required'))).toThrow();
  });
});
