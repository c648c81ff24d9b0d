import { describe, expect, it } from 'vitest';
import { prepareCall } from '../../functions/backends/prepare.ts';
import { type ParameterBinding, parameterBindingSchema } from '../../functions/catalogue/types.ts';
import { backendWith, bindingWith, parameterWith } from './builders.ts';
import { hasVectors, type ParameterVector, parameterVectors } from './vectors.ts';

/** Styles that version 3.2 and the tab of version 2.0 bring, for which a binding has no word. */
const inexpressible = (vector: ParameterVector) =>
  vector.param.in === 'querystring' || vector.param.style === 'cookie' || vector.param.collectionFormat === 'tsv';

describe.skipIf(!hasVectors)('the parameter vectors', () => {
  const vectors = parameterVectors().filter((vector) => !inexpressible(vector));

  it('are all but the few that a binding cannot express', () => {
    expect(parameterVectors().length - vectors.length).toBeLessThanOrEqual(13);
    expect(vectors.length).toBeGreaterThanOrEqual(133);
  });

  it.each(vectors)('$id', (vector) => {
    const sent = () => send(vector);
    if (vector.expectError) return expect(sent).toThrow(`"${vector.param.name}"`);
    if (vector.expectAbsent) return expect(sent()).toBeUndefined();
    expect([vector.expect, ...vector.alternatives]).toContain(sent());
  });
});

/** The raw text at the vector's location, taken from the finished request. */
function send(vector: ParameterVector): string | undefined {
  const { name } = vector.param;
  const args = vector.value === '__ABSENT__' ? {} : { [name]: vector.value };
  const api_endpoint = vector.param.in === 'path' ? `/before/{${name}}/after` : '/pets';
  const binding = bindingWith({ api_endpoint, parameters: [toBinding(vector)] });
  const { url, headers } = prepareCall(binding, backendWith(), args);
  switch (vector.param.in) {
    case 'path':
      return /^https:\/\/api\.example\.com\/before\/(.*)\/after$/.exec(url)?.[1];
    case 'query':
      return url.includes('?') ? url.slice(url.indexOf('?') + 1) : undefined;
    case 'header':
      return headers[name.toLowerCase()];
    default:
      return headers.cookie;
  }
}

/** What an importer makes of a Parameter Object. */
function toBinding({ param, oas }: ParameterVector): ParameterBinding {
  const location = parameterBindingSchema.shape.in.parse(param.in);
  const plain = parameterWith({ in: location, name: param.name });
  const content_type = param.content && Object.keys(param.content)[0];
  const format = oas.includes('2.0') ? (param.collectionFormat ?? 'csv') : undefined;
  const style = format ? collectionStyles[format] : (param.style as ParameterBinding['style']);
  return parameterWith({
    ...plain,
    ...(style && { style, explode: style === 'form' }),
    ...(format && { explode: format === 'multi' }),
    ...(param.explode !== undefined && { explode: param.explode }),
    ...(param.allowReserved !== undefined && { allow_reserved: param.allowReserved }),
    ...(content_type !== undefined && { content_type }),
  });
}

const collectionStyles: Record<string, ParameterBinding['style']> = {
  csv: 'form',
  multi: 'form',
  ssv: 'spaceDelimited',
  pipes: 'pipeDelimited',
};

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
    expect(header({ content_type: 'application/json' }, { name: 'Łódź 😀' })).toBe(
      '{"name":"\\u0141\\u00f3d\\u017a \\ud83d\\ude00"}',
    );
  });

  it('joins by the separator of its style', () => {
    expect(header({ style: 'pipeDelimited' }, ['a', 'b'])).toBe('a|b');
    expect(header({ style: 'spaceDelimited' }, ['a', 'b'])).toBe('a b');
  });
});
