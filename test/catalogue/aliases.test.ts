import { describe, expect, it } from 'vitest';
import { withAliases, withoutAliases } from '../../functions/catalogue/aliases.ts';

const client_schema = {
  type: 'object',
  properties: {
    filter: {
      type: 'object',
      properties: { name_eq: { type: 'string' }, tags: { type: 'array', items: { properties: { name_eq: {} } } } },
      additionalProperties: true,
    },
    owner: { anyOf: [{ type: 'null' }, { type: 'object', properties: { odata_id: {} } }] },
    map: { type: 'object', additionalProperties: { properties: { odata_id: {} } } },
    free: { type: 'object' },
  },
};
const tool = { client_schema, aliases: { name_eq: 'name[eq]', odata_id: '@odata.id' } };

const shown = {
  filter: { name_eq: 'Rex', tags: [{ name_eq: 1 }], extra: { name_eq: 2 } },
  owner: { odata_id: 3 },
  map: { odata_id: { odata_id: 4 } },
  free: { name_eq: 5 },
  unknown: [{ name_eq: 6 }],
};
const own = {
  filter: { 'name[eq]': 'Rex', tags: [{ 'name[eq]': 1 }], extra: { name_eq: 2 } },
  owner: { '@odata.id': 3 },
  map: { odata_id: { '@odata.id': 4 } },
  free: { name_eq: 5 },
  unknown: [{ name_eq: 6 }],
};

describe('aliases', () => {
  it('are taken back where the schema has them, and nowhere else', () => {
    expect(withoutAliases(shown, tool)).toEqual(own);
  });

  it('are given where the schema has them', () => {
    expect(withAliases(own, tool)).toEqual(shown);
  });

  it('leave arguments alone that use the own names already', () => {
    expect(withoutAliases(own, tool)).toEqual(own);
    const both = { filter: { name_eq: 'a', 'name[eq]': 'b' } };
    expect(withoutAliases(both, tool)).toEqual(both);
  });

  it('are none for most tools, whose arguments are passed on untouched', () => {
    const args = { a: 1 };
    expect(withoutAliases(args, {})).toBe(args);
    expect(withAliases(args, { client_schema })).toBe(args);
  });

  it('survive values of another type than the schema says, and names that every object has', () => {
    const odd = { filter: ['x', null], owner: { constructor: 1, ['__proto__']: 2 }, map: 'text' };
    expect(withoutAliases(odd, tool)).toEqual(odd);
  });
});
