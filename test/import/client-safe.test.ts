import { Validator } from '@cfworker/json-schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withAliases, withoutAliases } from '../../functions/catalogue/aliases.ts';
import { clientSafe } from '../../functions/import/client-safe/client-safe.ts';
import type { JsonSchema } from '../../functions/import/schemas/subschemas.ts';
import { importedTool } from '../contract/sample.ts';
import { clientSafeFaults } from './client-safe-faults.ts';
import { inputSchemas, valuesFor } from './input-schemas.ts';

/** What the safe form has for an argument, or that it leaves it as it is. */
function softened(it: JsonSchema, rest: JsonSchema = {}): unknown {
  const root = { type: 'object', properties: { it }, ...rest };
  const safe = clientSafe(root);
  return safe ? (safe.schema.properties as JsonSchema).it : it;
}

function toolOf(input_schema: JsonSchema) {
  const safe = clientSafe(input_schema);
  const { schema: client_schema, aliases } = safe ?? {};
  return importedTool('it', { input_schema, ...(client_schema && { client_schema }), ...(aliases && { aliases }) });
}

describe('what every client takes', () => {
  it.each<JsonSchema>([
    { type: 'string', description: 'A name.', enum: ['a', 'b'] },
    { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1 },
    { type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: { type: 'string' } },
    { anyOf: [{ type: 'string' }, { type: 'null' }] },
    {},
  ])('stays as it is: %j', (it) => {
    expect(clientSafe({ type: 'object', properties: { it }, additionalProperties: false })).toBeUndefined();
  });
});

describe('what clients refuse is said in other words', () => {
  it.each<[string, JsonSchema, unknown]>([
    [
      'several types are alternatives, and null is one',
      { type: ['string', 'null'], description: 'A tag.', minLength: 1 },
      { description: 'A tag.', anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] },
    ],
    [
      'so is the null among listed values',
      { type: ['string', 'null'], enum: ['a', null] },
      {
        anyOf: [
          { type: 'string', enum: ['a'] },
          { type: 'null', enum: [null] },
        ],
      },
    ],
    ['listed values get their type', { enum: [1, 2.5] }, { type: 'number', enum: [1, 2.5] }],
    ['a constant is a list of one', { const: 'cat' }, { type: 'string', enum: ['cat'] }],
    ['listed objects are left out', { enum: [{ a: 1 }] }, {}],
    ['also where their type is told', { type: 'object', enum: [{}] }, { type: 'object' }],
    [
      'oneOf is anyOf',
      { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    ],
    ['a single alternative is no choice', { anyOf: [{ type: 'string' }], title: 'T' }, { title: 'T', type: 'string' }],
    ['anything among alternatives is no choice either', { anyOf: [{ type: 'string' }, true] }, {}],
    [
      'what can never be is no alternative',
      { anyOf: [{ type: 'string' }, { type: 'integer' }, { not: {} }] },
      { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    ],
    [
      'parts are put together',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' }, b: { minimum: 1 } }, required: ['a'] },
          { properties: { b: { type: 'integer', minimum: 3 } }, required: ['b'], additionalProperties: false },
        ],
      },
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'integer', minimum: 3 } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    ],
    ['arrays say what is in them', { type: 'array' }, { type: 'array', items: {} }],
    [
      'tuples are lists',
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false },
      { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] }, maxItems: 2 },
    ],
    [
      'properties by pattern are further properties',
      { type: 'object', patternProperties: { '^x-': { type: 'string' } }, additionalProperties: false },
      { type: 'object', additionalProperties: { type: 'string' } },
    ],
    [
      'a required property is described',
      { type: 'object', required: ['a'] },
      { type: 'object', required: ['a'], properties: { a: {} } },
    ],
    [
      'conditions are left to the server',
      {
        type: 'object',
        if: { required: ['a'] },
        else: { required: ['b'] },
        dependentRequired: { a: ['b'] },
        not: { required: ['c'] },
      },
      { type: 'object' },
    ],
  ])('%s', (_, schema, expected) => {
    expect(softened(schema)).toEqual(expected);
  });

  it('references are written out, and what comes back to itself accepts anything of its type in the end', () => {
    const Tree = { type: 'object', properties: { left: { $ref: '#/$defs/Tree' } } };
    expect(softened({ $ref: '#/$defs/Tree', description: 'The root.' }, { $defs: { Tree } })).toEqual({
      description: 'The root.',
      type: 'object',
      properties: { left: { type: 'object', properties: { left: { type: 'object' } } } },
    });
  });

  it('the root has neither alternatives nor conditions', () => {
    const root = { type: 'object', properties: { a: {}, b: {} }, anyOf: [{ required: ['a'] }, { required: ['b'] }] };
    expect(clientSafe(root)?.schema).toEqual({ type: 'object', properties: { a: {}, b: {} } });
  });
});

