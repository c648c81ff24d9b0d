import { createHash } from 'node:crypto';
import type { Clock } from '../gateway/clock.ts';
import type { BearerVerdict } from './bearer.ts';

type Verify = (token: string) => Promise<BearerVerdict>;

/** Milliseconds for which a verification is believed: as long as API Gateway keeps an authorizer's answer. */
const rememberFor = 60_000;
/** Tokens of one instance; the oldest makes room. */
const maxTokens = 1_000;

/**
 * The same verification, at most once a minute for one token: checking a signature costs a hundred times what
 * looking it up does. Only success is remembered, never beyond the token's `exp`, and under a digest, so that no
 * usable token stays in memory.
 */
export function rememberVerified(verify: Verify, clock: Clock): Verify {
  const remembered = new Map<string, { verdict: BearerVerdict; from: number; until: number }>();
  return async (token) => {
    const digest = createHash('sha256').update(token).digest('base64url');
    const known = remembered.get(digest);
    const now = clock();
    if (known && known.from <= now && now < known.until) return known.verdict;
    const verdict = await verify(token);
    remembered.delete(digest);
    if (verdict.ok) {
      remembered.set(digest, { verdict, from: now, until: Math.min(now + rememberFor, verdict.expires_at * 1000) });
      const oldest = remembered.keys().next();
      if (remembered.size > maxTokens && !oldest.done) remembered.delete(oldest.value);
    }
    return verdict;
  };
}
