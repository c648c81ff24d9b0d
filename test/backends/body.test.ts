import { describe, expect, it } from 'vitest';
import { writeBody } from '../../functions/backends/body.ts';
import type { BodyBinding } from '../../functions/catalogue/types.ts';
import { judgeBody } from './judge-vector.ts';
import { readParts } from './read-parts.ts';
import { sendBody } from './send-vector.ts';
import { hasVectors, sharedVectors } from './vectors.ts';

describe.skipIf(!hasVectors)('the body vectors', () => {
  it.each(sharedVectors().bodies)('$id', (vector) => {
    expect(judgeBody(vector, sendBody(vector))).toBeUndefined();
  });
});

describe('a body of several arguments', () => {
  const binding: BodyBinding = {
    content_type: 'application/json',
    required: false,
    properties: { note: 'note', body_id: 'id', proto: '__proto__' },
  };

  it('holds those that were given, in their order and by their property names', () => {
    expect(writeBody(binding, { body_id: 7, note: null, other: 1 })?.payload).toBe('{"id":7,"note":null}');
  });

  it('keeps a property with the name of the prototype a property', () => {
    expect(writeBody(binding, { proto: 1 })?.payload).toBe('{"__proto__":1}');
  });

  it('is left out when it is optional and none was given, and is an empty object when it is required', () => {
    expect(writeBody(binding, {})).toBeUndefined();
    expect(writeBody({ ...binding, required: true }, {})?.payload).toBe('{}');
  });
});

describe('a form', () => {
  const form = (encoding: NonNullable<BodyBinding['encoding']>, args: Record<string, unknown>) => {
    const properties = Object.fromEntries(Object.keys(args).map((name) => [name, name]));
    const content_type = 'application/x-www-form-urlencoded';
    return writeBody({ content_type, required: true, properties, encoding }, args)?.payload;
  };

  it.each<[string, NonNullable<BodyBinding['encoding']>[string], unknown, string]>([
    [
      'lists by their indices in deepObject',
      { style: 'deepObject' },
      ['a', { b: 1 }],
      'it%5B0%5D=a&it%5B1%5D%5Bb%5D=1',
    ],
    ['lists as JSON where the type says so', { content_type: 'application/json' }, ['a', 1], 'it=%5B%22a%22%2C1%5D'],
    ['text as it is whatever its type', { content_type: 'text/plain' }, 'a', 'it=a'],
    ['by its style rather than its type', { style: 'form', content_type: 'application/json' }, ['a', 'b'], 'it=a&it=b'],
    ['reserved characters as they are where that is allowed', { allow_reserved: true }, 'a/b&c', 'it=a/b%26c'],
    ['nested objects as JSON', {}, { a: { b: [1] } }, 'it=%7B%22a%22%3A%7B%22b%22%3A%5B1%5D%7D%7D'],
    ['lists of objects as one JSON text each', {}, [{ a: 1 }], 'it=%7B%22a%22%3A1%7D'],
    ['nothing for null', { content_type: 'application/json' }, null, ''],
  ])('writes %s', (_, encoding, it, payload) => {
    expect(form({ it: encoding }, { it })).toBe(payload);
  });
});

