import { describe, expect, it } from 'vitest';
import type { BackendReply, SendFailureKind } from '../../functions/backends/send-result.ts';
import { shapeReply } from '../../functions/call/shape.ts';
import type { RiskLevel, Tool } from '../../functions/catalogue/types.ts';

interface Given {
  status?: number;
  type?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  risk?: RiskLevel;
  output_schema?: Tool['output_schema'];
}

function shape({ status = 200, type, headers = {}, body = '', risk = 'read', output_schema }: Given) {
  const reply: BackendReply = {
    status,
    headers: { ...headers, ...(type !== undefined && { 'content-type': type }) },
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    duration_ms: 5,
  };
  const tool = { risk_level: risk, ...(output_schema && { output_schema }) };
  return shapeReply({ ok: true, reply }, tool, { correlationId: 'call-1' });
}

const text = (content: string) => ({ content: [{ type: 'text', text: content }], is_error: false });

describe('a reply of JSON', () => {
  it.each([
    ['application/json', '{ "a" : [ 1 , 2 ] }\n', '{"a":[1,2]}', { a: [1, 2] }],
    ['application/json; charset=utf-8', '{"a":"é"}', '{"a":"é"}', { a: 'é' }],
    ['application/vnd.acme.v2+json', '[1]', '[1]', [1]],
    ['Application/JSON', '"x y\\" z"', '"x y\\" z"', 'x y" z'],
    ['text/json', 'null', 'null', null],
    ['application/json', '0', '0', 0],
    ['application/json', '\ufeff{"a":1}', '{"a":1}', { a: 1 }],
    [undefined, ' {"a":1}', '{"a":1}', { a: 1 }],
  ])('of type %s is text and structured content: %s', (type, body, compact, value) => {
    expect(shape({ ...(type && { type }), body })).toEqual({ ...text(compact), structured_content: value });
  });

  it('keeps every digit in its text', () => {
    const body = '{"id": 9007199254740993, "price": 1.10}';
    expect(shape({ type: 'application/json', body }).content).toEqual([
      { type: 'text', text: '{"id":9007199254740993,"price":1.10}' },
    ]);
  });

  it('keeps a member named like the prototype a member', () => {
    const { structured_content } = shape({ type: 'application/json', body: '{"__proto__":{"admin":true}}' });
    expect(JSON.stringify(structured_content)).toBe('{"__proto__":{"admin":true}}');
    expect((structured_content as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    ['HTML', '<!doctype html><title>Sign in</title>', 'is not valid JSON'],
    ['half of it', '{"a":[1,2', 'is not valid JSON'],
    ['an unended text', '"abc\\', 'is not valid JSON'],
    ['a nesting of 100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'is nested deeper than 200 levels'],
  ])('that is in truth %s is unreadable', (_what, body, reason) => {
    expect(shape({ type: 'application/json', body })).toMatchObject({
      is_error: true,
      kind: 'backend_reply_unreadable',
      structured_content: {
        kind: 'backend_reply_unreadable',
        message: `The backend’s answer is labelled application/json but ${reason}.`,
      },
    });
  });

  it.each<[string, Tool['output_schema'], string, boolean]>([
    ['an object where one is promised', { type: 'object' }, '{}', true],
    ['an object where nothing else is said', {}, '{}', true],
    ['a list where an object is promised', { type: 'object' }, '[]', false],
    ['a list where nothing else is said', {}, '[]', false],
    ['a list where one is promised', { type: 'array' }, '[]', true],
    ['null where it may be', { type: ['object', 'null'] }, 'null', true],
    ['a whole number where one is promised', { type: 'integer' }, '3', true],
    ['a fraction where a whole number is promised', { type: 'integer' }, '3.5', false],
  ])('claims structured content as its output schema allows: %s', (_what, output_schema, body, claimed) => {
    const reply = shape({ type: 'application/json', body, output_schema });
    expect('structured_content' in reply).toBe(claimed);
    expect(reply.content).toEqual([{ type: 'text', text: body }]);
  });
});

describe('a reply of text', () => {
  it.each([
    ['text/plain', 'h\u00e9llo'],
    ['text/html; charset=utf-8', '<p>hi</p>'],
    ['text/csv', 'a,b\n1,2\n'],
    ['application/xml', '<a/>'],
    ['application/atom+xml', '<a/>'],
    ['image/svg+xml', '<svg/>'],
    ['application/x-ndjson', '{}\n{}\n'],
    ['text/plain', '{"a":1}'],
  ])('of type %s stays as it is', (type, body) => {
    expect(shape({ type, body })).toEqual(text(body));
  });

  it('is decoded in its charset', () => {
    expect(shape({ type: 'text/plain; charset="ISO-8859-1"', body: new Uint8Array([0x5a, 0x6f, 0xeb]) })).toEqual(
      text('Zoë'),
    );
  });

  it.each(['text/plain', 'text/plain; charset=klingon'])('of type %s shows what is not UTF-8 as replaced', (type) => {
    expect(shape({ type, body: new Uint8Array([0x61, 0xff, 0x62]) })).toEqual(text('a\ufffdb'));
  });

  it('is recognised without a content type', () => {
    expect(shape({ body: '{not json' })).toEqual(text('{not json'));
  });
});

describe('a reply of bytes', () => {
  const body = new Uint8Array([0, 1, 255]);

  it.each(['image/png', 'audio/wav'])('of type %s is its own block', (mimeType) => {
    const type = mimeType.split('/')[0];
    expect(shape({ type: mimeType, body })).toEqual({ content: [{ type, data: 'AAH/', mimeType }], is_error: false });
  });

  it.each([
    ['application/pdf', 'application/pdf'],
    ['Application/Zip; x=y', 'application/zip'],
    ['video/mp4', 'video/mp4'],
    [undefined, 'application/octet-stream'],
    ['no type at all', 'application/octet-stream'],
  ])('of type %s is an embedded resource of type %s', (type, mimeType) => {
    expect(shape({ ...(type && { type }), body })).toEqual({
      content: [{ type: 'resource', resource: { uri: 'gatehouse://reply/call-1', mimeType, blob: 'AAH/' } }],
      is_error: false,
    });
  });

  it('is encoded from its own part of a larger buffer', () => {
    const part = new Uint8Array([9, 9, 0, 1, 255, 9]).subarray(2, 5);
    expect(shape({ type: 'image/png', body: part }).content).toMatchObject([{ data: 'AAH/' }]);
  });
});

describe('a reply without content', () => {
  it.each([204, 200, 202])('of status %i is a short text', (status) => {
    expect(shape({ status, type: 'application/json' })).toEqual(
      text(`The backend answered ${status} without content.`),
    );
  });
});

describe('a status outside 2xx', () => {
  it.each<[number, string, RegExp]>([
    [400, 'backend_rejected', /Correct the arguments/],
    [401, 'backend_rejected', /gateway’s credential.*operator/],
    [403, 'backend_rejected', /gateway’s credential.*operator/],
    [404, 'backend_rejected', /Check the identifiers/],
    [409, 'backend_rejected', /read it again/],
    [422, 'backend_rejected', /Correct the arguments/],
    [429, 'backend_rejected', /rate of calls\. Try again later\./],
    [500, 'backend_error', /^Try again later\.$/],
    [503, 'backend_error', /^Try again later\.$/],
  ])('%i is the error %s with a next step', (status, kind, next_step) => {
    expect(shape({ status })).toEqual({
      content: [{ type: 'text', text: expect.stringMatching(/^The backend answered \d+\.\n.+$/) }],
      structured_content: {
        kind,
        status,
        message: `The backend answered ${status}.`,
        next_step: expect.stringMatching(next_step),
      },
      is_error: true,
      kind,
    });
  });

  it.each([
    [
      'application/problem+json',
      '{"type":"about:blank","title":"Out of credit","detail":"Balance is 30."}',
      'Out of credit: Balance is 30.',
    ],
    ['application/json', '{"error":{"code":7,"message":"No such dealer"}}', 'No such dealer'],
    ['application/json', '{"error":"invalid_grant","error_description":"expired"}', 'invalid_grant: expired'],
    ['application/json', '{"message":"Bad","errors":[{"field":"a"}]}', 'Bad [{"field":"a"}]'],
    ['application/json', '{"detail":[{"loc":["a"],"msg":"missing"}]}', '{"detail":[{"loc":["a"],"msg":"missing"}]}'],
    ['application/json', '{ "code": 5 }', '{"code":5}'],
    ['application/json', '"nope"', 'nope'],
    ['application/json', '[ "nope" ]', '["nope"]'],
    ['application/json', 'not json', 'not json'],
    ['text/plain', ' quota\u0007 exceeded\r\n', 'quota  exceeded'],
    ['application/xml', '<fault>x</fault>', '<fault>x</fault>'],
  ])('tells what the backend said as %s: %s', (type, body, said) => {
    const { structured_content } = shape({ status: 400, type, body });
    expect(structured_content).toMatchObject({ message: `The backend answered 400: ${said}` });
  });

  it.each(['text/html', 'application/pdf', 'image/png', ''])('leaves out a body of type "%s"', (type) => {
    const { structured_content } = shape({ status: 502, type, body: '<html>secret stack</html>' });
    expect(structured_content).toMatchObject({ message: 'The backend answered 502.' });
  });

  it('bounds what the backend said to 2,000 characters', () => {
    const body = JSON.stringify({ title: 'x'.repeat(50_000), errors: ['y'.repeat(50_000)] });
    const { structured_content } = shape({ status: 400, type: 'application/json', body });
    const { message } = structured_content as { message: string };
    expect(message).toHaveLength('The backend answered 400: '.length + 2_000);
    expect(message.endsWith('x…')).toBe(true);
  });

  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT', date: 'Sat, 21 Nov 2026 12:00:00 GMT' }, 30],
    [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT', date: 'Sat, 21 Nov 2026 12:00:00 GMT' }, 0],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
  ])('reads when to try again from %j', (headers, seconds) => {
    const content = shape({ status: 429, headers }).structured_content as { retry_after_s?: number; next_step: string };
    expect(content.retry_after_s).toBe(seconds);
    expect(content.next_step).toContain(seconds === undefined ? 'later' : `in ${seconds} seconds`);
  });

  it('warns that a failed write may have taken effect', () => {
    expect(shape({ status: 500, risk: 'write' }).structured_content).toMatchObject({
      next_step: 'Try again later. The call may have taken effect: check before repeating it.',
    });
  });
});

describe('a call without an answer', () => {
  const kinds: SendFailureKind[] = [
    'invalid_arguments',
    'tool_misconfigured',
    'credential_unavailable',
    'backend_forbidden_address',
    'backend_unreachable',
    'backend_timeout',
    'cancelled',
    'backend_redirect',
    'backend_reply_too_large',
    'backend_reply_unreadable',
  ];
  const fail = (kind: SendFailureKind, sent: boolean, risk_level: RiskLevel) =>
    shapeReply({ ok: false, kind, message: 'It failed.', sent }, { risk_level }, { correlationId: 'call-1' });

  it.each(kinds)('is the error %s with a next step', (kind) => {
    const reply = fail(kind, false, 'read');
    expect(reply).toEqual({
      content: [{ type: 'text', text: expect.stringMatching(/^It failed\.\n.+\.$/) }],
      structured_content: { kind, message: 'It failed.', next_step: expect.stringMatching(/\w.*\.$/) },
      is_error: true,
      kind,
    });
  });

  it.each<[boolean, RiskLevel, boolean]>([
    [true, 'write', true],
    [true, 'privileged', true],
    [true, 'read', false],
    [false, 'write', false],
  ])('that was sent (%s) by a %s tool says that it may have taken effect: %s', (sent, risk, warned) => {
    const { structured_content } = fail('backend_timeout', sent, risk);
    expect(JSON.stringify(structured_content).includes('may have taken effect')).toBe(warned);
  });
});
