import type { CryptoKey, JSONWebKeySet } from 'jose';
import { createLocalJWKSet } from 'jose/jwks/local';
import * as z from 'zod/mini';
import type { Clock } from '../gateway/clock.ts';
import { parseKeyAddress } from './get-json.ts';

/** Milliseconds. A key that the issuer withdraws is refused after this. */
const freshFor = 10 * 60_000;
/** An issuer that is down does not lock its users out before this has passed. */
const usableFor = 24 * 3_600_000;
/** The pause between two reads, so that a flood of invented key ids cannot turn the gateway against the issuer. */
const pause = 30_000;
/** The same while there is no key at all, where every second refuses every caller. */
const pauseWithoutKeys = 5_000;
/** Keys beyond these are not used. */
const maxKeys = 100;

/** The algorithm and key id that a token's header names. */
interface KeyName {
  alg: string;
  kid?: string | undefined;
}

type KeyFinding =
  | { found: true; key: CryptoKey }
  /** The set has no single key of that name, or no set can be had. */
  | { found: false; reason: 'key_unknown' | 'keys_unavailable' };

/** An issuer's public keys. */
export interface KeySet {
  find(name: KeyName): Promise<KeyFinding>;
}

export interface KeySetOptions {
  /** Reads the document; `getJson` in production. */
  get: (uri: string) => Promise<unknown>;
  clock: Clock;
  /** Told why a read failed, also where older keys still serve. */
  onFailure?: (error: unknown) => void;
}

const text = z.exactOptional(z.string());

/**
 * A public key of RFC 7517. Only the named members are kept: not the private ones that a careless issuer publishes,
 * and not `x5u` and its like, which would lead elsewhere. A key with other types in them is dropped alone.
 */
const publicKeySchema = z.object({
  // Never `oct`: a shared secret in a public document would let every reader sign.
  kty: z.enum(['RSA', 'EC', 'OKP']),
  use: z.exactOptional(z.literal('sig')),
  key_ops: z.exactOptional(z.array(z.string())),
  kid: text,
  alg: text,
  crv: text,
  n: text,
  e: text,
  x: text,
  y: text,
});
const keySetSchema = z.object({ keys: z.array(z.unknown()) });

/**
 * The keys behind `uri`, read when first needed. Create it once per issuer: it holds the keys, shares one read among
 * concurrent callers and limits how often the issuer is asked. Throws `internal` when `uri` is not safe to trust.
 */
export function keySet(uri: string, { get, clock, onFailure }: KeySetOptions): KeySet {
  parseKeyAddress(uri);
  let keys: ReturnType<typeof createLocalJWKSet> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  // A clock that was set back makes everything old rather than young for ever.
  const since = (time: number) => (clock() < time ? Number.POSITIVE_INFINITY : clock() - time);
  const isUsable = () => keys !== undefined && since(readAt) < usableFor;

  async function read(): Promise<void> {
    triedAt = clock();
    try {
      keys = createLocalJWKSet(parseKeySet(await get(uri)));
      readAt = triedAt;
    } catch (error) {
      onFailure?.(error);
    }
  }

  async function refresh(): Promise<void> {
    if (!reading) {
      if (since(triedAt) < (isUsable() ? pause : pauseWithoutKeys)) return;
      reading = read().finally(() => {
        reading = undefined;
      });
    }
    await reading;
  }

  async function look({ alg, kid }: KeyName): Promise<CryptoKey | undefined> {
    if (!keys || !isUsable()) return undefined;
    // RFC 7515 section 4.1.4 leaves `kid` optional; without it, or with one used twice, only an unambiguous key counts.
    return keys({ alg, ...(kid !== undefined && { kid }) }).catch(() => undefined);
  }

  return {
    async find(name) {
      if (since(readAt) >= freshFor) await refresh();
      let key = await look(name);
      if (!key) {
        // The issuer may have begun to sign with a new key.
        await refresh();
        key = await look(name);
      }
      if (key) return { found: true, key };
      return { found: false, reason: isUsable() ? 'key_unknown' : 'keys_unavailable' };
    },
  };
}

function parseKeySet(document: unknown): JSONWebKeySet {
  const keys = z.parse(keySetSchema, document).keys.slice(0, maxKeys);
  return { keys: keys.flatMap((key) => z.safeParse(publicKeySchema, key).data ?? []) };
}
