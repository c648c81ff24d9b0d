import { describe, expect, it } from 'vitest';
import { declaredOperation } from './calls/declared.ts';
import { type RecordedRequest, requestFaults, type SentArgument } from './calls/read-request.ts';

const string = { type: 'string' };
const list = { type: 'array', items: string };

/** The operation `POST /pets/{id}` with these parameters and this body. */
function operationWith(parameters: object[], content?: object) {
  const post = { parameters, ...(content && { requestBody: { content } }) };
  const operation = declaredOperation({ openapi: '3.1.0', paths: { '/pets/{id}': { post } } }, 'POST', '/pets/{id}');
  if (!operation) throw new Error('no operation');
  return operation;
}

const id = { name: 'id', in: 'path', required: true, schema: string };
const sentId = { argument: 'id', in: 'path', name: 'id', value: '7', isBase64: false };
const sent = (place: string, name: string, value: unknown, isBase64 = false): SentArgument[] => [
  sentId,
  { argument: name, in: place, name, value, isBase64 },
];
const request = (parts: Partial<RecordedRequest>): RecordedRequest => ({
  method: 'POST',
  target: '/pets/7',
  headers: [],
  body: Buffer.alloc(0),
  ...parts,
});
const nothingElse = { constants: [], supplied: new Set<string>() };

describe('parameters', () => {
  it.each([
    [{ style: 'form', explode: true }, ['a b', 'c'], 'x=a%20b&x=c', 'x=a%20b,c'],
    [{ style: 'form', explode: false }, ['a b', 'c'], 'x=a%20b,c', 'x=a%20b&x=c'],
    [{ style: 'spaceDelimited', explode: false }, ['a', 'c'], 'x=a%20c', 'x=a,c'],
    [{ style: 'pipeDelimited', explode: false }, ['a', 'c'], 'x=a%7Cc', 'x=a%20c'],
    [{ style: 'form', explode: true }, { k: 'v', l: 2 }, 'k=v&l=2', 'x=k,v,l,2'],
    [{ style: 'form', explode: false }, { k: 'v', l: 2 }, 'x=k,v,l,2', 'k=v&l=2'],
    [{ style: 'deepObject', explode: true }, { k: { m: 1 } }, 'x%5Bk%5D%5Bm%5D=1', 'x%5Bk%5D=1'],
    [{ content: { 'application/json': {} } }, { k: 1 }, 'x=%7B%22k%22%3A1%7D', 'k=1'],
  ])('of a query described as %j: %j is %s and not %s', (described, value, right, wrong) => {
    const operation = operationWith([id, { name: 'x', in: 'query', schema: {}, ...described }]);
    const expected = { ...nothingElse, sent: sent('query', 'x', value) };
    expect(requestFaults(request({ target: `/pets/7?${right}` }), operation, expected)).toEqual([]);
    expect(requestFaults(request({ target: `/pets/7?${wrong}` }), operation, expected)).not.toEqual([]);
    expect(requestFaults(request({}), operation, expected)).not.toEqual([]);
    expect(requestFaults(request({ target: `/pets/7?${right}&y=1` }), operation, expected)).toEqual([
      'the query has y=1, which is not asked for',
    ]);
  });

  it.each([
    [{ style: 'simple', explode: false }, ['a', 'b/c'], 'a,b%2Fc', 'a;b%2Fc'],
    [{ style: 'label', explode: true }, ['a', 'b'], '.a.b', '.a,b'],
    [{ style: 'label', explode: false }, { k: 'v' }, '.k,v', '.k=v'],
    [{ style: 'matrix', explode: true }, ['a', 'b'], ';id=a;id=b', ';id=a,b'],
    [{ style: 'matrix', explode: false }, ['a', 'b'], ';id=a,b', ';id=a;id=b'],
    [{ style: 'simple', explode: true }, { k: 'v' }, 'k=v', 'k,v'],
  ])('of a path described as %j: %j is %s and not %s', (described, value, right, wrong) => {
    const operation = operationWith([{ ...id, schema: {}, ...described }]);
    const expected = { ...nothingElse, sent: [{ ...sentId, value }] };
    expect(requestFaults(request({ target: `/pets/${right}` }), operation, expected)).toEqual([]);
    expect(requestFaults(request({ target: `/pets/${wrong}` }), operation, expected)).toHaveLength(1);
  });

  it('of headers and cookies are found there and nowhere else', () => {
    const operation = operationWith([
      id,
      { name: 'X-List', in: 'header', schema: list },
      { name: 'c', in: 'cookie', schema: string },
    ]);
    const expected = {
      ...nothingElse,
      sent: [...sent('header', 'X-List', ['a', 'b']), ...sent('cookie', 'c', 'a;b').slice(1)],
    };
    const right: RecordedRequest['headers'] = [
      ['x-list', 'a,b'],
      ['cookie', 'c=a%3Bb'],
    ];
    expect(requestFaults(request({ headers: right }), operation, expected)).toEqual([]);
    expect(requestFaults(request({ headers: [...right, ['X-More', '1']] }), operation, expected)).toEqual([
      'the header x-more is not asked for',
    ]);
    expect(
      requestFaults(
        request({
          headers: [
            ['x-list', 'a'],
            ['cookie', 'c=a;b'],
          ],
        }),
        operation,
        expected,
      ),
    ).toHaveLength(3);
  });

  it('that are constants or a credential are expected without an argument', () => {
    const operation = operationWith([id, { name: 'v', in: 'query', required: true, schema: { enum: ['1'] } }]);
    const expected = {
      sent: [sentId],
      constants: [{ in: 'query', name: 'v', value: '1' }],
      supplied: new Set(['query key']),
    };
    expect(requestFaults(request({ target: '/pets/7?v=1&key=s' }), operation, expected)).toEqual([]);
    expect(requestFaults(request({ target: '/pets/7?v=2' }), operation, expected)).toEqual([
      'the constant query v is not 1',
    ]);
  });

  it('that the document does not declare are told', () => {
    expect(
      requestFaults(request({ target: '/pets/7?y=1' }), operationWith([id]), {
        ...nothingElse,
        sent: sent('query', 'y', 1),
      }),
    ).toContain('y: the operation declares no query parameter y');
  });
});

