import { describe, expect, test } from 'vitest';
import { issueKey, verifyKey } from '../../functions/auth/api-key.ts';
import { authorize, type Verifiers } from '../../functions/auth/authorize-request.ts';
import { verifyBearer } from '../../functions/auth/bearer.ts';
import { fromAuthorizerContext } from '../../functions/auth/context.ts';
import { keySet } from '../../functions/auth/key-set.ts';
import { parseAuthorizerEvent } from '../../functions/http/authorizer-event.ts';
import { admits, authorizerEvent } from './authorizer-events.ts';
import { jwks, now, nowSeconds, settings, token } from './identity-provider.ts';

const clock = () => now;
const pepper = 'a pepper of the deployment';
const { key, record } = issueKey({ name: 'ci', scopes: ['admin:read'] }, pepper, clock);
const keys = keySet(settings.jwks_uri, { get: async () => jwks, clock });
const verifiers: Verifiers = {
  verifyToken: (presented) => verifyBearer(presented, [{ settings, keys }], clock),
  verifyKey: (presented) =>
    verifyKey(presented, { find: async (id) => (id === record.id ? record : undefined) }, pepper, clock),
};

const bearer = `Bearer ${token({ roles: ['operator'] })}`;
const ask = (route: string, headers: Record<string, string | string[]> = {}, using = verifiers) =>
  authorize(parseAuthorizerEvent(authorizerEvent(route, headers)), using);

async function admission(route: string, headers: Record<string, string>) {
  const verdict = await ask(route, headers);
  if (!verdict.ok) throw new Error(`refused: ${verdict.reason}`);
  return verdict.admission;
}

const tokenRoutes = [
  'POST /mcp',
  'GET /mcp',
  'DELETE /mcp',
  'GET /api/mcp/tools',
  'GET /bugs',
  'GET /bugs/42',
  'POST /bugs/42/close',
];
const keyRoutes = [
  'GET /admin/tools',
  'GET /admin/tools/mcp',
  'GET /admin/tools/bugs',
  'POST /admin/specs',
  'PUT /admin/backends/dealer-service',
  'PATCH /admin/tools/create_booking',
  'DELETE /admin/specs/dealer-service-v1.yaml',
];

describe('an admission', () => {
  test.each(tokenRoutes)('for a token at %s covers every route of tokens and none of keys', async (route) => {
    const { policyDocument } = await admission(route, { Authorization: bearer });
    expect(tokenRoutes.filter((each) => !admits(policyDocument, each))).toEqual([]);
    expect([...keyRoutes, 'GET /admin/api/mcp/tools'].filter((each) => admits(policyDocument, each))).toEqual([]);
  });

  test.each(keyRoutes)('for a key at %s covers every route of keys and none of tokens', async (route) => {
    const { policyDocument } = await admission(route, { 'x-api-key': key });
    expect(keyRoutes.filter((each) => !admits(policyDocument, each))).toEqual([]);
    const others = [...tokenRoutes, 'GET /api/mcp/admin/tools', 'GET /bugs/admin/x', 'GET /adminx'];
    expect(others.filter((each) => admits(policyDocument, each))).toEqual([]);
  });

  test('carries the caller to the function', async () => {
    const byToken = await admission('POST /mcp', { Authorization: bearer });
    expect(byToken.principalId).toBe('ada');
    expect(fromAuthorizerContext(byToken.context)).toMatchObject({
      kind: 'token',
      subject: 'ada',
      roles: ['operator'],
    });
    const byKey = await admission('GET /admin/tools', { 'x-api-key': key });
    expect(byKey.principalId).toBe(`key:${record.id}`);
    expect(fromAuthorizerContext(byKey.context)).toMatchObject({ kind: 'key', subject: 'ci', scopes: ['admin:read'] });
  });

  test('names the key under which API Gateway counts the request, by the credential', async () => {
    const usageKeys = { token: 'counts-the-clients-of-this', key: 'counts-the-administrators' };
    const counted = async (route: string, headers: Record<string, string>) =>
      authorize(parseAuthorizerEvent(authorizerEvent(route, headers)), verifiers, usageKeys);
    expect(await counted('POST /mcp', { Authorization: bearer })).toMatchObject({
      admission: { usageIdentifierKey: usageKeys.token },
    });
    expect(await counted('GET /admin/tools', { 'x-api-key': key })).toMatchObject({
      admission: { usageIdentifierKey: usageKeys.key },
    });
  });

  test('names none where nothing is counted', async () => {
    expect(await admission('POST /mcp', { Authorization: bearer })).not.toHaveProperty('usageIdentifierKey');
  });

  test('stays below 8 KB for a caller with hundreds of groups', async () => {
    const groups = Array.from(
      { length: 200 },
      (_, index) => `0f8fad5b-d9cb-469f-a165-${String(index).padStart(12, '0')}`,
    );
    const answer = await admission('POST /mcp', { Authorization: `Bearer ${token({ groups })}` });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(8 * 1024);
  });

  test('is given whatever the case of the header and of the scheme', async () => {
    for (const headers of [{ authorization: bearer }, { AUTHORIZATION: bearer.replace('Bearer', 'bEARER  ') }]) {
      expect(await ask('POST /mcp', headers)).toMatchObject({ ok: true });
    }
    expect(await ask('GET /admin/tools', { 'X-Api-Key': key })).toMatchObject({ ok: true });
  });

  test('is given where both credentials are sent, for the one that the route asks for', async () => {
    const both = { Authorization: bearer, 'x-api-key': key };
    expect(fromAuthorizerContext((await admission('POST /mcp', both)).context)).toMatchObject({ kind: 'token' });
    expect(fromAuthorizerContext((await admission('GET /admin/tools', both)).context)).toMatchObject({ kind: 'key' });
  });

  test('is given to an event without multiValueHeaders', async () => {
    const event = { ...authorizerEvent('POST /mcp', { Authorization: bearer }), multiValueHeaders: null };
    expect(await authorize(parseAuthorizerEvent(event), verifiers)).toMatchObject({ ok: true });
  });
});

