import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareCall } from '../../functions/backends/prepare.ts';
import type { BodyBinding, HttpBinding, ParameterBinding } from '../../functions/catalogue/types.ts';
import { anyJson, hostileText, lists, objects } from './arbitrary-values.ts';
import { backendWith, bindingWith, parameterWith } from './builders.ts';
import { readParts } from './read-parts.ts';

const backend = backendWith({ base_url: 'https://api.example.com:8443/v1/', headers: { 'X-Tenant': 'acme' } });

const pathStyles = fc.constantFrom<ParameterBinding['style'][]>('simple', 'label', 'matrix');
const queryStyles = fc.constantFrom<ParameterBinding['style'][]>(
  ...(['form', 'spaceDelimited', 'pipeDelimited', 'tabDelimited', 'deepObject'] as const),
);
const contentTypes = fc.constantFrom(undefined, 'application/json', 'text/plain', 'application/x-www-form-urlencoded');

/** One parameter of any description. */
function parameters(place: ParameterBinding['in'], name: string): fc.Arbitrary<ParameterBinding> {
  const styles = {
    path: pathStyles,
    query: queryStyles,
    querystring: queryStyles,
    header: fc.constant('simple' as const),
  };
  const style = place === 'cookie' ? fc.constantFrom('form' as const, 'cookie' as const) : styles[place];
  return fc.record({ style, explode: fc.boolean(), reserved: fc.boolean(), content: contentTypes }).map((chosen) => {
    const { explode, reserved, content } = chosen;
    const content_type = place === 'querystring' ? (content ?? 'application/json') : content;
    return parameterWith({
      in: place,
      name,
      argument: `${place}_${name}`,
      style: chosen.style,
      explode,
      ...(reserved && { allow_reserved: true }),
      ...(content_type !== undefined && { content_type }),
    });
  });
}

const bodies: fc.Arbitrary<BodyBinding> = fc
  .constantFrom('application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain', 'image/*')
  .map((content_type) => ({ content_type, required: false, argument: 'body', encoding: { file: { binary: true } } }));

const bindings: fc.Arbitrary<HttpBinding> = fc
  .record({
    path: fc.tuple(parameters('path', 'id'), parameters('path', 'ext')),
    others: fc.tuple(
      parameters('query', 'q'),
      parameters('querystring', 'whole'),
      parameters('header', 'X-One'),
      parameters('header', '__proto__'),
      parameters('cookie', 'c'),
    ),
    body: bodies,
  })
  .map(({ path, others, body }) =>
    bindingWith({
      api_endpoint: '/pets/{id}/toys/x{ext}',
      http_method: 'POST',
      parameters: [...path, ...others],
      body,
    }),
  );

const values = fc.oneof(
  { weight: 4, arbitrary: hostileText as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: lists(hostileText) },
  { weight: 1, arbitrary: objects(hostileText, hostileText) },
  { weight: 1, arbitrary: hostileText.map((text) => `data:image/png;name=${text};base64,${text}`) },
  { weight: 1, arbitrary: hostileText.map((text) => `data:image/${text};base64,AAEC`) },
  { weight: 1, arbitrary: hostileText.map((text) => ({ file: `data:${text};base64,AAEC` })) },
  { weight: 1, arbitrary: anyJson },
);

const names = [
  'path_id',
  'path_ext',
  'query_q',
  'querystring_whole',
  'header_X-One',
  'header___proto__',
  'cookie_c',
  'body',
];
const calls = fc.record({
  binding: bindings,
  // The two in the path are always given; any name may come with them.
  args: fc
    .tuple(
      values,
      values,
      fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), hostileText), values), { maxLength: 5 }),
    )
    .map(([id, ext, others]) => Object.fromEntries([...others, ['path_id', id], ['path_ext', ext]])),
});

describe('whatever the arguments are', () => {
  it('a call leaves host, segments and headers as the binding has them, or is refused', () => {
    const sent = { calls: 0, refused: 0 };
    fc.assert(
      fc.property(calls, ({ binding, args }) => {
        let call: ReturnType<typeof prepareCall>;
        try {
          call = prepareCall(binding, backend, args);
        } catch (error) {
          sent.refused += 1;
          expect(error).toMatchObject({ code: 'invalid', field: expect.toBeOneOf(names) });
          return;
        }
        sent.calls += 1;
        const url = new URL(call.url);
        expect(url.href).toBe(call.url);
        expect([url.protocol, url.host, url.username, url.password, url.hash]).toEqual([
          ...['https:', 'api.example.com:8443', '', '', ''],
        ]);
        const segments = url.pathname.split('/');
        expect(segments).toHaveLength(6);
        expect([...segments.slice(0, 3), segments[4]]).toEqual(['', 'v1', 'pets', 'toys']);
        expect(segments[5]?.[0]).toBe('x');
        const headers = Object.entries(call.headers);
        const allowed = ['x-tenant', 'x-one', '__proto__', 'cookie', 'content-type'];
        expect(headers.filter(([name]) => !allowed.includes(name))).toEqual([]);
        expect(headers.filter(([, text]) => !/^[\t\x20-\x7e\x80-\xff]*$/.test(text))).toEqual([]);
        expect(call.headers['x-tenant']).toBe('acme');
        if (typeof args.cookie_c === 'string') expect(call.headers.cookie).toMatch(/^c=[^;]*$/);
        if (binding.body?.content_type !== 'multipart/form-data' || !call.body) return;
        const parts = readParts(call.headers['content-type'] ?? '', call.body);
        const written = parts.flatMap(({ headers }) => [...headers.keys()]);
        expect(written.filter((name) => !/^content-(?:disposition|type)$/.test(name))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
    // Neither half may be all there is.
    expect(Math.min(sent.calls, sent.refused)).toBeGreaterThan(200);
  });
});
