import { describe, expect, it } from 'vitest';
import { writeBody } from '../../functions/backends/body.ts';
import { type BodyBinding, propertyEncodingSchema } from '../../functions/catalogue/types.ts';
import { type BodyVector, bodyVectors, hasVectors } from './vectors.ts';

interface ReadPart {
  headers: string;
  content: Buffer;
}

/** Takes a multipart body apart as RFC 2046 section 5.1 says. */
function readParts(contentType: string, payload: Uint8Array | string): ReadPart[] {
  const boundary = /boundary=(\S+)$/.exec(contentType)?.[1];
  const text = Buffer.from(payload).toString('latin1');
  expect(text.endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
  const pieces = `\r\n${text}`.split(`\r\n--${boundary}`).slice(1, -1);
  return pieces.map((piece) => {
    const end = piece.indexOf('\r\n\r\n');
    return { headers: piece.slice(2, end), content: Buffer.from(piece.slice(end + 4), 'latin1') };
  });
}

describe.skipIf(!hasVectors)('the body vectors', () => {
  it.each(bodyVectors())('$id', (vector) => {
    const body = writeBody(toBinding(vector), { body: vector.value });
    const { contentType, json, text, base64, form, parts } = vector.expect;
    if (!body) throw new Error('no body');
    expect(body.content_type.split('; boundary')[0]).toBe(contentType);
    if (json !== undefined) expect(JSON.parse(String(body.payload))).toEqual(json);
    if (text !== undefined) expect(body.payload).toBe(text);
    if (base64 !== undefined) expect(Buffer.from(body.payload).toString('base64')).toBe(base64);
    if (form) expect([...new URLSearchParams(String(body.payload))]).toEqual(form);
    if (parts) expectParts(readParts(body.content_type, body.payload), parts);
  });
});

function expectParts(found: ReadPart[], expected: NonNullable<BodyVector['expect']['parts']>): void {
  expect(found).toHaveLength(expected.length);
  for (const [index, { name, text, base64, json, filename, contentType }] of expected.entries()) {
    const { headers, content } = found[index] ?? { headers: '', content: Buffer.alloc(0) };
    expect(headers).toContain(`name="${name}"`);
    expect(headers.includes('filename=')).toBe(filename ?? false);
    if (contentType) expect(headers).toContain(`Content-Type: ${contentType}`);
    if (text !== undefined) expect(content.toString()).toBe(text);
    if (base64 !== undefined) expect(content.toString('base64')).toBe(base64);
    if (json !== undefined) expect(JSON.parse(content.toString())).toEqual(json);
  }
}

/** What an importer makes of a Request Body Object: JSON first, binary properties and encodings by name. */
function toBinding({ requestBody: { required, content } }: BodyVector): BodyBinding {
  const types = Object.entries(content);
  const [content_type, media] = types.find(([type]) => type.includes('json')) ?? types[0] ?? ['', undefined];
  const properties = (media?.schema?.properties ?? {}) as Record<
    string,
    { format?: string; items?: { format?: string } }
  >;
  const binary = Object.entries(properties).filter(([, schema]) => (schema.items ?? schema).format === 'binary');
  const encoding: NonNullable<BodyBinding['encoding']> = Object.fromEntries(
    binary.map(([name]) => [name, { binary: true }]),
  );
  for (const [name, { contentType, ...style }] of Object.entries(media?.encoding ?? {})) {
    encoding[name] = propertyEncodingSchema.parse({ ...encoding[name], ...style, content_type: contentType });
  }
  return { content_type, required, argument: 'body', encoding };
}

describe('a body of several arguments', () => {
  const binding: BodyBinding = {
    content_type: 'application/json',
    required: false,
    properties: { note: 'note', body_id: 'id', proto: '__proto__' },
  };

  it('holds those that were given, by their property names', () => {
    expect(writeBody(binding, { body_id: 7, note: null, other: 1 })?.payload).toBe('{"note":null,"id":7}');
  });

  it('keeps a property with the name of the prototype a property', () => {
    expect(writeBody(binding, { proto: 1 })?.payload).toBe('{"__proto__":1}');
  });

  it('is left out when it is optional and none was given, and is an empty object when it is required', () => {
    expect(writeBody(binding, {})).toBeUndefined();
    expect(writeBody({ ...binding, required: true }, {})?.payload).toBe('{}');
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
    expect(part?.headers).toBe('Content-Disposition: form-data; name="a%22%0D%0AX-Evil: 1"');
  });

  it('refuses a file that is not base64 by the name of its argument', () => {
    expect(() => writeBody(binding(['file'], { file: { binary: true } }), { file: '§' })).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'file' }),
    );
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
