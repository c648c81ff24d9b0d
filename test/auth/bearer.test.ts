import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyBearer } from '../../functions/auth/bearer.ts';
import { type KeySet, keySet } from '../../functions/auth/key-set.ts';
import type { Issuer } from '../../functions/gateway/config.ts';
import {
  claims,
  encode,
  hmac,
  jwks,
  now,
  nowSeconds,
  publicJwk,
  publicKey,
  settings,
  signed,
  token,
  write,
} from './identity-provider.ts';

const clock = () => now;

function keysOf(document: unknown): KeySet {
  return keySet(settings.jwks_uri, { get: async () => document, clock });
}

function verify(presented: string, changes: Partial<Issuer> = {}, document: unknown = jwks) {
  return verifyBearer(presented, [{ settings: { ...settings, ...changes }, keys: keysOf(document) }], clock);
}

const attacker = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const attackerJwk = attacker.publicKey.export({ format: 'jwk' });
const rsaPem = publicKey('RS256').export({ format: 'pem', type: 'spki' });
const rsaDer = publicKey('RS256').export({ format: 'der', type: 'spki' });
const good = token();
const [goodHeader, goodPayload, goodSignature] = good.split('.') as [string, string, string];
const flipped = goodSignature.startsWith('A') ? `B${goodSignature.slice(1)}` : `A${goodSignature.slice(1)}`;

