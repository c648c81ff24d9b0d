import { describe, expect, it } from 'vitest';
import { compareInputs } from '../../functions/catalogue/compare-inputs.ts';
import type { Schema } from '../../functions/catalogue/pair.ts';

/** An input with one argument, `a`. */
const input = (a: unknown, more: Schema = {}): Schema => ({
  type: 'object',
  properties: { a },
  additionalProperties: false,
  ...more,
});

/** `kind at`, with `!` in front of what breaks callers. */
function kinds(before: Schema, after: Schema): string[] {
  return compareInputs(before, after).map(({ kind, at = '', breaking }) =>
    `${breaking ? '!' : ''}${kind} ${at}`.trim(),
  );
}

const string = { type: 'string' };
const ofAge = (more: Schema) => ({ type: 'integer', ...more });

describe('one argument', () => {
  it.each<[string, unknown, unknown, string[]]>([
    ['the same', string, { type: 'string' }, []],
    ['title and examples', { ...string, title: 'A', examples: ['x'] }, { ...string, title: 'B' }, []],
    ['another type', string, { type: 'integer' }, ['!type_changed a']],
    ['a type less', { type: ['string', 'null'] }, string, ['!type_narrowed a']],
    ['a type more', string, { type: ['string', 'null'] }, ['type_widened a']],
    ['whole numbers only', { type: 'number' }, { type: 'integer' }, ['!type_narrowed a']],
    ['all numbers', { type: 'integer' }, { type: 'number' }, ['type_widened a']],
    ['a type for anything', {}, string, ['!type_narrowed a']],
    ['anything for a type', { type: 'object', properties: { b: string } }, true, ['type_widened a']],
    ['nothing any more', string, false, ['!type_narrowed a']],
    ['values', string, { type: 'string', enum: ['x'] }, ['!values_limited a']],
    ['any value', { type: 'string', enum: ['x'] }, string, ['values_freed a']],
    ['a value less', { enum: ['x', 'y'] }, { enum: ['x'] }, ['!values_removed a']],
    ['a value more', { enum: ['x'] }, { enum: ['y', 'x'] }, ['values_added a']],
    ['another order of values', { enum: ['x', 'y'] }, { enum: ['y', 'x'] }, []],
    ['another value', { enum: ['x'] }, { enum: ['y'] }, ['!values_removed a', 'values_added a']],
    ['a constant as an enum of one', { const: 'x' }, { enum: ['x'] }, []],
    ['a higher minimum', ofAge({ minimum: 1 }), ofAge({ minimum: 2 }), ['!bound_tightened a']],
    ['a lower minimum', ofAge({ minimum: 2 }), ofAge({ minimum: 1 }), ['bound_loosened a']],
    ['a new minimum', ofAge({}), ofAge({ minimum: -5 }), ['!bound_tightened a']],
    ['no minimum any more', ofAge({ exclusiveMinimum: 0 }), ofAge({}), ['bound_loosened a']],
    ['a lower maximum', ofAge({ maximum: 9 }), ofAge({ maximum: 8 }), ['!bound_tightened a']],
    ['a higher maximum', ofAge({ maximum: 8 }), ofAge({ maximum: 9 }), ['bound_loosened a']],
    ['a length that any text has', string, { ...string, minLength: 0 }, []],
    ['a length', string, { ...string, minLength: 1 }, ['!bound_tightened a']],
    ['fewer items', { type: 'array' }, { type: 'array', maxItems: 3 }, ['!bound_tightened a']],
    ['different items', { type: 'array' }, { type: 'array', uniqueItems: true }, ['!bound_tightened a']],
    ['a pattern', string, { ...string, pattern: '^a' }, ['!bound_tightened a']],
    ['another pattern', { ...string, pattern: '^b' }, { ...string, pattern: '^a' }, ['!bound_tightened a']],
    ['no pattern any more', { ...string, pattern: '^b' }, string, ['bound_loosened a']],
    ['another default', { ...string, default: 'x' }, { ...string, default: 'y' }, ['default_changed a']],
    ['another description', string, { ...string, description: 'Says it.' }, ['argument_described a']],
    ['a condition', string, { ...string, not: { const: 'x' } }, ['!rule_changed a']],
  ])('%s', (_, before, after, expected) => {
    expect(kinds(input(before), input(after))).toEqual(expected);
  });
});