describe('a body of one argument', () => {
  const bind = (content_type: string, required = true): BodyBinding => ({ content_type, required, argument: 'body' });

  it('is refused by the name of the argument when it is required and missing', () => {
    expect(() => writeBody(bind('application/json'), {})).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'body' }),
    );
    expect(writeBody(bind('application/json', false), {})).toBeUndefined();
  });

  it.each([
    ['application/octet-stream', 'not base64!'],
    ['application/octet-stream', 'AAAAA'],
    ['image/png', { data: 'AAEC' }],
    ['application/pdf', 5],
    ['text/plain', { a: 1 }],
    ['application/xml', ['<a/>']],
    ['application/x-www-form-urlencoded', 'a=1'],
    ['multipart/form-data', ['a']],
    ['text/plain', '\ud800'],
  ])('of type %s refuses %j', (contentType, body) => {
    expect(() => writeBody(bind(contentType), { body })).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'body' }),
    );
  });

  it.each([
    ['*/*', { a: 1 }, 'application/json', '{"a":1}'],
    ['application/*', { a: 1 }, 'application/json', '{"a":1}'],
    ['text/*', 'hi', 'text/plain', 'hi'],
    ['application/yaml', 'a: 1', 'application/yaml', 'a: 1'],
    ['application/soap+xml; charset=utf-8', '<a/>', 'application/soap+xml; charset=utf-8', '<a/>'],
    ['application/x-ndjson', '{}\n{}\n', 'application/x-ndjson', '{}\n{}\n'],
    ['text/plain', 42, 'text/plain', '42'],
  ])('of type %s carries %j', (contentType, body, content_type, payload) => {
    expect(writeBody(bind(contentType), { body })).toEqual({ content_type, payload });
  });

  it.each([
    ['image/png', 'data:image/jpeg;base64,AAEC', 'image/png'],
    ['image/*', 'data:image/jpeg;base64,AAEC', 'image/jpeg'],
    ['image/*', 'data:text/html;base64,AAEC', 'application/octet-stream'],
    ['*/*; q=1', 'data:image/jpeg;name=a.jpg;base64,AAEC', 'application/json'],
  ])('of type %s that is %s is sent as %s', (declared, body, content_type) => {
    const sent = writeBody(bind(declared), { body });
    expect(sent?.content_type).toBe(content_type);
    if (content_type !== 'application/json') expect(sent?.payload).toEqual(Buffer.from([0, 1, 2]));
  });

  it.each(['AAEC', 'data:image/png;base64,AAEC', 'AA\nEC'])(
    'goes as base64 text where the operation wants it: %s',
    (body) => {
      expect(writeBody({ ...bind('image/png'), base64: true }, { body })).toEqual({
        content_type: 'image/png',
        payload: 'AAEC',
      });
    },
  );

  it('decodes base64url and base64 broken into lines', () => {
    expect(writeBody(bind('image/*'), { body: '-_8\n=' })).toEqual({
      content_type: 'application/octet-stream',
      payload: Buffer.from([0xfb, 0xff]),
    });
  });
});