describe('refuses', () => {
  test.each<[string, string, string]>([
    // Unsigned, or signed with what everyone knows (RFC 8725 sections 2.1 and 3.1).
    ['alg none without signature', `${encode({ alg: 'none' })}.${goodPayload}.`, 'algorithm_refused'],
    ['alg none with a signature', `${encode({ alg: 'none' })}.${goodPayload}.${goodSignature}`, 'algorithm_refused'],
    ['alg None in other letters', `${encode({ alg: 'nOnE' })}.${goodPayload}.`, 'algorithm_refused'],
    ['an empty signature', `${goodHeader}.${goodPayload}.`, 'signature_invalid'],
    ['HS256 over the PEM', write({ alg: 'HS256', kid: 'RS256' }, claims(), hmac(rsaPem)), 'algorithm_refused'],
    ['HS256 over the DER', write({ alg: 'HS256', kid: 'RS256' }, claims(), hmac(rsaDer)), 'algorithm_refused'],
    [
      'HS256 over the JWK',
      write({ alg: 'HS256', kid: 'RS256' }, claims(), hmac(JSON.stringify(publicJwk('RS256')))),
      'algorithm_refused',
    ],
    ['HS256 over nothing', write({ alg: 'HS256' }, claims(), hmac('')), 'algorithm_refused'],
    ['an algorithm that is not listed', write({ alg: 'RS512' }, claims(), signed('RS256')), 'algorithm_refused'],
    ['an algorithm in small letters', token({}, { alg: 'es256' }), 'algorithm_refused'],
    // The key must be the issuer's, and fit.
    ['an unknown kid', token({}, { kid: 'other' }), 'key_unknown'],
    ['a kid that is a path', token({}, { kid: '../../../../dev/null' }), 'key_unknown'],
    ['a kid that is a query', token({}, { kid: "x' UNION SELECT 'secret" }), 'key_unknown'],
    ['a kid that is no string', token({}, { kid: { $ne: null } }), 'token_malformed'],
    ['a kid of another algorithm', token({}, { kid: 'RS256' }), 'key_unknown'],
    [
      'RS256 signed, ES256 claimed',
      write({ alg: 'ES256', kid: 'ES256' }, claims(), signed('RS256')),
      'signature_invalid',
    ],
    [
      "a stranger's key",
      write({ alg: 'ES256', kid: 'ES256' }, claims(), signed('ES256', attacker.privateKey)),
      'signature_invalid',
    ],
    [
      'a stranger with the key in jwk',
      write({ alg: 'ES256', jwk: attackerJwk }, claims(), signed('ES256', attacker.privateKey)),
      'signature_invalid',
    ],
    [
      'a stranger with an address in jku and x5u',
      write(
        { alg: 'ES256', kid: 'evil', jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' },
        claims(),
        signed('ES256', attacker.privateKey),
      ),
      'key_unknown',
    ],
    ['a changed payload', `${goodHeader}.${encode(claims({ sub: 'root' }))}.${goodSignature}`, 'signature_invalid'],
    ['a changed signature', `${goodHeader}.${goodPayload}.${flipped}`, 'signature_invalid'],
    [
      'a changed header',
      `${encode({ alg: 'ES256', kid: 'ES256' })}.${goodPayload}.${goodSignature}`,
      'signature_invalid',
    ],
    // Header extensions.
    ['crit', token({}, { crit: ['exp'] }), 'critical_header'],
    ['an empty crit', token({}, { crit: [] }), 'critical_header'],
    ['crit of an unencoded payload', token({}, { crit: ['b64'], b64: false }), 'critical_header'],
    // Who issued it, and for whom.
    ['another issuer', token({ iss: 'https://evil.example' }), 'issuer_unknown'],
    ['the issuer with a slash', token({ iss: `${settings.issuer}/` }), 'issuer_unknown'],
    ['the issuer in other letters', token({ iss: 'https://IDP.example.com' }), 'issuer_unknown'],
    ['the issuer cut short', token({ iss: 'https://idp.example' }), 'issuer_unknown'],
    ['a list of issuers', token({ iss: [settings.issuer] }), 'token_malformed'],
    ['no issuer', token({ iss: undefined }), 'token_malformed'],
    ['another audience', token({ aud: 'https://other.example.com' }), 'audience_mismatch'],
    ['an audience that ours begins', token({ aud: 'https://mcp.example.com/mcp/admin' }), 'audience_mismatch'],
    ['audiences without ours', token({ aud: ['a', 'b'] }), 'audience_mismatch'],
    ['no audience', token({ aud: undefined }), 'audience_mismatch'],
    // When.
    ['expired beyond the leeway', token({ exp: nowSeconds - 60 }), 'expired'],
    ['no exp', token({ exp: undefined }), 'claim_missing'],
    ['exp as text', token({ exp: String(nowSeconds + 600) }), 'claim_invalid'],
    [
      'exp beyond all numbers',
      write({ alg: 'ES256', kid: 'ES256' }, withInfiniteExp(), signed('ES256')),
      'claim_invalid',
    ],
    ['nbf in the future', token({ nbf: nowSeconds + 61 }), 'not_yet_valid'],
    ['nbf as text', token({ nbf: 'now' }), 'claim_invalid'],
    ['iat in the future', token({ iat: nowSeconds + 61 }), 'not_yet_valid'],
    ['iat after exp', token({ iat: nowSeconds - 5, exp: nowSeconds - 10 }), 'claim_invalid'],
    // Whose.
    ['no sub', token({ sub: undefined }), 'claim_missing'],
    ['an empty sub', token({ sub: '' }), 'claim_missing'],
    ['a sub that is no string', token({ sub: 7 }), 'claim_invalid'],
    ['a sub with a line break', token({ sub: 'ada\r\nX-Role: root' }), 'claim_invalid'],
    ['an endless sub', token({ sub: 'a'.repeat(513) }), 'claim_invalid'],
    // What for.
    ['an ID token of Cognito', token({ token_use: 'id' }, { typ: undefined }), 'not_an_access_token'],
    ['an ID token of Keycloak', token({ typ: 'ID' }, { typ: 'JWT' }), 'not_an_access_token'],
    ['a refresh token of Keycloak', token({ typ: 'Refresh' }, { typ: 'JWT' }), 'not_an_access_token'],
    ['an ID token by its nonce', token({ nonce: 'n-0S6' }, { typ: 'JWT' }), 'not_an_access_token'],
    ['an ID token by its at_hash', token({ at_hash: 'x', scope: 'openid' }, { typ: 'JWT' }), 'not_an_access_token'],
    ['a logout token', token({ events: {} }, { typ: 'JWT' }), 'not_an_access_token'],
    ['a logout token by its type', token({}, { typ: 'logout+jwt' }), 'token_type'],
    ['an identity assertion grant', token({}, { typ: 'oauth-id-jag+jwt' }), 'token_type'],
    ['a DPoP proof', token({}, { typ: 'dpop+jwt' }), 'token_type'],
    ['a token bound to a key', token({ cnf: { jkt: 'abc' } }), 'sender_constrained'],
    // No token at all.
    ['nothing', '', 'token_malformed'],
    ['one word', 'token', 'token_malformed'],
    ['two parts', `${goodHeader}.${goodPayload}`, 'token_malformed'],
    ['four parts', `${good}.${goodSignature}`, 'token_malformed'],
    ['an encrypted token of five parts', `${good}.a.b`, 'token_malformed'],
    ['standard base64', `${goodHeader}.${goodPayload}=.${goodSignature}`, 'token_malformed'],
    ['a header that is no JSON', `${encode('{"alg":')}.${goodPayload}.${goodSignature}`, 'token_malformed'],
    ['a header that is null', `${encode('null')}.${goodPayload}.${goodSignature}`, 'token_malformed'],
    ['a payload that is no object', write({ alg: 'ES256', kid: 'ES256' }, 'hello', signed('ES256')), 'token_malformed'],
    [
      'a payload that is an array',
      write({ alg: 'ES256', kid: 'ES256' }, [claims()], signed('ES256')),
      'token_malformed',
    ],
    ['a nested payload', `${goodHeader}.${encode('['.repeat(5000))}.${goodSignature}`, 'token_malformed'],
    ['a space in it', `${goodHeader}. ${goodPayload}.${goodSignature}`, 'token_malformed'],
    ['a line break at its end', `${good}\n`, 'token_malformed'],
    ['a huge token that is good otherwise', token({ padding: 'x'.repeat(16 * 1024) }), 'token_too_large'],
    ['ten megabytes', 'a'.repeat(10_000_000), 'token_too_large'],
  ])('%s', async (_what, presented, reason) => {
    expect(await verify(presented)).toEqual({ ok: false, reason });
  });

  test('a claim that the issuer must give is missing, at any depth', async () => {
    const required_claims = ['sub', 'tenant.id'];
    const missing = { ok: false, reason: 'claim_missing' };
    expect(await verify(token(), { required_claims })).toEqual(missing);
    expect(await verify(token({ tenant: {} }), { required_claims })).toEqual(missing);
    expect(await verify(token(), { required_claims: ['constructor'] })).toEqual(missing);
    expect(await verify(token({ tenant: { id: null } }), { required_claims })).toEqual(missing);
    expect(await verify(token({ tenant: 'id' }), { required_claims })).toEqual(missing);
    expect(await verify(token({ tenant: { id: 't1' } }), { required_claims })).toMatchObject({ ok: true });
  });

  test('an algorithm that this issuer does not use, though others may', async () => {
    const presented = token({}, {}, 'RS256');
    expect(await verify(presented, { algorithms: ['ES256'] })).toEqual({ ok: false, reason: 'algorithm_refused' });
    expect(await verify(presented, { algorithms: ['RS256'] })).toMatchObject({ ok: true });
  });

  test('an RSA key that is too short to trust', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const presented = write({ alg: 'RS256', kid: 'short' }, claims(), signed('RS256', short.privateKey));
    const document = { keys: [{ ...short.publicKey.export({ format: 'jwk' }), kid: 'short' }] };
    expect(await verify(presented, {}, document)).toEqual({ ok: false, reason: 'signature_invalid' });
  });

  test("one issuer's token under the name of another", async () => {
    const other = { ...settings, issuer: 'https://other.example.com' };
    const issuers = [
      { settings, keys: keysOf({ keys: [publicJwk('RS256')] }) },
      { settings: other, keys: keysOf({ keys: [publicJwk('ES256')] }) },
    ];
    const ours = await verifyBearer(token({ iss: other.issuer }), issuers, clock);
    expect(ours).toMatchObject({ ok: true, principal: { issuer: 'https://other.example.com' } });
    expect(await verifyBearer(token(), issuers, clock)).toEqual({ ok: false, reason: 'key_unknown' });
  });

  test('every token while the keys cannot be had', async () => {
    const get = () => Promise.reject(new Error('connection refused'));
    const keys = keySet(settings.jwks_uri, { get, clock });
    expect(await verifyBearer(good, [{ settings, keys }], clock)).toEqual({ ok: false, reason: 'keys_unavailable' });
  });
});

