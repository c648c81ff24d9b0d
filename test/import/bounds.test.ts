import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { bodyOf, documentOf, importing, operationOf } from './importing.ts';

type Schema = Record<string, unknown>;

const bytes = (schema: unknown) => Buffer.byteLength(JSON.stringify(schema));
const long = 'word '.repeat(200);

/** A tree of objects in which every node has a required and an optional child. */
function tree(depth: number): Schema {
  if (depth === 0) return { type: 'string', description: long };
  return {
    type: 'object',
    required: ['needed'],
    properties: { needed: tree(depth - 1), spare: tree(depth - 1) },
  };
}

/** The names on the way from a schema down its required properties. */
function requiredWay(schema: Schema): string[] {
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const next = properties.needed;
  return next ? ['needed', ...requiredWay(next)] : [];
}

describe('a tool that would be too large', () => {
  it('has its descriptions and examples shortened first, and nothing else', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`p${n}`, { type: 'string', description: long, minLength: n }]),
    );
    const { tool, line } = importing(bodyOf({ type: 'object', properties }));
    expect(bytes(tool.input_schema)).toBeLessThanOrEqual(32_768);
    expect(tool.input_schema.properties).toMatchObject({ p39: { type: 'string', minLength: 39 } });
    expect(line.status).toBe('ok');
  });

  it('accepts anything in optional branches that lie deep, keeps what is required, and says so', () => {
    const { tool, line } = importing(bodyOf(tree(9)));
    expect(bytes(tool.input_schema)).toBeLessThanOrEqual(32_768);
    expect(requiredWay(tool.input_schema)).toHaveLength(9);
    expect(tool.input_schema.required).toEqual(['needed']);
    expect(Object.keys(tool.input_schema.properties ?? {})).toEqual(['needed', 'spare']);
    expect(line.notes).toEqual([
      '#/paths/~1pets/post: the input schema is larger than 32 KB, so what lies deep in it accepts anything.',
    ]);
  });

  it('still says what is required of that which it cuts, for who gives it', () => {
    const amount = {
      type: 'object',
      required: ['currency', 'parts'],
      properties: {
        currency: { type: 'string', enum: ['EUR', 'USD'], description: long },
        parts: { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1 },
        more: tree(6),
      },
    };
    const price = { type: 'object', required: ['amount'], properties: { amount, note: { type: 'string' } } };
    const properties = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`price${n}`, price]));
    const { tool, line } = importing(bodyOf({ type: 'object', properties }));
    expect(line.status).toBe('lowered');
    for (const schema of [tool.input_schema, tool.client_schema ?? {}]) {
      const validate = new Ajv2020({ strict: false }).compile(schema);
      expect(validate({ price7: {} })).toBe(false);
      expect(validate({ price7: { amount: { currency: 'DM', parts: [1] } } })).toBe(false);
      expect(validate({ price7: { amount: { currency: 'EUR', parts: [0] } } })).toBe(false);
      expect(validate({ price7: { amount: { currency: 'EUR', parts: [1] } } })).toBe(true);
    }
  });

  it('is cut in what it refers to as well, without leaving references that lead nowhere', () => {
    const name = (n: number) => ({ $ref: `#/components/schemas/S${n}` });
    const schemas = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [
        `S${n}`,
        {
          type: 'object',
          required: [`r${n}`],
          properties: {
            [`r${n}`]: { type: 'string', description: long },
            a: name((n + 1) % 60),
            b: name((n * 7) % 60),
          },
        },
      ]),
    );
    const { tool, line } = importing(bodyOf(name(0), { components: { schemas } }));
    expect(bytes(tool.input_schema)).toBeLessThanOrEqual(32_768);
    expect(() => new Ajv2020({ strict: false }).compile(tool.input_schema)).not.toThrow();
    expect(tool.input_schema.required).toEqual(['r0']);
    expect(line.status).toBe('ok');
  });

  it('loses lists of values that are too long', () => {
    const values = Array.from({ length: 10_000 }, (_, n) => `value-${n}`);
    const { tool, line } = importing(bodyOf({ type: 'object', properties: { a: { type: 'string', enum: values } } }));
    expect(tool.input_schema.properties).toEqual({ a: { type: 'string' } });
    expect(line.status).toBe('lowered');
  });

  it('is skipped when its arguments alone are too many', () => {
    const parameters = Array.from({ length: 2_000 }, (_, n) => ({ name: `parameter-${n}`, in: 'query' }));
    const { line } = importing(operationOf({ parameters }));
    expect(line).toMatchObject({ status: 'skipped' });
    expect(line.notes).toEqual(['#/paths/~1pets/get: its 2000 arguments make a schema larger than 32 KB.']);
  });
});

describe('a document made to cost time', () => {
  const name = (n: number) => ({ $ref: `#/components/schemas/S${n}` });
  const schemasOf = (count: number, schema: (n: number) => Schema) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`S${n}`, schema(n)]));

  it.each([
    [
      'doubles at every step',
      schemasOf(100, (n) => ({ type: 'object', properties: n < 99 ? { a: name(n + 1), b: name(n + 1) } : {} })),
    ],
    [
      'is one long chain',
      schemasOf(5_000, (n) => ({ type: 'object', properties: n < 4_999 ? { a: name(n + 1) } : {} })),
    ],
    [
      'is composed of all others',
      schemasOf(60, (n) => ({ type: 'object', allOf: Array.from({ length: 60 }, (_, m) => name(m)), title: `${n}` })),
    ],
    ['is composed in a circle', schemasOf(300, (n) => ({ allOf: [name((n + 1) % 300), { required: ['a'] }] }))],
    ['is one long chain of references', schemasOf(5_000, (n) => (n < 4_999 ? name(n + 1) : { type: 'string' }))],
  ])('and that %s is imported in good time', (_, schemas) => {
    const operation = {
      requestBody: { required: true, content: { 'application/json': { schema: name(0) } } },
      responses: { 200: { content: { 'application/json': { schema: name(0) } } } },
    };
    const paths = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`/p${n}`, { post: operation }]));
    const before = process.cpuUsage();
    const { tools } = importing(documentOf(paths, { components: { schemas } }));
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
    expect(tools).toHaveLength(5);
    for (const { input_schema } of tools) {
      expect(bytes(input_schema)).toBeLessThanOrEqual(32_768);
      const validate = new Ajv2020({ strict: false }).compile(input_schema);
      expect(() => validate({})).not.toThrow();
    }
  });
});
