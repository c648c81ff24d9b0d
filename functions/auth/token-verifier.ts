import type { Clock } from '../gateway/clock.ts';
import type { Issuer } from '../gateway/config.ts';
import { GatewayError } from '../gateway/errors.ts';
import { type BearerVerdict, type TrustedIssuer, verifyBearer } from './bearer.ts';
import { getJson } from './get-json.ts';
import { keySet } from './key-set.ts';
import { rememberVerified } from './remember-verified.ts';

/**
 * Verifies access tokens of these issuers, with key sets and recent verifications kept between calls: create it once.
 * `onKeyFailure` hears of every key set that could not be read. Throws `internal` for settings that contradict
 * themselves.
 */
export function tokenVerifier(
  settings: readonly Issuer[],
  clock: Clock,
  onKeyFailure: (issuer: string, error: unknown) => void,
): (token: string) => Promise<BearerVerdict> {
  const issuers = settings.map((issuer): TrustedIssuer => {
    const onFailure = (error: unknown) => onKeyFailure(issuer.issuer, error);
    return { settings: issuer, keys: keySet(issuer.jwks_uri, { get: getJson, clock, onFailure }) };
  });
  if (new Set(settings.map(({ issuer }) => issuer)).size < settings.length) {
    throw new GatewayError('internal', 'GATEHOUSE_ISSUERS names an issuer twice. List all its audiences in one entry.');
  }
  return rememberVerified((token) => verifyBearer(token, issuers, clock), clock);
}
