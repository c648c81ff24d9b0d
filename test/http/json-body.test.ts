import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { parseJsonBody, readJson } from '../../functions/http/json-body.ts';
import { plainRequest } from './plain-request.ts';

function fault(text: string): GatewayError {
  try {
    parseJsonBody(text);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error(`accepted ${text.slice(0, 80)}`);
}

describe('parseJsonBody', () => {
  it.each([
    ['an empty body', '', /empty/],
    ['text that is not JSON', '{"a":', /not valid JSON/],
    ['nesting deeper than 64', '['.repeat(65) + ']'.repeat(65), /nested deeper than 64/],
    ['ten thousand nested arrays', '['.repeat(10_000), /nested deeper/],
    ['a __proto__ member', '{"params":{"arguments":{"__proto__":{"admin":true}}}}', /__proto__/],
    ['an escaped __proto__ member', '{"\\u005f_proto__":1}', /__proto__/],
    ['two methods', '{"method":"tools/list","method":"tools/call"}', /repeats the member "method"/],
    ['two methods, one escaped', '{"method":"tools/list","\\u006dethod":"tools/call"}', /repeats the member "method"/],
    ['two ids', '{"id":1,"id":2}', /"id"/],
    ['two params', '{"params":{},"params":{}}', /"params"/],
    ['two tool names', '{"params":{"name":"a","x":{"name":"z"},"name":"b"}}', /"params.name"/],
    ['two methods in a batch element', '[{"method":"a"},{"method":"b","method":"c"}]', /"method"/],
  ])('refuses %s', (_, text, message) => {
    const error = fault(text);
    expect(error.code).toBe('bad_request');
    expect(error.message).toMatch(message);
  });

  it.each([
    ['64 levels', `${'['.repeat(64)}1${']'.repeat(64)}`],
    ['a repeated member that decides nothing', '{"params":{"arguments":{"id":1,"id":2}}}'],
    ['names in two elements of a batch', '[{"id":1,"method":"a"},{"id":2,"method":"a"}]'],
    ['braces and quotes inside strings', '{"a":"}{\\"][:","b":"\\\\"}'],
    ['a string value that looks like a name', '{"a":"__proto__"}'],
    ['an argument called constructor', '{"params":{"arguments":{"constructor":"x"}}}'],
  ])('accepts %s', (_, text) => {
    expect(parseJsonBody(text)).toEqual(JSON.parse(text));
  });
});

describe('readJson', () => {
  it.each([
    ['text/plain', 'unsupported_media_type'],
    ['', 'unsupported_media_type'],
    ['application/jsonp', 'unsupported_media_type'],
  ])('refuses Content-Type "%s"', (type, code) => {
    const request = plainRequest({ headers: { 'content-type': type }, body: '{}' });
    expect(() => readJson(request, 100)).toThrow(expect.objectContaining({ code }));
  });

  it('counts bytes, not characters', () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const body = JSON.stringify('é'.repeat(40));
    expect(readJson(plainRequest({ headers, body }), 82)).toBe('é'.repeat(40));
    expect(() => readJson(plainRequest({ headers, body }), 81)).toThrow(expect.objectContaining({ code: 'too_large' }));
  });
});
