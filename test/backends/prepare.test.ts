import { describe, expect, it } from 'vitest';
import { prepareCall } from '../../functions/backends/prepare.ts';
import { backendWith, bindingWith, parameterWith } from './builders.ts';

describe('prepareCall', () => {
  it('puts each argument where its binding says and leaves out what was not given', () => {
    const binding = bindingWith({
      api_endpoint: '/v1/dealers/{dealer_id}/bookings',
      http_method: 'POST',
      parameters: [
        parameterWith({ in: 'path', name: 'dealer_id' }),
        parameterWith({ in: 'query', name: 'dry-run', argument: 'dry_run' }),
        parameterWith({ in: 'query', name: 'page' }),
        parameterWith({ in: 'header', name: 'If-Match', argument: 'header_if_match' }),
        parameterWith({ in: 'cookie', name: 'shard' }),
      ],
      body: { content_type: 'application/json', required: true, properties: { note: 'Note' } },
    });
    const args = { dealer_id: 'd 1', dry_run: true, header_if_match: '"7"', shard: 'eu', note: 'hi', unknown: 'x' };
    expect(prepareCall(binding, backendWith({ base_url: 'https://api.example.com/base/' }), args)).toEqual({
      method: 'POST',
      url: 'https://api.example.com/base/v1/dealers/d%201/bookings?dry-run=true',
      headers: { 'if-match': '"7"', cookie: 'shard=eu', 'content-type': 'application/json' },
      body: '{"Note":"hi"}',
    });
  });

  it('sends the constants of the binding and the fixed headers of the backend', () => {
    const binding = bindingWith({
      constants: [
        { in: 'query', name: 'api-version', value: '2026 01' },
        { in: 'header', name: 'X-Channel', value: 'mcp' },
        { in: 'cookie', name: 'v', value: '1' },
        { in: 'path', name: 'version', value: 'v 1' },
      ],
      api_endpoint: '/{version}/pets',
    });
    const call = prepareCall(binding, backendWith({ headers: { 'X-Tenant': 'acme' } }), {});
    expect(call.url).toBe('https://api.example.com/v%201/pets?api-version=2026%2001');
    expect(call.headers).toEqual({ 'x-channel': 'mcp', 'x-tenant': 'acme', cookie: 'v=1' });
    expect(call).not.toHaveProperty('body');
  });

  it('gives a fixed header of the backend precedence over an argument of that name', () => {
    const binding = bindingWith({ parameters: [parameterWith({ in: 'header', name: 'x-tenant' })] });
    const call = prepareCall(binding, backendWith({ headers: { 'X-Tenant': 'acme' } }), { 'x-tenant': 'other' });
    expect(call.headers).toEqual({ 'x-tenant': 'acme' });
  });

  it.each([
    'Authorization',
    'Cookie',
    'HOST',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'X-Upstream-Url',
    'X-Correlation-ID',
    'X-MCP-Risk-Level',
    'Accept',
    'Content-Type',
    'User-Agent',
  ])('never sends an argument or a constant as %s', (name) => {
    const binding = bindingWith({
      parameters: [parameterWith({ in: 'header', name, argument: 'value' })],
      constants: [{ in: 'header', name, value: 'constant' }],
    });
    expect(prepareCall(binding, backendWith(), { value: 'x' }).headers).toEqual({});
  });

  it('finds no argument on the prototype of the arguments', () => {
    const binding = bindingWith({ parameters: [parameterWith({ in: 'query', name: 'constructor' })] });
    expect(prepareCall(binding, backendWith(), {}).url).toBe('https://api.example.com/pets');
  });

  it.each([
    ['/pets?kind=cat', 'https://api.example.com/pets?kind=cat&page=2'],
    ['/pets#second-operation', 'https://api.example.com/pets?page=2'],
    ['/a b/[c]', 'https://api.example.com/a%20b/%5Bc%5D?page=2'],
    ['/pets/', 'https://api.example.com/pets/?page=2'],
    ['pets', 'https://api.example.com/pets?page=2'],
    ['/', 'https://api.example.com/?page=2'],
  ])('reads the path %s of a document as %s', (api_endpoint, url) => {
    const binding = bindingWith({ api_endpoint, parameters: [parameterWith({ in: 'query', name: 'page' })] });
    expect(prepareCall(binding, backendWith(), { page: 2 }).url).toBe(url);
  });

  it.each([
    ['nothing fills an expression', bindingWith({ api_endpoint: '/pets/{id}' })],
    ['the path climbs out of the base URL', bindingWith({ api_endpoint: '/../admin' })],
    ['the path climbs out in disguise', bindingWith({ api_endpoint: '/%2e%2e/admin' })],
    ['the method opens a tunnel', bindingWith({ http_method: 'CONNECT' })],
    ['the method has the credential repeated', bindingWith({ http_method: 'TRACE' })],
  ])('refuses a binding in which %s', (_what, binding) => {
    expect(() => prepareCall(binding, backendWith({ base_url: 'https://api.example.com/v1' }), {})).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});

describe('a path argument', () => {
  const path = (template: string, args: Record<string, unknown>) => {
    const parameters = Object.keys(args).map((name) => parameterWith({ in: 'path', name }));
    return prepareCall(bindingWith({ api_endpoint: template, parameters }), backendWith(), args).url;
  };

  it.each([
    ['empty', '/pets/{id}', { id: '' }],
    ['null', '/pets/{id}', { id: null }],
    ['an empty array', '/pets/{id}', { id: [] }],
    ['a dot', '/pets/{id}', { id: '.' }],
    ['two dots', '/pets/{id}', { id: '..' }],
    ['two dots as one item', '/pets/{id}', { id: ['..'] }],
    ['a dot beside a dot of the template', '/pets/{id}./x', { id: '.' }],
    ['a dot beside a dot of another argument', '/pets/{id}{ext}', { id: '.', ext: '.' }],
    ['empty beside text of the template', '/pets/{id}.json', { id: '' }],
  ])('is refused when it is %s', (_what, template, args) => {
    expect(() => path(template, args)).toThrow(expect.objectContaining({ code: 'invalid', field: 'id' }));
  });

  it.each([
    ['../../admin', '..%2F..%2Fadmin'],
    ['%2e%2e', '%252e%252e'],
    ['..\\admin', '..%5Cadmin'],
    ['x?y#z', 'x%3Fy%23z'],
    ['@evil.example', '%40evil.example'],
    ['a;b=c', 'a%3Bb%3Dc'],
    ['...', '...'],
  ])('of the value %s stays one segment', (id, text) => {
    expect(path('/pets/{id}/toys', { id })).toBe(`https://api.example.com/pets/${text}/toys`);
  });

  it('may share a segment with others', () => {
    expect(path('/{from}...{to}.diff', { from: 'main', to: 'a/b' })).toBe('https://api.example.com/main...a%2Fb.diff');
  });
});
