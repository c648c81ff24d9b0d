import { describe, expect, it } from 'vitest';
import { toPlainRequest } from '../../functions/http/event.ts';

const event = {
  httpMethod: 'post',
  path: '/mcp',
  headers: { Host: 'gateway.example', Accept: 'a' },
  multiValueHeaders: { Host: ['gateway.example'], Accept: ['a', 'b'] },
  queryStringParameters: null,
  pathParameters: { tool: 'get_dealers' },
  body: '{"é":1}',
  isBase64Encoded: false,
  requestContext: { requestId: 'req-9', authorizer: null },
};

describe('toPlainRequest', () => {
  it('gives lower-case headers, with repeated ones joined', () => {
    const request = toPlainRequest(event, 5_000);
    expect(request).toMatchObject({
      method: 'POST',
      path: '/mcp',
      headers: { host: 'gateway.example', accept: 'a, b' },
      parameters: { tool: 'get_dealers' },
      body: '{"é":1}',
      requestId: 'req-9',
    });
    expect(request.principal).toBeUndefined();
    expect(request.deadline - Date.now()).toBeGreaterThan(4_000);
  });

  it.each([
    ['headers', { multiValueHeaders: null }, { host: 'gateway.example', accept: 'a' }],
    ['multiValueHeaders', { headers: null }, { host: 'gateway.example', accept: 'a, b' }],
  ])('is content with %s alone', (_, parts, headers) => {
    expect(toPlainRequest({ ...event, ...parts }, 1).headers).toEqual(headers);
  });

  it('decodes a base64 body', () => {
    const body = Buffer.from('{"é":1}').toString('base64');
    expect(toPlainRequest({ ...event, body, isBase64Encoded: true }, 1).body).toBe('{"é":1}');
  });

  it.each([
    ['bytes that are not UTF-8', { body: Buffer.from([0x7b, 0xff, 0x7d]).toString('base64'), isBase64Encoded: true }],
    ['a lone surrogate', { body: '{"a":"\ud800"}' }],
  ])('refuses %s', (_, part) => {
    expect(() => toPlainRequest({ ...event, ...part }, 1)).toThrow(
      expect.objectContaining({ code: 'bad_request', field: 'body' }),
    );
  });

  it('keeps bytes for a route that takes them, and only those that came as bytes', () => {
    const body = Buffer.from([0x1f, 0x8b, 0xff]).toString('base64');
    const bytes = toPlainRequest({ ...event, body, isBase64Encoded: true }, 1, true);
    expect([bytes.body, [...(bytes.bytes ?? [])]]).toEqual(['', [0x1f, 0x8b, 0xff]]);
    const text = toPlainRequest(event, 1, true);
    expect([text.body, text.bytes]).toEqual(['{"é":1}', undefined]);
  });

  it('refuses an event that API Gateway did not send', () => {
    expect(() => toPlainRequest({ Records: [] }, 1)).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});

describe('an event that is none', () => {
  it.each([
    ['a record of a queue', { Records: [] }],
    ['nothing', undefined],
    ['no request id', { ...event, requestContext: {} }],
    ['a header that is no text', { ...event, headers: { host: 7 } }],
    ['a list of headers that is none', { ...event, multiValueHeaders: { host: 'x' } }],
    ['a body that is no text', { ...event, body: {} }],
    ['an authorizer that is no object', { ...event, requestContext: { requestId: 'r', authorizer: 'me' } }],
  ])('%s', (_, value) => {
    expect(() => toPlainRequest(value, 1)).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