describe('a multipart body', () => {
  const binding = (names: string[], encoding: BodyBinding['encoding'] = {}): BodyBinding => ({
    content_type: 'multipart/form-data',
    required: true,
    properties: Object.fromEntries(names.map((name) => [name, name])),
    encoding,
  });

  it('cannot be ended by the text of a part', () => {
    const first = writeBody(binding(['a']), { a: 'x' });
    const boundary = first?.content_type.split('boundary=')[1];
    const a = `x\r\n--${boundary}\r\nContent-Disposition: form-data; name="admin"\r\n\r\n1\r\n--${boundary}--\r\n`;
    const body = writeBody(binding(['a']), { a });
    const parts = readParts(body?.content_type ?? '', body?.payload ?? '');
    expect(parts.map(({ content }) => content.toString())).toEqual([a]);
  });

  it('cannot be ended by a name', () => {
    const name = 'a"\r\nX-Evil: 1';
    const body = writeBody(binding([name]), { [name]: '1' });
    const [part] = readParts(body?.content_type ?? '', body?.payload ?? '');
    expect([...(part?.headers ?? [])]).toEqual([['content-disposition', 'form-data; name="a%22%0D%0AX-Evil: 1"']]);
  });

  it('refuses a file that is not base64 by the name of its argument', () => {
    expect(() => writeBody(binding(['file'], { file: { binary: true } }), { file: '§' })).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'file' }),
    );
  });

  const partsOf = (encoding: NonNullable<BodyBinding['encoding']>, args: Record<string, unknown>) => {
    const body = writeBody(binding(Object.keys(args), encoding), args);
    return readParts(body?.content_type ?? '', body?.payload ?? '');
  };

  it.each([
    ['AAEC', undefined, 'it', 'application/octet-stream'],
    ['data:image/png;base64,AAEC', undefined, 'it', 'image/png'],
    ['data:;base64,AAEC', undefined, 'it', 'application/octet-stream'],
    ['data:image/png;name=my%20cat%22.png;base64,AAEC', undefined, 'my cat".png', 'image/png'],
    ['DATA:image/png;filename=cat.png;BASE64,AA\r\nEC', undefined, 'cat.png', 'image/png'],
    ['data:text/csv;charset=utf-8,%00%01%02', undefined, 'it', 'text/csv;charset=utf-8'],
    ['data:image/png;base64,AAEC', 'image/gif, image/png', 'it', 'image/png'],
    ['data:image/png;base64,AAEC', 'image/*', 'it', 'image/png'],
    ['data:text/html;base64,AAEC', 'image/*, image/gif', 'it', 'image/gif'],
    ['data:text/html;base64,AAEC', 'image/*', 'it', 'application/octet-stream'],
  ])('sends the file %s, declared as %s, as %s of type %s', (it, content_type, filename, type) => {
    const [part] = partsOf({ it: { binary: true, ...(content_type && { content_type }) } }, { it });
    expect(part).toMatchObject({ name: 'it', filename, type, content: Buffer.from([0, 1, 2]) });
  });

  it('keeps what is not ASCII in a `data:` URI', () => {
    const [part] = partsOf({ it: { binary: true } }, { it: 'data:text/plain;name=Łódź.txt,Zoë%20' });
    expect(part).toMatchObject({ filename: 'Łódź.txt', content: Buffer.from('Zoë ') });
  });

  it.each([
    ['https://example.com/cat.png', 'does not fetch'],
    ['http://169.254.169.254/latest/meta-data', 'does not fetch'],
    ['file:///etc/passwd', 'does not fetch'],
    ['data:image/png;base64', 'base64 string or a `data:` URI'],
    ['data:image/png\r\nX-Evil: 1;base64,AAEC', 'base64 string or a `data:` URI'],
    ['data:image/png;base64,%%%', 'base64 string or a `data:` URI'],
  ])('refuses the file %s and says what to send instead', (it, message) => {
    expect(() => partsOf({ it: { binary: true } }, { it })).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'it', message: expect.stringContaining(message) }),
    );
  });

  it('writes values as their style says, without percent-encoding', () => {
    const parts = partsOf(
      {
        csv: { explode: false },
        tsv: { style: 'tabDelimited', explode: false },
        spread: { style: 'form' },
        deep: { style: 'deepObject' },
      },
      { csv: ['a b', 'c&d'], tsv: ['a', 'b'], spread: { x: 'y z' }, deep: { k: ['v'] } },
    );
    expect(parts.map(({ name, content }) => [name, content.toString()])).toEqual([
      ['csv', 'a b,c&d'],
      ['tsv', 'a\tb'],
      ['x', 'y z'],
      ['deep[k][0]', 'v'],
    ]);
  });

  it('writes the headers of a part', () => {
    const [part] = partsOf({ it: { headers: { 'X-Part': '7' }, content_type: 'text/html' } }, { it: '<p>' });
    expect([...(part?.headers ?? [])]).toEqual([
      ['x-part', '7'],
      ['content-disposition', 'form-data; name="it"'],
      ['content-type', 'text/html'],
    ]);
  });

  it('has a part without a name for each item of a list', () => {
    const list: BodyBinding = { content_type: 'multipart/mixed', required: true, argument: 'body', items: {} };
    const read = (body: unknown, items = {}) => {
      const sent = writeBody({ ...list, items }, { body });
      return readParts(sent?.content_type ?? '', sent?.payload ?? '').map((part) => [part.type, String(part.content)]);
    };
    expect(read([{ a: 1 }, 'text', [1]])).toEqual([
      ['application/json', '{"a":1}'],
      [undefined, 'text'],
      ['application/json', '[1]'],
    ]);
    expect(read(['data:image/png;base64,QQ'], { binary: true })).toEqual([['image/png', 'A']]);
  });

  it('keeps the subtype of the operation', () => {
    const body = writeBody({ ...binding(['a']), content_type: 'multipart/mixed' }, { a: 1 });
    expect(body?.content_type).toMatch(/^multipart\/mixed; boundary=\S+$/);
  });

  it('leaves out null', () => {
    const body = writeBody(binding(['a', 'b']), { a: null, b: 1 });
    expect(readParts(body?.content_type ?? '', body?.payload ?? '')).toHaveLength(1);
  });
});
