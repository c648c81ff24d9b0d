import { describe, expect, it } from 'vitest';
import { checkBackend, type EgressRules } from '../../functions/backends/check-backend.ts';
import type { Backend } from '../../functions/catalogue/types.ts';
import { backendWith } from './builders.ts';

const check = (settings: Partial<Backend>, rules: Partial<EgressRules> = {}) =>
  checkBackend(backendWith(settings), { allowLocal: false, ...rules });

const refusal = (field: string) => expect.objectContaining({ code: 'invalid', field });

describe('checkBackend', () => {
  it.each([
    ['https://api.example.com', undefined],
    ['https://api.example.com:8443/v1/', undefined],
    ['https://api.example.com/v1', ['api.example.com']],
    ['https://API.example.com/v1', ['Api.Example.Com']],
    ['https://eu.api.example.com', ['other.example', '*.example.com']],
    ['https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/', undefined],
  ])('admits %s under the hosts %j', (base_url, hosts) => {
    expect(() => check({ base_url }, { hosts })).not.toThrow();
  });

  it.each([
    ['plain HTTP', 'http://api.example.com', undefined],
    ['another scheme', 'ftp://api.example.com', undefined],
    ['no URL', 'api.example.com', undefined],
    ['a space', 'https://api.example.com/a b', undefined],
    ['a backslash', 'https://api.example.com\\@evil.example', undefined],
    ['a user', 'https://user@api.example.com', undefined],
    ['an empty user', 'https://@api.example.com', undefined],
    ['a password', 'https://:x@api.example.com', undefined],
    ['a query', 'https://api.example.com/v1?x=1', undefined],
    ['an empty query', 'https://api.example.com/v1?', undefined],
    ['a fragment', 'https://api.example.com/v1#x', undefined],
    ['a server variable', 'https://api.example.com/{version}', undefined],
    ['a server variable as host', 'https://{region}.example.com', undefined],
    ['an encoded server variable', 'https://api.example.com/%7Bversion%7D', undefined],
    ['a private address', 'https://10.0.0.1', undefined],
    ['a private address in decimal', 'https://167772161', undefined],
    ['a loopback address', 'https://[::1]:8443', undefined],
    ['a host that is not listed', 'https://evil.example', ['api.example.com']],
    ['a host that only ends like a listed one', 'https://evilexample.com', ['*.example.com']],
    ['the parent of a wildcard', 'https://example.com', ['*.example.com']],
    ['any host when none is listed', 'https://api.example.com', []],
  ])('refuses a base URL with %s: %s', (_what, base_url, hosts) => {
    expect(() => check({ base_url }, { hosts })).toThrow(refusal('base_url'));
  });

  it('admits plain HTTP and loopback where backends may be local', () => {
    expect(() => check({ base_url: 'http://127.0.0.1:9001/v1' }, { allowLocal: true })).not.toThrow();
    expect(() => check({ base_url: 'http://[::1]:9001' }, { allowLocal: true })).not.toThrow();
    expect(() => check({ base_url: 'http://169.254.169.254' }, { allowLocal: true })).toThrow(refusal('base_url'));
  });

  it.each([
    'Authorization',
    'cookie',
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'connection',
    'Upgrade',
    'Proxy-Authorization',
    'X-Upstream-Target',
    'X-Correlation-Id',
    'X-MCP-Tool-Name',
  ])('refuses %s as a fixed header', (name) => {
    expect(() => check({ headers: { [name]: 'x' } })).toThrow(refusal(`headers.${name}`));
  });

  it('admits other fixed headers', () => {
    expect(() => check({ headers: { 'X-Tenant': 'acme', Accept: 'application/vnd.acme+json' } })).not.toThrow();
  });

  it.each(['Host', 'x-mcp-risk-level', 'Cookie'])('refuses %s as the header of an API key', (name) => {
    const auth = { mode: 'apiKey', credential: 'key', in: 'header', name } as const;
    expect(() => check({ auth })).toThrow(refusal('auth.name'));
  });

  it('admits Authorization as the header of an API key', () => {
    expect(() =>
      check({ auth: { mode: 'apiKey', credential: 'key', in: 'header', name: 'Authorization' } }),
    ).not.toThrow();
  });
});
