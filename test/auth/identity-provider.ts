import { createHmac, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import type { Issuer } from '../../functions/gateway/config.ts';

const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
type Algorithm = keyof typeof pairs;

/** Noon; every time in these tests is relative to it. */
export const now = Date.parse('2026-11-21T12:00:00Z');
export const nowSeconds = now / 1000;

export const settings: Issuer = {
  issuer: 'https://idp.example.com',
  jwks_uri: 'https://idp.example.com/jwks.json',
  audiences: ['https://mcp.example.com/mcp', 'api://gatehouse'],
  algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
  required_claims: ['sub'],
  roles_claim: 'roles',
  groups_claim: 'groups',
};

export function publicKey(alg: Algorithm): KeyObject {
  return pairs[alg].publicKey;
}

export function publicJwk(alg: Algorithm, extra: Record<string, unknown> = {}): JsonWebKey {
  return { ...pairs[alg].publicKey.export({ format: 'jwk' }), kid: alg, use: 'sig', ...extra };
}

export const jwks = { keys: [publicJwk('RS256'), publicJwk('ES256'), publicJwk('EdDSA')] };

/** Claims that are accepted; `undefined` leaves one out. */
export function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iss: settings.issuer,
    aud: 'https://mcp.example.com/mcp',
    sub: 'ada',
    iat: nowSeconds - 10,
    exp: nowSeconds + 600,
    ...changes,
  };
}

type SignInput = (input: string) => Buffer;

/** A token written part by part, so that nothing keeps a test from writing a bad one. */
export function write(header: Record<string, unknown>, payload: unknown, signInput: SignInput): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signInput(input).toString('base64url')}`;
}

export function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** A properly signed token of the provider. */
export function token(
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  alg: Algorithm = 'ES256',
): string {
  return write({ alg, kid: alg, typ: 'at+jwt', ...header }, claims(changes), signed(alg));
}

export function signed(alg: Algorithm, key: KeyObject = pairs[alg].privateKey): SignInput {
  const digest = alg === 'EdDSA' ? null : 'sha256';
  return (input) => sign(digest, Buffer.from(input), alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key);
}

export function hmac(secret: string | Buffer): SignInput {
  return (input) => createHmac('sha256', secret).update(input).digest();
}
