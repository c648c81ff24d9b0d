import { describe, expect, it } from 'vitest';
import { importing, operationOf } from './importing.ts';

const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });
const outputOf = (responses: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
  importing(operationOf({ responses }, rest)).tool.output_schema;

describe('the output schema', () => {
  const Pet = { type: 'object', properties: { name: { type: 'string' }, next: { $ref: '#/components/schemas/Pet' } } };
  const components = { schemas: { Pet } };

  it('is that of the successful reply, with its object at the root', () => {
    const output = outputOf(
      { 404: json({ type: 'string' }), 200: json({ $ref: '#/components/schemas/Pet' }) },
      { components },
    );
    const next = { $ref: '#/$defs/Pet' };
    expect(output).toEqual({
      type: 'object',
      properties: { name: { type: 'string' }, next },
      $defs: { Pet: { type: 'object', properties: { name: { type: 'string' }, next } } },
    });
  });

  it('is that of `default` when there is no other success', () => {
    expect(outputOf({ default: json({ type: 'object' }), 404: json({}) })).toEqual({ type: 'object' });
    expect(outputOf({ '2XX': json({ type: 'object' }), default: json({}) })).toEqual({ type: 'object' });
  });

  it('is an object when a part of it is one', () => {
    expect(outputOf({ 200: json({ allOf: [{ type: 'object' }, { required: ['a'] }] }) })).toEqual({
      type: 'object',
      allOf: [{ type: 'object' }, { required: ['a'] }],
    });
  });

  it('is a sketch, two levels deep, when all of it would be large', () => {
    const wide = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`p${index}`, { $ref: '#/components/schemas/Part' }]),
      );
    const Part = {
      type: 'object',
      description: 'A part. '.repeat(30),
      properties: {
        deep: { type: 'object', properties: { deeper: { type: 'string', description: 'x'.repeat(400) } } },
      },
      required: ['deep'],
    };
    const Whole = { type: 'object', properties: wide(20), required: ['p0'] };
    const output = outputOf(
      { 200: json({ $ref: '#/components/schemas/Whole' }) },
      { components: { schemas: { Part, Whole } } },
    );
    expect(JSON.stringify(output).length).toBeLessThanOrEqual(8_192);
    expect(output).toMatchObject({
      type: 'object',
      required: ['p0'],
      properties: { p19: { type: 'object', required: ['deep'], properties: { deep: { type: 'object' } } } },
    });
    expect(JSON.stringify(output)).not.toContain('deeper');
  });

  it('asks in a sketch for no more than the whole would', () => {
    const Secret = { type: 'string', writeOnly: true };
    const properties = {
      id: { type: 'string' },
      password: { type: 'string', writeOnly: true },
      secret: { $ref: '#/components/schemas/Secret' },
      maybe: { nullable: true, allOf: [{ $ref: '#/components/schemas/Part' }] },
      extended: { type: 'string', 'x-nullable': true },
    };
    const Part = { type: 'object', properties: { deep: { type: 'string' } } };
    const outputWith = (description: string) => {
      const Whole = { type: 'object', required: ['id', 'password', 'secret'], properties, description };
      const rest = { openapi: '3.0.3', components: { schemas: { Whole, Part, Secret } } };
      return outputOf({ 200: json({ $ref: '#/components/schemas/Whole' }) }, rest) as Record<string, unknown>;
    };
    const [whole, sketched] = [outputWith('Small.'), outputWith('Large. '.repeat(2_000))];
    expect(sketched.required).toEqual(['id']);
    expect(sketched.required).toEqual(whole.required);
    expect(Object.keys(sketched.properties as object)).toEqual(Object.keys(whole.properties as object));
    const isNullable = (schema: unknown) => JSON.stringify(schema).includes('"null"');
    for (const name of ['maybe', 'extended']) {
      expect(isNullable((sketched.properties as Record<string, unknown>)[name]), name).toBe(true);
    }
  });

  it('is not given when even a sketch would be large', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`p${index}`, { type: 'string' }]),
    );
    expect(outputOf({ 200: json({ type: 'object', properties }) })).toBeUndefined();
  });

  it.each([
    ['lists', { 200: json({ type: 'array' }) }],
    ['texts', { 200: { content: { 'text/plain': { schema: { type: 'string' } } } } }],
    ['nothing', { 204: {} }],
    ['objects or nothing', { 200: json({ type: 'object' }), 204: {} }],
    ['different objects', { 200: json({ type: 'object' }), 201: json({ type: 'object', title: 'Other' }) }],
    ['a choice', { 200: json({ oneOf: [{ type: 'object' }, { type: 'array' }] }) }],
    ['an object or null', { 200: json({ type: ['object', 'null'] }) }],
    ['failures alone', { 404: json({ type: 'object' }) }],
  ])('is not given for %s', (_, responses) => {
    expect(outputOf(responses)).toBeUndefined();
  });
});