describe('bodies', () => {
  const multipart = (...parts: string[]) =>
    `${parts.map((part) => `--b\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--b--\r\n`;

  it.each([
    ['application/json', { n: 1 }, '{"n":1}', '{"n":"1"}'],
    ['application/merge-patch+json', { n: null }, '{"n":null}', '{}'],
    ['application/x-www-form-urlencoded', { n: ['a', 'b c'] }, 'n=a&n=b%20c', 'n=a%2Cb%20c'],
    [
      'multipart/form-data; boundary=b',
      { n: { k: 1 } },
      multipart('name="n"\r\n\r\n{"k":1}'),
      multipart('name="n"\r\n\r\nk=1'),
    ],
  ])('of type %s carry %j as %j and not as %j', (type, value, right, wrong) => {
    const operation = operationWith([id], { [type.split(';')[0] ?? '']: { schema: {} } });
    const expected = { ...nothingElse, sent: sent('body', 'n', value.n) };
    const headers: RecordedRequest['headers'] = [['content-type', type]];
    expect(requestFaults(request({ headers, body: Buffer.from(right) }), operation, expected)).toEqual([]);
    expect(requestFaults(request({ headers, body: Buffer.from(wrong) }), operation, expected)).not.toEqual([]);
    expect(requestFaults(request({}), operation, expected)).toEqual(['the request has no body']);
    expect(
      requestFaults(
        request({ headers: [['content-type', 'text/csv']], body: Buffer.from(right) }),
        operation,
        expected,
      ),
    ).toEqual(['the Content-Type text/csv is none that the operation takes']);
  });

  it.each([
    [{ type: 'string', format: 'binary' }, Buffer.from([0, 1, 2]), 'AAEC'],
    [{ type: 'string', format: 'byte' }, 'AAEC', Buffer.from([0, 1, 2])],
  ])('of bytes described as %j are as described', (schema, right, wrong) => {
    const operation = operationWith([id], { 'image/png': { schema } });
    const expected = { ...nothingElse, sent: sent('body', '', 'AAEC', true) };
    const headers: RecordedRequest['headers'] = [['content-type', 'image/png']];
    expect(requestFaults(request({ headers, body: Buffer.from(right) }), operation, expected)).toEqual([]);
    expect(requestFaults(request({ headers, body: Buffer.from(wrong) }), operation, expected)).toHaveLength(1);
  });
});
