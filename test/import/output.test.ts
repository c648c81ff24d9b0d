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
