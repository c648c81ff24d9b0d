import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../gateway/clock.ts';
import { GatewayError } from '../gateway/errors.ts';
import type { ApiKey, KeyStore } from './key-store.ts';
import type { Principal } from './principal.ts';

/** Lower-case base32 of RFC 4648: ids survive being read aloud and double-clicked. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
/** `gh_`, an id of 60 random bits, and a secret of 256 in base64url, which may itself contain `_`. */
const keyPattern = /^gh_([a-z2-7]{12})_([A-Za-z0-9_-]{43})$/;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,99}$/;
const scopePattern = /^[a-z]+:[a-z]+$/;
/** Characters of the pepper; a shorter one is a mistake in the deployment. */
const minPepper = 16;
/** What an offered secret is compared with when there is nothing else; no secret has this hash. */
const noHash = Buffer.alloc(32);

/** What a new key is for. */
export interface KeyRequest {
  /** Appears in logs and as the subject of what the key does. */
  name: string;
  /** Of `adminScopes`. */
  scopes: readonly string[];
  /** ISO 8601; absent for a key without end. */
  expires_at?: string;
}

/**
 * Makes a key. `key` is what its holder presents and exists nowhere else: show it once. `record` is what to store;
 * without the pepper it does not tell whether a guess is right. Throws `invalid` naming the field.
 */
export function issueKey(wanted: KeyRequest, pepper: string, clock: Clock): { key: string; record: ApiKey } {
  checkRequest(wanted, clock);
  const id = Array.from(randomBytes(12), (byte) => alphabet[byte % alphabet.length]).join('');
  const secret = randomBytes(32).toString('base64url');
  const record: ApiKey = {
    id,
    name: wanted.name,
    secret_hash: hash(secret, pepper).toString('base64url'),
    scopes: [...wanted.scopes],
    created_at: new Date(clock()).toISOString(),
    ...(wanted.expires_at !== undefined && { expires_at: new Date(wanted.expires_at).toISOString() }),
  };
  return { key: `gh_${id}_${secret}`, record };
}

function checkRequest({ name, scopes, expires_at }: KeyRequest, clock: Clock): void {
  if (!namePattern.test(name)) {
    const message =
      'name must have 1 to 100 letters, digits, spaces or any of . _ @ - and begin with a letter or digit.';
    throw new GatewayError('invalid', message, { field: 'name' });
  }
  if (scopes.length === 0 || !scopes.every((scope) => scopePattern.test(scope))) {
    throw new GatewayError('invalid', 'scopes must list at least one scope such as admin:read.', { field: 'scopes' });
  }
  // A date that cannot be read is NaN, which is not later than anything.
  if (expires_at !== undefined && !(Date.parse(expires_at) > clock())) {
    throw new GatewayError('invalid', 'expires_at must be an ISO 8601 time in the future.', { field: 'expires_at' });
  }
}

/** Why a key was refused: for the log, free of anything secret. */
type KeyRefusal = 'key_malformed' | 'key_not_found' | 'key_secret_wrong' | 'key_expired' | 'key_revoked';

export type KeyVerdict = { ok: true; principal: Principal } | { ok: false; reason: KeyRefusal };

/**
 * Decides who presents this key. Never throws for a bad one; a store that fails rejects, and the caller refuses.
 * A key that does not exist takes as long as one whose secret is wrong.
 */
export async function verifyKey(
  presented: string,
  store: Pick<KeyStore, 'find'>,
  pepper: string,
  clock: Clock,
): Promise<KeyVerdict> {
  const [, id, secret] = keyPattern.exec(presented) ?? [];
  if (id === undefined || secret === undefined) return { ok: false, reason: 'key_malformed' };
  const record = await store.find(id);
  const offered = hash(secret, pepper);
  const kept = Buffer.from(record?.secret_hash ?? '', 'base64url');
  const isSame = timingSafeEqual(offered, kept.length === offered.length ? kept : noHash);
  if (!record) return { ok: false, reason: 'key_not_found' };
  if (!isSame) return { ok: false, reason: 'key_secret_wrong' };
  if (record.revoked_at !== undefined) return { ok: false, reason: 'key_revoked' };
  if (record.expires_at !== undefined && !(Date.parse(record.expires_at) > clock())) {
    return { ok: false, reason: 'key_expired' };
  }
  return { ok: true, principal: principalOf(record) };
}

function principalOf({ id, name, scopes }: ApiKey): Principal {
  return { kind: 'key', subject: name, issuer: 'gatehouse', client_id: id, roles: [], groups: [], scopes };
}

function hash(secret: string, pepper: string): Buffer {
  if (pepper.length < minPepper) {
    throw new GatewayError('internal', `The pepper of the API keys must have at least ${minPepper} characters.`);
  }
  return createHmac('sha256', pepper).update(secret).digest();
}
