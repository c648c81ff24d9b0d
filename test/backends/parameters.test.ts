import { describe, expect, it } from 'vitest';
import { prepareCall } from '../../functions/backends/prepare.ts';
import type { ParameterBinding } from '../../functions/catalogue/types.ts';
import { backendWith, bindingWith, parameterWith } from './builders.ts';
import { judgeParameter } from './judge-vector.ts';
import { sendParameter } from './send-vector.ts';
import { hasVectors, sharedVectors } from './vectors.ts';

describe.skipIf(!hasVectors)('the parameter vectors', () => {
  it.each(sharedVectors().parameters)('$id', (vector) => {
    expect(judgeParameter(vector, sendParameter(vector), vector.param.name)).toBeUndefined();
  });
});

describe('a query parameter', () => {
  const query = (settings: Partial<ParameterBinding>, value: unknown) => {
    const parameters = [parameterWith({ in: 'query', name: 'filter', ...settings })];
    return prepareCall(bindingWith({ parameters }), backendWith(), { filter: value }).url.split('?')[1];
  };

  it('nests objects within arrays by their index in deepObject', () => {
    const value = { any: [{ name: 'a' }, { name: 'b' }] };
    expect(query({ style: 'deepObject' }, value)).toBe(
      'filter%5Bany%5D%5B0%5D%5Bname%5D=a&filter%5Bany%5D%5B1%5D%5Bname%5D=b',
    );
  });

  it('keeps a quote, a hash and an ampersand inside its value', () => {
    expect(query({}, `'#&=+`)).toBe('filter=%27%23%26%3D%2B');
  });

  it('cannot begin another parameter through reserved characters', () => {
    expect(query({ allow_reserved: true }, 'a&admin=1#x+y[z]')).toBe('filter=a%26admin%3D1%23x%2By%5Bz%5D');
  });

  it('refuses half of a surrogate pair by the name of its argument', () => {
    expect(() => query({}, 'a\ud800')).toThrow(expect.objectContaining({ code: 'invalid', field: 'filter' }));
  });
});

describe('a whole query', () => {
  const query = (content_type: string, value: unknown) => {
    const parameters = [parameterWith({ in: 'querystring', name: 'q', content_type })];
    return prepareCall(bindingWith({ parameters }), backendWith(), { q: value }).url.split('?')[1];
  };

  it.each([
    ['application/x-www-form-urlencoded', { a: ['b c', 'd'], e: { f: 1 } }, 'a=b%20c&a=d&e=%7B%22f%22%3A1%7D'],
    ['application/x-www-form-urlencoded', {}, undefined],
    ['application/x-www-form-urlencoded', 'a=1&b', 'a%3D1%26b'],
    ['application/json', ['a', null], '%5B%22a%22%2Cnull%5D'],
    ['application/jsonpath', '$.a.b[1:1]', '%24.a.b%5B1%3A1%5D'],
    ['text/plain', null, undefined],
  ])('of type %s carries %j', (type, value, text) => {
    expect(query(type, value)).toBe(text);
  });
});

describe('a cookie of the style cookie', () => {
  const cookie = (value: unknown) => {
    const parameters = [parameterWith({ in: 'cookie', name: 'c', style: 'cookie', explode: true })];
    return prepareCall(bindingWith({ parameters }), backendWith(), { c: value }).headers.cookie;
  };

  it('is sent as it is', () => {
    expect(cookie('50% "off", now')).toBe('c=50% "off", now');
  });

  it.each(['a;b', 'a\r\nX-Evil: 1', 'a\tb', 'a\0', 'Ł', ['a', 'b;c'], { 'a;b': 1 }])('refuses %j', (value) => {
    expect(() => cookie(value)).toThrow(expect.objectContaining({ code: 'invalid', field: 'c' }));
  });
});

describe('a header parameter', () => {
  const header = (settings: Partial<ParameterBinding>, value: unknown) => {
    const parameters = [parameterWith({ in: 'header', name: 'X-Filter', argument: 'filter', ...settings })];
    return prepareCall(bindingWith({ parameters }), backendWith(), { filter: value }).headers['x-filter'];
  };

  it.each([
    ['a line feed', 'a\nX-Evil: 1'],
    ['a carriage return', 'a\rb'],
    ['a NUL', 'a\0b'],
    ['a delete character', 'a\x7f'],
    ['characters beyond Latin-1', 'Ł'],
    ['a line feed in an item', ['a', 'b\nc']],
    ['a line feed in a name', { 'a\nb': 1 }],
  ])('is refused with %s', (_what, value) => {
    expect(() => header({}, value)).toThrow(expect.objectContaining({ code: 'invalid', field: 'filter' }));
  });

  it('spells JSON content in ASCII', () => {
    expect(header({ content_type: 'application/json' }, { name: 'Łódź 😀\x7f' })).toBe(
      '{"name":"\\u0141\\u00f3d\\u017a \\ud83d\\ude00\\u007f"}',
    );
  });

  it('joins by the separator of its style', () => {
    expect(header({ style: 'pipeDelimited' }, ['a', 'b'])).toBe('a|b');
    expect(header({ style: 'spaceDelimited' }, ['a', 'b'])).toBe('a b');
  });
});