describe('arguments', () => {
  const two = { type: 'object', properties: { a: string, b: string } };

  it.each<[string, Schema, Schema, string[]]>([
    ['that come', input(string), { ...two, additionalProperties: false }, ['argument_added b']],
    ['that come and are required', input(string), { ...input(string, two), required: ['b'] }, ['!argument_added b']],
    ['that go', input(string, two), input(string), ['!argument_removed b']],
    ['that are required now', two, { ...two, required: ['a'] }, ['!argument_required a']],
    [
      'that are no longer required',
      { ...two, required: ['a', 'b'] },
      { ...two, required: ['b'] },
      ['argument_optional a'],
    ],
    ['that may have any name', two, { ...two, additionalProperties: false }, ['!properties_closed']],
    ['that get any name', { ...two, additionalProperties: false }, two, ['properties_opened']],
    [
      'that go although they were required',
      { ...two, required: ['b'] },
      { type: 'object', properties: { a: string } },
      ['!argument_removed b'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(kinds(before, after)).toEqual(expected);
  });

  it('called like what every object has are arguments like any other', () => {
    const before = { type: 'object', properties: {} };
    expect(kinds(before, { type: 'object', properties: { constructor: string } })).toEqual([
      'argument_added constructor',
    ]);
    expect(kinds({ type: 'object', properties: { toString: string } }, before)).toEqual(['!argument_removed toString']);
  });
});

describe('nested arguments are named by the way to them', () => {
  const object = (name: string, schema: unknown) => ({ type: 'object', properties: { [name]: schema } });
  const integer = { type: 'integer' };

  it.each<[string, unknown, unknown, string]>([
    ['properties', object('b', object('c', string)), object('b', object('c', integer)), 'a.b.c'],
    ['items', { type: 'array', items: object('b', string) }, { type: 'array', items: object('b', integer) }, 'a[].b'],
    ['first items', { type: 'array', prefixItems: [string] }, { type: 'array', prefixItems: [integer] }, 'a[0]'],
    [
      'free names',
      { additionalProperties: object('b', string) },
      { additionalProperties: object('b', integer) },
      'a.*.b',
    ],
    ['forms', { anyOf: [string, object('b', string)] }, { anyOf: [string, object('b', integer)] }, 'a(2).b'],
  ])('%s', (_, before, after, at) => {
    expect(kinds(input(before), input(after))).toEqual([`!type_changed ${at}`]);
  });

  it('forms that are added take more, forms that go take less', () => {
    const [one, both] = [{ anyOf: [string] }, { anyOf: [integer, string] }];
    expect(kinds(input(one), input(both))).toEqual(['forms_added a']);
    expect(kinds(input(both), input(one))).toEqual(['!forms_changed a']);
  });

  it('a sentence says where and what', () => {
    const [change] = compareInputs(
      input({ ...object('b', string) }),
      input({ ...object('b', string), required: ['b'] }),
    );
    expect(change).toEqual({
      kind: 'argument_required',
      breaking: true,
      at: 'a.b',
      message: '`a.b` is required now.',
    });
  });
});

describe('definitions', () => {
  const tree = (value: unknown): Schema => ({
    type: 'object',
    properties: { root: { $ref: '#/$defs/Tree' } },
    $defs: {
      Tree: { type: 'object', properties: { value, children: { type: 'array', items: { $ref: '#/$defs/Tree' } } } },
    },
  });

  it('that refer to themselves are compared once', () => {
    expect(kinds(tree(string), tree(string))).toEqual([]);
    expect(kinds(tree(string), tree({ type: 'integer' }))).toEqual(['!type_changed root.value']);
  });

  it('are followed on one side when the other has the schema in place', () => {
    const inPlace = { type: 'object', properties: { value: string, children: { type: 'array' } } };
    expect(kinds(tree(string), { type: 'object', properties: { root: inPlace } })).toEqual([
      'type_widened root.children[]',
    ]);
    expect(kinds({ type: 'object', properties: { root: {} } }, tree(string))).toEqual(['!type_narrowed root']);
  });

  it('that only change their name change nothing', () => {
    const renamed = JSON.parse(JSON.stringify(tree(string)).replaceAll('Tree', 'Node')) as Schema;
    expect(kinds(tree(string), renamed)).toEqual([]);
  });

  it('that do not resolve take anything', () => {
    expect(kinds(input({ $ref: '#/$defs/None' }), input({ $ref: '#/$defs/None' }))).toEqual([]);
  });
});
