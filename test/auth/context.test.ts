import { describe, expect, test } from 'vitest';
import { fromAuthorizerContext, toAuthorizerContext } from '../../functions/auth/context.ts';
import type { Principal } from '../../functions/auth/principal.ts';

const ada: Principal = {
  kind: 'token',
  subject: 'ada "the first" ✓',
  issuer: 'https://idp.example.com',
  client_id: 'claude',
  roles: ['viewer', 'operator'],
  groups: ['sales'],
  scopes: ['mcp'],
};

const bytes = (context: Record<string, string>) => Buffer.byteLength(JSON.stringify(context));

describe('a principal in the authorizer context', () => {
  test.each<[string, Principal]>([
    ['of a token', ada],
    ['of a key', { ...ada, kind: 'key', issuer: 'gatehouse', scopes: ['admin:read'] }],
    ['without a client', { kind: 'token', subject: 'a', issuer: 'i', roles: [], groups: [], scopes: [] }],
  ])('comes back as it went: %s', (_what, principal) => {
    expect(fromAuthorizerContext(toAuthorizerContext(principal))).toEqual(principal);
  });

  test('comes back among what API Gateway adds', () => {
    const context = { ...toAuthorizerContext(ada), principalId: 'ada', integrationLatency: 12 };
    expect(fromAuthorizerContext(context)).toEqual(ada);
  });

  test('has strings only', () => {
    for (const value of Object.values(toAuthorizerContext(ada))) expect(value).toBeTypeOf('string');
  });

  test.each([
    ['ids of groups', (index: number) => `0f8fad5b-d9cb-469f-a165-${String(index).padStart(12, '0')}`],
    ['long names', (index: number) => `${index}${'x'.repeat(250)}`],
    ['names that grow when escaped', (index: number) => `${index}${'"'.repeat(200)}`],
    ['names in other alphabets', (index: number) => `${index}${'界'.repeat(200)}`],
  ])('stays below 8 KB with hundreds of %s, and keeps roles rather than groups', (_what, name) => {
    const groups = Array.from({ length: 200 }, (_, index) => name(index));
    const context = toAuthorizerContext({ ...ada, groups });
    expect(bytes(context)).toBeLessThan(7 * 1024);
    const back = fromAuthorizerContext(context);
    expect(back).toMatchObject({ subject: ada.subject, roles: ada.roles, scopes: ada.scopes });
    expect(back?.groups).toEqual(groups.slice(0, back?.groups.length));
    expect(back?.groups.length).toBeGreaterThan(3);
    expect(back?.groups.length).toBeLessThan(200);
  });

  test.each<[string, Record<string, unknown>]>([
    ['absent', {}],
    ['no string', { principal: ada }],
    ['no JSON', { principal: '{"kind":"token"' }],
    ['no principal', { principal: '{"kind":"root","subject":"ada"}' }],
    ['null', { principal: 'null' }],
  ])('is none when it is %s', (_what, context) => {
    expect(fromAuthorizerContext(context)).toBeUndefined();
  });
});
