import { describe, expect, it } from 'vitest';
import { importing, operationOf } from './importing.ts';

const toolOf = (operation: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
  importing(operationOf(operation, rest)).tool;

describe('what a tool says of itself', () => {
  it('is summary and description', () => {
    const tool = toolOf({ summary: 'List  pets', description: 'All of them.' });
    expect(tool).toMatchObject({
      title: 'List pets',
      description: 'List pets\n\nAll of them.',
      version: '1.0.0',
      enabled: true,
    });
  });

  it('does not say the same twice', () => {
    expect(toolOf({ summary: 'List pets', description: 'List pets of a shop.' }).description).toBe(
      'List pets of a shop.',
    );
  });

  it('is method and path when there is nothing else', () => {
    const tool = toolOf({ summary: ' ', description: 7 });
    expect(tool.description).toBe('GET /pets');
    expect(tool).not.toHaveProperty('title');
  });

  it.each([
    ['<p>One</p><p>Two &amp; <b>three</b></p>', 'One\n\nTwo & three'],
    ['Send <token> if a < b', 'Send <token> if a < b'],
    ['a<!-- do evil -->b<script>x()</script>c<style>y</style>', 'abc'],
    ['shown\u200B\u202Ehidden\u0007\u{E0041}\u2066', 'shownhidden'],
    ['left\ud800over', 'leftover'],
    ['line\r\nline\n\n\n\nline', 'line\nline\n\nline'],
  ])('is plain text: %j', (description, expected) => {
    expect(toolOf({ description }).description).toBe(expected);
  });

  it('is at most 10,000 characters long, and a title 200', () => {
    const tool = toolOf({ summary: 'word '.repeat(100), description: 'word '.repeat(5_000) });
    expect(tool.description.length).toBeLessThanOrEqual(10_000);
    expect(tool.description.endsWith('word…')).toBe(true);
    expect(tool.title?.length).toBeLessThanOrEqual(200);
  });

  it('has tags, and a domain from the first', () => {
    expect(toolOf({ tags: ['Pet Störe', 'b', 7] })).toMatchObject({ tags: ['Pet Störe', 'b'], domain: 'pet-store' });
    expect(toolOf({ tags: ['数据'] }).domain).toBe('petstore');
    expect(toolOf({}).domain).toBe('petstore');
    expect(toolOf({ tags: ['a'], 'x-mcp': { domain: 'sales' } }).domain).toBe('sales');
  });

  it('says that it is deprecated', () => {
    expect(toolOf({ deprecated: true }).deprecated).toBe(true);
    expect(toolOf({})).not.toHaveProperty('deprecated');
  });
});

describe('examples', () => {
  const reply = (content: Record<string, unknown>) => ({ 200: { content: { 'application/json': content } } });

  it('are calls that the document shows, with the reply of the same name', () => {
    const { positive_examples } = toolOf(
      {
        parameters: [{ name: 'shop', in: 'query', required: true, schema: { type: 'string' }, example: 'north' }],
        requestBody: {
          content: {
            'application/json': {
              schema: { type: 'object', properties: { name: { type: 'string' }, id: { readOnly: true } } },
              examples: {
                rex: { value: { name: 'Rex', id: 1 } },
                tom: { value: { name: 'Tom' } },
                bad: { value: { name: 7 } },
              },
            },
          },
        },
        responses: reply({ examples: { tom: { value: { id: 2 } }, rex: { $ref: '#/components/examples/Rex' } } }),
      },
      { method: 'post', components: { examples: { Rex: { value: { id: 1 } } } } },
    );
    expect(positive_examples).toEqual([
      { input: { shop: 'north', name: 'Rex' }, output: { id: 1 } },
      { input: { shop: 'north', name: 'Tom' }, output: { id: 2 } },
    ]);
  });

  it('are made of what is required, from the examples of properties', () => {
    const property = (example: unknown) => ({ type: 'string', example });
    const { positive_examples } = toolOf(
      {
        requestBody: {
          content: {
            'application/json': {
              schema: { type: 'object', required: ['a'], properties: { a: property('x'), b: property('y') } },
            },
          },
        },
        responses: reply({ example: { ok: true } }),
      },
      { method: 'post' },
    );
    expect(positive_examples).toEqual([{ input: { a: 'x' }, output: { ok: true } }]);
  });

  it('are not given when the tool would refuse them, or they are large', () => {
    const required = { name: 'a', in: 'query', required: true, schema: { type: 'integer' } };
    expect(toolOf({ parameters: [{ ...required, example: 'x' }] }).positive_examples).toEqual([]);
    expect(toolOf({ parameters: [required], responses: reply({ example: {} }) }).positive_examples).toEqual([]);
    expect(
      toolOf({ parameters: [{ ...required, example: 1 }], responses: reply({ example: 'x'.repeat(5_000) }) }),
    ).toMatchObject({
      positive_examples: [{ input: { a: 1 } }],
    });
  });
});