describe('names that clients do not pass on', () => {
  const named = (...names: string[]) =>
    clientSafe({
      type: 'object',
      properties: { body: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])) } },
    })?.aliases;

  it('get one that they do', () => {
    expect(named('filter[name]', '$top', 'plain')).toEqual({ filter_name: 'filter[name]', top: '$top' });
  });

  it('are told apart from each other and from those that there are', () => {
    expect(named('a b', 'a/b', 'c d', 'c_d')).toEqual({
      a_b_c8687a: 'a b',
      a_b_c14cdd: 'a/b',
      c_d_b561f1: 'c d',
    });
  });

  it('are found again when nothing of them is left, or too much', () => {
    const aliases = named('日本', 'n'.repeat(70));
    expect(Object.values(aliases ?? {}).sort()).toEqual(['n'.repeat(70), '日本']);
    expect(Object.keys(aliases ?? {}).every((alias) => /^[A-Za-z0-9_.-]{1,64}$/.test(alias))).toBe(true);
  });

  it('are renamed where they are required, and examples that use them are left out', () => {
    const it = {
      type: 'object',
      properties: { 'a b': {} },
      required: ['a b'],
      examples: [{ 'a b': 1 }, {}],
      default: { 'a b': 1 },
    };
    expect(softened(it)).toEqual({ type: 'object', properties: { a_b: {} }, required: ['a_b'], examples: [{}] });
  });
});

describe('large schemas', () => {
  const deep = (depth: number): JsonSchema =>
    depth === 0 ? { type: 'string' } : { type: 'object', properties: { in: deep(depth - 1) }, required: ['in'] };

  it('are cut at a depth', () => {
    expect(clientSafeFaults(toolOf(deep(30)))).toEqual([]);
  });

  it('lose what lies deep before they lose a required argument', () => {
    const wide = (depth: number): JsonSchema => ({
      type: 'object',
      properties: Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [`p${index}`, depth === 0 ? { type: 'string' } : wide(depth - 1)]),
      ),
    });
    const root = { type: 'object', properties: { id: { type: 'string' }, body: wide(3) }, required: ['id', 'body'] };
    expect(clientSafeFaults(toolOf(root))).toEqual([]);
    expect(clientSafe(root)?.schema).toMatchObject({
      required: ['id', 'body'],
      properties: { id: { type: 'string' }, body: { type: 'object', properties: { p11: { type: 'object' } } } },
    });
  });

  it('keep every argument, whatever else goes', () => {
    const names = Array.from({ length: 400 }, (_, index) => `argument_number_${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string', description: 'x'.repeat(60) }]));
    expect(clientSafeFaults(toolOf({ type: 'object', properties, required: names.slice(0, 100) }))).toEqual([]);
  });
});

describe('for any schema', () => {
  it('the safe form is one, accepts whatever the schema accepts, and its names lead back', () => {
    let valid = 0;
    const property = fc.property(
      inputSchemas.chain((schema) =>
        fc.tuple(fc.constant(schema), fc.array(valuesFor(schema), { minLength: 3, maxLength: 3 })),
      ),
      ([schema, candidates]) => {
        const tool = toolOf(schema);
        expect(clientSafeFaults(tool)).toEqual([]);
        const whole = new Validator(structuredClone(schema), '2020-12');
        const acceptsSafe = new Ajv2020({ strict: false }).compile(tool.client_schema ?? schema);
        for (const value of candidates) {
          if (!whole.validate(value).valid) continue;
          valid += 1;
          const shown = withAliases(value as Record<string, unknown>, tool);
          expect([acceptsSafe(shown), acceptsSafe.errors, value]).toEqual([true, null, value]);
          expect(withoutAliases(shown, tool)).toEqual(value);
        }
      },
    );
    fc.assert(property, { numRuns: 200 });
    // Otherwise the generator has lost its way, and nothing was tested.
    expect(valid).toBeGreaterThan(50);
  });
});