describe('a request is refused', () => {
  const expired = `Bearer ${token({ exp: nowSeconds - 61 })}`;
  test.each<[string, string, Record<string, string | string[]>, string]>([
    ['without a token', 'POST /mcp', {}, 'credential_missing'],
    ['with an empty token', 'POST /mcp', { Authorization: '' }, 'credential_missing'],
    ['with an expired token', 'POST /mcp', { Authorization: expired }, 'expired'],
    ['with a key instead of a token', 'POST /mcp', { 'x-api-key': key }, 'credential_missing'],
    ['with a key as the token', 'POST /mcp', { Authorization: `Bearer ${key}` }, 'token_malformed'],
    ['with basic authentication', 'POST /mcp', { Authorization: 'Basic YTpi' }, 'scheme_wrong'],
    ['with a token but no scheme', 'POST /mcp', { Authorization: bearer.slice(7) }, 'scheme_wrong'],
    ['with two tokens in one header', 'POST /mcp', { Authorization: `${bearer}, ${bearer}` }, 'scheme_wrong'],
    ['with two tokens in two headers', 'POST /mcp', { Authorization: [bearer, bearer] }, 'credential_repeated'],
    [
      'with two spellings of the header',
      'POST /mcp',
      { Authorization: bearer, authorization: bearer },
      'credential_repeated',
    ],
    ['without a key', 'GET /admin/tools', {}, 'credential_missing'],
    ['with a token instead of a key', 'GET /admin/tools', { Authorization: bearer }, 'credential_missing'],
    ['with a key as a bearer token', 'GET /admin/tools', { Authorization: `Bearer ${key}` }, 'credential_missing'],
    ['with a token as the key', 'GET /admin/tools', { 'x-api-key': token() }, 'key_malformed'],
    ['with two keys', 'GET /admin/tools', { 'x-api-key': [key, key] }, 'credential_repeated'],
    [
      'with a wrong key but a good token',
      'GET /admin/tools',
      { 'x-api-key': 'gh_x', Authorization: bearer },
      'key_malformed',
    ],
    ['with a good key but an expired token', 'GET /bugs', { 'x-api-key': key, Authorization: expired }, 'expired'],
    ['with a token at the root of admin', 'GET /admin', { Authorization: bearer }, 'credential_missing'],
  ])('%s', async (_what, route, headers, reason) => {
    expect(await ask(route, headers)).toEqual({ ok: false, reason });
  });

  test('with two tokens where only multiValueHeaders tells', async () => {
    const event = authorizerEvent('POST /mcp', { Authorization: ['Bearer a.b.c', bearer] });
    expect(event.headers).toEqual({ Authorization: bearer });
    expect(await authorize(parseAuthorizerEvent(event), verifiers)).toEqual({
      ok: false,
      reason: 'credential_repeated',
    });
  });

  test('with two spellings and no multiValueHeaders', async () => {
    const event = {
      ...authorizerEvent('POST /mcp', { Authorization: bearer, authorization: bearer }),
      multiValueHeaders: null,
    };
    expect(await authorize(parseAuthorizerEvent(event), verifiers)).toEqual({
      ok: false,
      reason: 'credential_repeated',
    });
  });
});

describe('a request is not decided about', () => {
  test('when a verifier fails', async () => {
    const failing: Verifiers = {
      verifyToken: () => Promise.reject(new Error('broken')),
      verifyKey: () => Promise.reject(new Error('throttled')),
    };
    await expect(ask('GET /admin/tools', { 'x-api-key': key }, failing)).rejects.toThrow('throttled');
    await expect(ask('POST /mcp', { Authorization: bearer }, failing)).rejects.toThrow('broken');
  });

  test.each([
    ['another service', { methodArn: 'arn:aws:s3:::bucket' }],
    ['nothing', {}],
    ['no object', 'event'],
    ['wrong headers', { ...authorizerEvent('POST /mcp'), headers: 'Authorization: Bearer x' }],
  ])('when the event is of %s', (_what, event) => {
    expect(() => parseAuthorizerEvent(event)).toThrow('The function was not invoked as a REQUEST authorizer');
  });
});
