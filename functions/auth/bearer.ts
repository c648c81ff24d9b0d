import { JWSInvalid, JWTClaimValidationFailed, JWTExpired, JWTInvalid } from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import * as z from 'zod/mini';
import type { Clock } from '../gateway/clock.ts';
import type { Issuer } from '../gateway/config.ts';
import { claimAt } from './claim-at.ts';
import { claimsSchema, isAccessToken, principalOf } from './claims.ts';
import type { KeySet } from './key-set.ts';
import type { Principal } from './principal.ts';

/** Bytes of a token. API Gateway passes 10 KB of headers; more is an attack on the parser. */
const maxLength = 16 * 1024;
/** Seconds by which the issuer's clock and ours may differ, either way. */
const leeway = 60;

/** An issuer's settings with the keys that belong to them. */
export interface TrustedIssuer {
  settings: Issuer;
  keys: KeySet;
}

/** Why a token was refused: for the log and its metric, free of anything from the token. */
type BearerRefusal =
  | 'token_too_large'
  | 'token_malformed'
  | 'issuer_unknown'
  | 'critical_header'
  | 'algorithm_refused'
  | 'token_type'
  | 'key_unknown'
  | 'keys_unavailable'
  | 'signature_invalid'
  | 'expired'
  | 'not_yet_valid'
  | 'audience_mismatch'
  | 'claim_missing'
  | 'claim_invalid'
  | 'not_an_access_token'
  | 'sender_constrained';

export type BearerVerdict =
  /** `expires_at` is the token's `exp`, in epoch seconds. */
  { ok: true; principal: Principal; expires_at: number } | { ok: false; reason: BearerRefusal };

/**
 * The members of a header that count. `jku`, `x5u`, `x5c` and `jwk` are not among them: where the keys are is
 * the issuer's settings' to say, never the token's (RFC 8725 section 3.10).
 */
const headerSchema = z.object({
  alg: z.string(),
  kid: z.optional(z.string()),
  typ: z.optional(z.string()),
  crit: z.optional(z.unknown()),
});
const issSchema = z.object({ iss: z.string() });
type Header = z.infer<typeof headerSchema>;

/** RFC 9068 section 4; `JWT` and nothing because most providers are older than it. */
const accessTypes = new Set([undefined, 'jwt', 'at+jwt']);

/**
 * Decides who presents this access token. Never throws for a bad one. The issuer is picked by the exact `iss` among
 * the trusted; algorithms, keys and audiences are that issuer's settings'. Nothing in the token is believed, or leads
 * anywhere, before its signature holds.
 */
export async function verifyBearer(
  token: string,
  issuers: readonly TrustedIssuer[],
  clock: Clock,
): Promise<BearerVerdict> {
  if (token.length > maxLength) return refuse('token_too_large');
  const peeked = peek(token);
  if (!peeked) return refuse('token_malformed');
  const { header, iss } = peeked;
  const issuer = issuers.find(({ settings }) => settings.issuer === iss);
  if (!issuer) return refuse('issuer_unknown');
  const problem = checkHeader(header, issuer.settings);
  if (problem) return refuse(problem);
  const finding = await issuer.keys.find(header);
  if (!finding.found) return refuse(finding.reason);
  try {
    const { payload } = await jwtVerify(token, finding.key, {
      algorithms: issuer.settings.algorithms,
      issuer: issuer.settings.issuer,
      audience: issuer.settings.audiences,
      requiredClaims: ['exp'],
      clockTolerance: leeway,
      currentDate: new Date(clock()),
    });
    return judge(payload, typeOf(header), issuer.settings, clock);
  } catch (error) {
    return refuse(reasonOf(error));
  }
}

function refuse(reason: BearerRefusal): BearerVerdict {
  return { ok: false, reason };
}

/** Reads, without belief, what is needed to choose a key. */
function peek(token: string): { header: Header; iss: string } | undefined {
  const [, header, payload] = /^([\w-]+)\.([\w-]+)\.[\w-]*$/.exec(token) ?? [];
  if (header === undefined || payload === undefined) return undefined;
  const parsedHeader = z.safeParse(headerSchema, decode(header));
  const parsedPayload = z.safeParse(issSchema, decode(payload));
  if (!parsedHeader.success || !parsedPayload.success) return undefined;
  return { header: parsedHeader.data, iss: parsedPayload.data.iss };
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function checkHeader(header: Header, settings: Issuer): BearerRefusal | undefined {
  // RFC 7515 section 4.1.11: extensions that must be understood; none is.
  if (header.crit !== undefined) return 'critical_header';
  if (!settings.algorithms.some((algorithm) => algorithm === header.alg)) return 'algorithm_refused';
  if (!accessTypes.has(typeOf(header))) return 'token_type';
  return undefined;
}

/** RFC 7515 section 4.1.9: a media type in any case, its `application/` usually left out. */
function typeOf({ typ }: Header): string | undefined {
  return typ?.toLowerCase().replace(/^application\//, '');
}

/** Judges claims whose signature, issuer, audience, `exp` and `nbf` hold. */
function judge(payload: unknown, type: string | undefined, settings: Issuer, clock: Clock): BearerVerdict {
  if (settings.required_claims.some((path) => isAbsent(claimAt(payload, path)))) return refuse('claim_missing');
  if (isAbsent(claimAt(payload, 'sub'))) return refuse('claim_missing');
  const parsed = z.safeParse(claimsSchema, payload);
  if (!parsed.success) return refuse('claim_invalid');
  const claims = parsed.data;
  if (!isAccessToken(claims, type)) return refuse('not_an_access_token');
  // RFC 7800: bound to a key whose possession a bearer does not prove.
  if (claims.cnf !== undefined) return refuse('sender_constrained');
  if (claims.iat !== undefined && claims.iat > clock() / 1000 + leeway) return refuse('not_yet_valid');
  if (claims.iat !== undefined && claims.iat > claims.exp) return refuse('claim_invalid');
  return { ok: true, principal: principalOf(claims, settings), expires_at: claims.exp };
}

function isAbsent(claim: unknown): boolean {
  return claim === undefined || claim === null || claim === '';
}

function reasonOf(error: unknown): BearerRefusal {
  if (error instanceof JWTExpired) return 'expired';
  if (error instanceof JWTClaimValidationFailed) {
    if (error.claim === 'nbf' && error.reason === 'check_failed') return 'not_yet_valid';
    if (error.reason === 'missing') return error.claim === 'aud' ? 'audience_mismatch' : 'claim_missing';
    return error.claim === 'aud' ? 'audience_mismatch' : 'claim_invalid';
  }
  if (error instanceof JWTInvalid || error instanceof JWSInvalid) return 'token_malformed';
  // Anything else, a key that is too short included, means that the signature was not found to hold.
  return 'signature_invalid';
}
