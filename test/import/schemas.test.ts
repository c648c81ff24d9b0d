import { describe, expect, it } from 'vitest';
import { bodyOf, convertedProperty, importing } from './importing.ts';

const notesOf = (schema: unknown, rest: Record<string, unknown> = {}) =>
  importing(bodyOf({ type: 'object', properties: { it: schema } }, rest)).line.notes;

const v3 = { openapi: '3.0.3', components: { schemas: { Tag: { type: 'string' } } } };
const Tag = { $ref: '#/components/schemas/Tag' };

describe('schemas of 3.0 become JSON Schema 2020-12', () => {
  it.each([
    ['nullable', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
    ['nullable enum', { type: 'string', nullable: true, enum: ['a'] }, { type: ['string', 'null'], enum: ['a', null] }],
    ['nullable of any type', { nullable: true }, {}],
    ['nullable reference', { nullable: true, allOf: [Tag] }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [
      'nullable reference with a description',
      { nullable: true, allOf: [Tag], description: 'A tag.' },
      { description: 'A tag.', anyOf: [{ type: 'string' }, { type: 'null' }] },
    ],
    ['a union with null', { oneOf: [Tag, { nullable: true }] }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [
      'exclusive minimum',
      { type: 'number', minimum: 0, exclusiveMinimum: true },
      { type: 'number', exclusiveMinimum: 0 },
    ],
    [
      'exclusive maximum',
      { type: 'number', maximum: 9, exclusiveMaximum: true },
      { type: 'number', exclusiveMaximum: 9 },
    ],
    ['inclusive minimum', { type: 'number', minimum: 0, exclusiveMinimum: false }, { type: 'number', minimum: 0 }],
    ['example', { type: 'string', example: 'Rex' }, { type: 'string', examples: ['Rex'] }],
    [
      'a property called example',
      { type: 'object', properties: { example: { type: 'string', example: 'x' } } },
      { type: 'object', properties: { example: { type: 'string', examples: ['x'] } } },
    ],
    ['tuples', { type: 'array', items: [Tag] }, { type: 'array', prefixItems: [{ type: 'string' }] }],
    [
      'closed tuples',
      { type: 'array', items: [Tag], additionalItems: false },
      { type: 'array', prefixItems: [{ type: 'string' }], items: false },
    ],
    ['binary', { type: 'string', format: 'binary' }, { type: 'string', format: 'binary', contentEncoding: 'base64' }],
    ['byte', { type: 'string', format: 'byte' }, { type: 'string', contentEncoding: 'base64' }],
    [
      'binary with examples, of which only base64 can be given',
      { type: 'string', format: 'binary', examples: ['@mars.jpg', 'aGVsbG8='], default: '<file>' },
      { type: 'string', format: 'binary', contentEncoding: 'base64', examples: ['aGVsbG8='] },
    ],
    [
      'dependencies',
      { dependencies: { a: ['b'], c: { required: ['d'] } } },
      { dependentRequired: { a: ['b'] }, dependentSchemas: { c: { required: ['d'] } } },
    ],
    [
      'what is no keyword of JSON Schema',
      {
        type: 'string',
        xml: { name: 'a' },
        externalDocs: { url: 'b' },
        discriminator: { propertyName: 'c' },
        'x-d': 1,
      },
      { type: 'string' },
    ],
  ])('%s', (_, schema, expected) => {
    expect(convertedProperty(schema, v3)).toEqual(expected);
    expect(notesOf(schema, v3)).toEqual([]);
  });
});

describe('schemas of 3.1', () => {
  it.each([
    ['true', true, {}],
    ['false', false, { not: {} }],
    ['type lists', { type: ['string', 'null'] }, { type: ['string', 'null'] }],
    ['an unquoted null in YAML', { type: ['string', null] }, { type: ['string', 'null'] }],
    ['const', { const: 'cat' }, { const: 'cat' }],
    ['patternProperties', { patternProperties: { '^a': {} } }, { patternProperties: { '^a': {} } }],
    [
      'conditions',
      { if: { required: ['a'] }, else: { required: ['b'] } },
      { if: { required: ['a'] }, else: { required: ['b'] } },
    ],
    ['unicode patterns', { pattern: '^\\p{L}+$' }, { pattern: '^\\p{L}+$' }],
    [
      'what names a schema',
      { $id: 'a', $schema: 'b', $anchor: 'c', $comment: 'd', type: 'string' },
      { type: 'string' },
    ],
    ['a map of examples', { examples: { one: { value: 1 } } }, { examples: [1] }],
    ['equal values of enum', { enum: ['a', 'a', { b: 1 }, { b: 1 }] }, { enum: ['a', { b: 1 }] }],
    ['a single part of allOf', { allOf: [{ type: 'string' }], title: 'Tag' }, { title: 'Tag', type: 'string' }],
    [
      'a part of allOf that only describes',
      { allOf: [{ type: 'string' }, { description: 'A tag.' }] },
      { description: 'A tag.', type: 'string' },
    ],
    [
      'both kinds of union',
      { anyOf: [{ type: 'string' }], oneOf: [{ minLength: 1 }] },
      { anyOf: [{ type: 'string' }], allOf: [{ anyOf: [{ minLength: 1 }] }] },
    ],
  ])('keep %s', (_, schema, expected) => {
    expect(convertedProperty(schema)).toEqual(expected);
    expect(notesOf(schema)).toEqual([]);
  });

  it('take dynamic references for plain ones', () => {
    const Tree = { $dynamicAnchor: 'tree', type: 'array', items: { $dynamicRef: '#tree' } };
    const rest = { components: { schemas: { Tree } } };
    const { input_schema } = importing(
      bodyOf({ type: 'object', properties: { it: { $ref: '#/components/schemas/Tree' } } }, rest),
    ).tool;
    expect(input_schema.$defs).toEqual({ Tree: { type: 'array', items: { $ref: '#/$defs/Tree' } } });
  });
});

describe('what a schema may not say is left out and reported with its place', () => {
  const at = '#/paths/~1pets/post/requestBody/content/application~1json/schema/properties/it';
  it.each([
    ['a schema that is none', 'string', {}, ': this is not a schema'],
    ['an unknown type', { type: 'foo' }, {}, '/type: "foo" is no type of JSON Schema; it was left out'],
    [
      'a type by another name',
      { type: 'int' },
      { type: 'integer', format: 'int32' },
      '/type: "int" is no type of JSON Schema; it was read as integer',
    ],
    ['a type in capitals and one unknown', { type: ['String', 'foo'] }, { type: 'string' }, '/type: "foo" is no type'],
    ['an empty enum', { enum: [] }, {}, '/enum: [] is not a value that this keyword can have'],
    ['an empty union', { anyOf: [] }, {}, '/anyOf: [] is not a value'],
    ['a required flag', { type: 'string', required: true }, { type: 'string' }, '/required: true is not a value'],
    ['a length in words', { minLength: 'one' }, {}, '/minLength: "one" is not a value'],
    ['a negative length', { minLength: -1 }, {}, '/minLength: -1 is not a value'],
    ['a multiple of nothing', { multipleOf: 0 }, {}, '/multipleOf: 0 is not a value'],
    ['properties that are a list', { properties: ['a'] }, {}, '/properties: ["a"] is not a value'],
    ['items that are text', { type: 'array', items: 'string' }, { type: 'array' }, '/items: "string" is not a value'],
    [
      'a pattern of another dialect',
      { pattern: '(?i)^abc$' },
      {},
      '/pattern: the pattern does not compile in unicode mode',
    ],
    [
      'slashes around a pattern, with which nothing could match',
      { pattern: '/^[a-z]+$/' },
      { pattern: '^[a-z]+$' },
      '/pattern: the slashes around the pattern',
    ],
    [
      'a pattern with a flag that it cannot have',
      { pattern: '/^[a-z]+$/i' },
      {},
      '/pattern: the pattern does not compile in unicode mode',
    ],
    [
      'a pattern that may never end',
      { pattern: '^(a+)+$' },
      {},
      '/pattern: the pattern does not compile in unicode mode',
    ],
    ['a very long pattern', { pattern: 'a'.repeat(501) }, {}, '/pattern: the pattern does not compile in unicode mode'],
    [
      'a property pattern of another dialect',
      { patternProperties: { '(?i)a': {} } },
      { patternProperties: {} },
      '/patternProperties: a pattern does not compile',
    ],
    [
      'text that is a number',
      { type: 'string', enum: [1.5, true] },
      { type: 'string', enum: ['1.5', 'true'] },
      '/enum: values of another type',
    ],
    [
      'a number that is text',
      { type: 'integer', enum: ['1', '2'] },
      { type: 'integer', enum: [1, 2] },
      '/enum: values of another type',
    ],
    [
      'a part that refuses the others',
      { allOf: [{ properties: { a: {} } }, { properties: { b: {} }, additionalProperties: false }] },
      { allOf: [{ properties: { a: {} } }, { properties: { b: {} } }] },
      '/allOf: `additionalProperties: false` in a part refuses what the others have',
    ],
  ])('%s', (_, schema, expected, note) => {
    expect(convertedProperty(schema)).toEqual(expected);
    const [first = '', ...others] = notesOf(schema);
    expect(others).toEqual([]);
    expect(first.slice(0, at.length + note.length)).toBe(at + note);
  });

  it.each(['^[A-Za-z]+(-[a-z])?$', '^(?:a{1,3}b)+$', '^[(+)*]+$', '\\(a+\\)+'])('but not the pattern %s', (pattern) => {
    expect(convertedProperty({ pattern })).toEqual({ pattern });
  });
});

describe('properties for one direction', () => {
  const Pet = {
    type: 'object',
    required: ['id', 'name', 'secret'],
    properties: {
      id: { type: 'string', readOnly: true },
      name: { type: 'string' },
      secret: { type: 'string', writeOnly: true },
      owner: { $ref: '#/components/schemas/Owner' },
      part: { type: 'object', required: ['id'], properties: { id: { readOnly: true }, size: {} } },
    },
  };
  const Owner = { type: 'object', readOnly: true, properties: {} };
  const schema = { $ref: '#/components/schemas/Pet' };

  it('are left out of the other, and are not required there', () => {
    const { input_schema } = importing(bodyOf(schema, { components: { schemas: { Pet, Owner } } })).tool;
    expect(input_schema).toMatchObject({
      properties: { name: {}, secret: {}, part: { type: 'object', properties: { size: {} } } },
      required: ['name', 'secret'],
    });
    expect(Object.keys(input_schema.properties ?? {})).toEqual(['name', 'secret', 'part']);
    expect(input_schema.properties).not.toHaveProperty('part.required');
  });

  it('are left out of what is composed of them too', () => {
    const Named = { allOf: [schema, { required: ['id', 'name'] }] };
    const { input_schema } = importing(bodyOf(Named, { components: { schemas: { Pet, Owner } } })).tool;
    expect(input_schema.required).toEqual(['name', 'secret']);
  });
});