describe('accepts', () => {
  test.each(['RS256', 'ES256', 'EdDSA'] as const)('a token signed with %s', async (alg) => {
    expect(await verify(token({}, {}, alg))).toMatchObject({ ok: true, principal: { subject: 'ada' } });
  });

  test.each<[string, string]>([
    ['expired within the leeway', token({ iat: nowSeconds - 600, exp: nowSeconds - 59 })],
    ['nbf within the leeway', token({ nbf: nowSeconds + 60 })],
    ['iat within the leeway', token({ iat: nowSeconds + 60 })],
    ['no iat', token({ iat: undefined })],
    ['one audience among several', token({ aud: ['other', 'api://gatehouse'] })],
    ['no typ', token({}, { typ: undefined })],
    ['typ JWT', token({}, { typ: 'JWT' })],
    ['typ as a full media type', token({}, { typ: 'application/AT+JWT' })],
    ['a Cognito access token', token({ token_use: 'access' }, { typ: undefined })],
    ['a Keycloak access token', token({ typ: 'Bearer' }, { typ: 'JWT' })],
    ['an access token with a nonce, by its scopes', token({ nonce: 'n', scope: 'mcp' }, { typ: 'JWT' })],
    ['an access token with a nonce, by its type', token({ nonce: 'n' })],
    ['a jku that nobody follows', token({}, { jku: 'https://evil.example/jwks', jwk: attackerJwk })],
    ['no kid where one key fits', token({}, { kid: undefined })],
  ])('%s', async (_what, presented) => {
    expect(await verify(presented)).toMatchObject({ ok: true });
  });

  test('and tells when the token expires', async () => {
    expect(await verify(good)).toMatchObject({ expires_at: nowSeconds + 600 });
  });
});

