import * as z from 'zod/mini';
import type { Issuer } from '../gateway/config.ts';
import { claimAt } from './claim-at.ts';
import type { Principal } from './principal.ts';

/** Values of one list that count. Beyond it a list of roles is no longer one that a person maintains. */
const maxValues = 200;
const maxValueLength = 256;

/** Neither control characters nor lone surrogates, which could make two names look alike once written. */
const printable = /^[^\p{Cc}\p{Cs}]+$/u;
const name = z.string().check(z.maxLength(512), z.regex(printable));

/** The claims that every token must have, whatever its issuer requires beside them. Times in epoch seconds. */
export const claimsSchema = z.looseObject({
  sub: name,
  exp: z.number(),
  iat: z.optional(z.number()),
  client_id: z.optional(name),
  azp: z.optional(name),
});
type Claims = z.infer<typeof claimsSchema>;

/** The caller that verified claims describe. Lists that are too long are cut: a role left out can only refuse. */
export function principalOf(claims: Claims, issuer: Issuer): Principal {
  const clientId = claims.client_id ?? claims.azp;
  return {
    kind: 'token',
    subject: claims.sub,
    issuer: issuer.issuer,
    ...(clientId !== undefined && { client_id: clientId }),
    roles: values(claimAt(claims, issuer.roles_claim)),
    groups: values(claimAt(claims, issuer.groups_claim)),
    scopes: values([separate(claims.scope), separate(claims.scp)].flat()),
  };
}

/** RFC 9068 section 2.2.3 and RFC 8693 section 4.2: scopes are words in one string; some providers send a list. */
function separate(claim: unknown): unknown {
  return typeof claim === 'string' ? claim.split(' ') : claim;
}

function values(claim: unknown): string[] {
  const found = (Array.isArray(claim) ? claim : [claim]).filter(isValue);
  return [...new Set(found)].slice(0, maxValues);
}

function isValue(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxValueLength && printable.test(value);
}

/** What tells that a signed token was made for something else than access. */
const otherKinds = new Set(['id', 'refresh', 'offline', 'logout']);

/**
 * Whether the claims are those of an access token as far as a token tells. An ID token is signed by the same keys
 * and, with some providers, for the same audience, but says only who signed in to a client (RFC 9700 section 4.9).
 */
export function isAccessToken(claims: Record<string, unknown>, type: string | undefined): boolean {
  if (claims.token_use !== undefined && claims.token_use !== 'access') return false;
  if (typeof claims.typ === 'string' && otherKinds.has(claims.typ.toLowerCase())) return false;
  // Security events, of which logout tokens are one (RFC 8417 section 2.2).
  if (claims.events !== undefined) return false;
  if (claims.at_hash !== undefined || claims.c_hash !== undefined || claims.s_hash !== undefined) return false;
  // OpenID Connect Core section 2: `nonce` ties an ID token to its session. Some providers copy it into access
  // tokens, which then say so by their type or carry scopes.
  return claims.nonce === undefined || type === 'at+jwt' || claims.scope !== undefined || claims.scp !== undefined;
}
