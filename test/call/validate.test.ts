import { describe, expect, it } from 'vitest';
import { validateArguments } from '../../functions/call/validate.ts';

let made = 0;

/** The problems by a schema that no other test has met. */
function problems(input_schema: Record<string, unknown>, args: unknown) {
  made += 1;
  return validateArguments({ content_hash: `sha256:${made}`, input_schema }, args);
}

/** The problems of one argument `a` with this schema. */
const problemsOf = (schema: unknown, a: unknown) => problems({ type: 'object', properties: { a: schema } }, { a });

const dealers = {
  type: 'object',
  properties: {
    region: { type: 'string', enum: ['north', 'south'] },
    limit: { type: 'integer', minimum: 1, maximum: 100 },
    filters: {
      type: 'object',
      properties: { 'a/b~c': { type: 'boolean' }, tags: { type: 'array', items: { type: 'string', minLength: 2 } } },
      required: ['tags'],
      additionalProperties: false,
    },
  },
  required: ['region'],
  additionalProperties: false,
};

describe('validateArguments', () => {
  it('finds nothing wrong with arguments that fit', () => {
    expect(problems(dealers, { region: 'north', limit: 5, filters: { tags: ['ab'] } })).toEqual([]);
  });

  it('names each argument and what was expected of it', () => {
    const args = { limit: '5', regoin: 'north', filters: { 'a/b~c': 1, tags: ['ab', 'c'], x: 1 } };
    expect(problems(dealers, args)).toEqual([
      { path: 'region', message: 'is required' },
      { path: 'limit', message: 'must be an integer, got a string' },
      { path: 'filters.a/b~c', message: 'must be a boolean, got a number' },
      { path: 'filters.tags[1]', message: 'must have at least 2 characters' },
      { path: 'filters.x', message: 'is not a known property; known are a/b~c, tags' },
      { path: 'regoin', message: 'is not an argument of this tool; known are region, limit, filters' },
    ]);
  });

  it('names a missing property where it is missing', () => {
    expect(problems(dealers, { region: 'north', filters: {} })).toEqual([
      { path: 'filters.tags', message: 'is required' },
    ]);
  });

  it('speaks of properties by the aliases that the caller knows', () => {
    const tool = { content_hash: 'sha256:aliased', input_schema: dealers };
    const args = { region: 'north', filters: { 'a/b~c': 1, x: 1 } };
    expect(validateArguments(tool, args, { a_b: 'a/b~c', labels: 'tags' })).toEqual([
      { path: 'filters.labels', message: 'is required' },
      { path: 'filters.a_b', message: 'must be a boolean, got a number' },
      { path: 'filters.x', message: 'is not a known property; known are a_b, labels' },
    ]);
  });

  it('names an argument of a tool that takes none', () => {
    expect(problems({ type: 'object', additionalProperties: false }, { a: 1 })).toEqual([
      { path: 'a', message: 'is not an argument of this tool, which takes none' },
    ]);
  });

  it.each<[unknown, unknown, string]>([
    [{ type: ['string', 'null'] }, 1, 'must be a string or null, got a number'],
    [{ type: 'object' }, [], 'must be an object, got an array'],
    [{ enum: ['x', 2, null] }, 'y', 'must be one of "x", 2, null'],
    [{ const: 'x' }, 'y', 'must be "x"'],
    [{ minimum: 3 }, 2, 'must be at least 3'],
    [{ maximum: 3 }, 4, 'must be at most 3'],
    [{ exclusiveMinimum: 3 }, 3, 'must be greater than 3'],
    [{ exclusiveMaximum: 3 }, 3, 'must be less than 3'],
    [{ multipleOf: 0.5 }, 0.7, 'must be a multiple of 0.5'],
    [{ maxLength: 2 }, 'abc', 'must have at most 2 characters'],
    [{ pattern: '^[A-Z]{2}$' }, 'abc', 'must match the pattern ^[A-Z]{2}$'],
    [{ format: 'date' }, '2026-13-01', 'must be a valid date'],
    [{ minItems: 1 }, [], 'must have at least 1 items'],
    [{ maxItems: 1 }, [1, 2], 'must have at most 1 items'],
    [{ uniqueItems: true }, [1, 1], 'must not have equal items'],
    [{ minProperties: 1 }, {}, 'must have at least 1 properties'],
    [{ maxProperties: 0 }, { x: 1 }, 'must have at most 0 properties'],
    [{ not: { type: 'string' } }, 'x', 'must not match {"type":"string"}'],
    [{ contains: { const: 1 } }, [], 'must have an item that matches {"const":1}'],
    [{ dependentRequired: { x: ['y'] } }, { x: 1 }, 'is required'],
    [false, 1, 'is not allowed here'],
  ])('explains %j to %j', (schema, value, message) => {
    expect(problemsOf(schema, value)).toContainEqual({ path: expect.stringMatching(/^a/), message });
  });

  it('tells what each alternative would take', () => {
    const anyOf = [
      { type: 'string' },
      { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'], additionalProperties: false },
    ];
    expect(problemsOf({ anyOf }, { name: 'x' })).toEqual([
      {
        path: 'a',
        message:
          'fits none of its alternatives: must be a string, got an object; or id is required and name is not a known property; known are id',
      },
    ]);
  });

  it('tells that several alternatives fit where only one may', () => {
    const oneOf = [{ type: 'number' }, { type: 'integer' }];
    expect(problemsOf({ oneOf }, 1)).toEqual([
      { path: 'a', message: 'matches 2 alternatives and must match exactly one' },
    ]);
  });

  it('follows references, also to itself', () => {
    const schema = {
      type: 'object',
      properties: { tree: { $ref: '#/$defs/node' } },
      $defs: {
        node: {
          type: 'object',
          properties: { name: { type: 'string', maxLength: 3 }, child: { $ref: '#/$defs/node' } },
          additionalProperties: false,
        },
      },
    };
    expect(problems(schema, { tree: { child: { child: { name: 'long', x: 1 } } } })).toEqual([
      { path: 'tree.child.child.name', message: 'must have at most 3 characters' },
      { path: 'tree.child.child.x', message: 'is not a known property; known are name, child' },
    ]);
  });

  it('lists at most ten problems and bounds each', () => {
    const found = problems(
      { type: 'object', properties: { long: { enum: ['x'.repeat(5_000)] } }, additionalProperties: false },
      { long: 1, ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}${'k'.repeat(900)}`, 1])) },
    );
    expect(found).toHaveLength(10);
    expect(Math.max(...found.map(({ path, message }) => path.length + message.length))).toBeLessThan(900);
  });

  it('refuses arguments that are no object', () => {
    expect(problems(dealers, [])).toEqual([{ path: '', message: 'must be an object, got an array' }]);
  });

  it('treats a member named like the prototype as any other', () => {
    const args = JSON.parse('{"region":"north","__proto__":{"x":1},"constructor":1}');
    expect(problems(dealers, args).map(({ path }) => path)).toEqual(['__proto__', 'constructor']);
  });
});

describe('a schema that cannot be used', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a reference to nowhere', { type: 'object', properties: { a: { $ref: '#/$defs/gone' } } }],
    ['an expression that does not compile', { type: 'object', properties: { a: { pattern: '(' } } }],
    ['a keyword of the wrong type', { type: 'object', required: 5 }],
    ['an id that is no URI', { $id: 'http://[', type: 'object' }],
    ['members that are no JSON', { type: 'object', default: () => 1 }],
  ])('is a problem for the operator: %s', (_what, schema) => {
    expect(problems(schema, { a: 'x' })).toEqual([
      {
        path: '',
        message: expect.stringMatching(/^cannot be checked: the tool’s input schema is faulty, and its operator/),
      },
    ]);
  });

  it('is one that refers to itself without end', () => {
    expect(problems({ $ref: '#' }, {})).toEqual([
      { path: '', message: 'is too large or has too many faults to be checked' },
    ]);
  });
});

describe('checking takes a bounded time', () => {
  const hostile = 'a'.repeat(40);
  const tooLong = [{ path: '', message: 'took too long to check: send less, or simpler values' }];
  const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

  it.each<[string, Record<string, unknown>, unknown]>([
    ['an expression that backtracks', { properties: { s: { pattern: '^(a+)+$' } } }, { s: `${hostile}!` }],
    [
      'a list of many different items',
      { properties: { l: { uniqueItems: true } } },
      { l: Array.from({ length: 200_000 }, (_, item) => item) },
    ],
    [
      'alternatives that recur at each level',
      {
        anyOf: [{ $ref: '#/$defs/t' }],
        $defs: {
          t: {
            anyOf: [
              { properties: { a: { $ref: '#/$defs/t' } } },
              { properties: { a: { $ref: '#/$defs/t' } }, required: ['b'] },
            ],
          },
        },
      },
      nested(60),
    ],
  ])('with %s', (_what, schema, args) => {
    const started = performance.now();
    expect(problems(schema, args)).toEqual(tooLong);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('and stops at the first fault of a very long list', () => {
    const schema = { properties: { l: { items: { type: 'string' } } } };
    expect(problems(schema, { l: Array.from({ length: 300_000 }, () => 0) })).toEqual([
      { path: 'l[0]', message: 'must be a string, got a number' },
    ]);
  });
});

describe('compiled schemas', () => {
  it('are kept by the hash of the definition', () => {
    const hash = 'sha256:kept';
    validateArguments({ content_hash: hash, input_schema: { required: ['a'] } }, {});
    expect(validateArguments({ content_hash: hash, input_schema: {} }, {})).toEqual([
      { path: 'a', message: 'is required' },
    ]);
  });

  it('are forgotten when five hundred others came after their last use', () => {
    const old = { content_hash: 'sha256:old', input_schema: { required: ['a'] } };
    const used = { content_hash: 'sha256:used', input_schema: { required: ['a'] } };
    validateArguments(old, {});
    validateArguments(used, {});
    for (let count = 0; count < 499; count += 1) {
      problems({}, {});
      validateArguments(used, {});
    }
    expect(validateArguments({ ...old, input_schema: {} }, {})).toEqual([]);
    expect(validateArguments({ ...used, input_schema: {} }, {})).toHaveLength(1);
  });

  it('leave the catalogue’s own schema as it is', () => {
    const schema = Object.freeze({
      type: 'object',
      properties: Object.freeze({ a: Object.freeze({ type: 'string' }) }),
    });
    expect(problems(schema, { a: 1 })).toHaveLength(1);
    expect(Object.getOwnPropertyNames(schema)).toEqual(['type', 'properties']);
  });

  it('do not mix up two tools whose schemas claim the same id', () => {
    expect(problems({ $id: 'https://example.com/s', required: ['a'] }, {})).toHaveLength(1);
    expect(problems({ $id: 'https://example.com/s', required: ['b'] }, { b: 1 })).toEqual([]);
  });
});