describe('reads from the claims', () => {
  async function principal(changes: Record<string, unknown>, issuer: Partial<Issuer> = {}) {
    const verdict = await verify(token(changes), issuer);
    return verdict.ok ? verdict.principal : verdict.reason;
  }

  test('who calls, through which client', async () => {
    expect(await principal({ client_id: 'claude', roles: ['viewer'], groups: ['sales'], scope: 'mcp tools' })).toEqual({
      kind: 'token',
      subject: 'ada',
      issuer: 'https://idp.example.com',
      client_id: 'claude',
      roles: ['viewer'],
      groups: ['sales'],
      scopes: ['mcp', 'tools'],
    });
    expect(await principal({ azp: 'vscode' })).toMatchObject({ client_id: 'vscode' });
    expect(await principal({})).not.toHaveProperty('client_id');
  });

  test('roles and groups at the configured paths', async () => {
    const issuer = { roles_claim: 'realm_access.roles', groups_claim: 'https://example.com/groups' };
    const changes = { realm_access: { roles: ['a'] }, 'https://example.com/groups': ['b'], roles: ['root'] };
    expect(await principal(changes, issuer)).toMatchObject({ roles: ['a'], groups: ['b'] });
    const nested = { resource_access: { 'my.client': { roles: ['c'] } } };
    expect(await principal(nested, { roles_claim: 'resource_access.my.client.roles' })).toMatchObject({ roles: ['c'] });
  });

  test('one role that is no list', async () => {
    expect(await principal({ roles: 'operator' })).toMatchObject({ roles: ['operator'] });
  });

  test('nothing from values that are no names', async () => {
    const roles = ['a', 7, null, { a: 1 }, ['b'], '', 'line\nbreak', 'x'.repeat(257), '\ud800', 'a'];
    expect(await principal({ roles, groups: { 0: 'root' } })).toMatchObject({ roles: ['a'], groups: [] });
  });

  test('nothing from the prototype', async () => {
    expect(await principal({}, { roles_claim: 'constructor.name' })).toMatchObject({ roles: [] });
    expect(await principal({}, { roles_claim: 'sub.length' })).toMatchObject({ roles: [] });
  });

  test('at most two hundred roles', async () => {
    const roles = Array.from({ length: 300 }, (_, index) => `r${index}`);
    const verdict = await verify(token({ roles }));
    expect(verdict.ok && verdict.principal.roles).toEqual(roles.slice(0, 200));
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['scope', { scope: 'mcp:tools  mcp:read' }, ['mcp:tools', 'mcp:read']],
    ['scp as text', { scp: 'mcp.tools mcp.read' }, ['mcp.tools', 'mcp.read']],
    ['scp as a list', { scp: ['mcp.tools'] }, ['mcp.tools']],
    ['both, each once', { scope: 'a b', scp: ['b', 'c'] }, ['a', 'b', 'c']],
    ['neither', {}, []],
  ])('scopes from %s', async (_what, changes, scopes) => {
    expect(await principal(changes)).toMatchObject({ scopes });
  });
});

function withInfiniteExp(): string {
  return JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999');
}
