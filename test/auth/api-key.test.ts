import { describe, expect, test } from 'vitest';
import { issueKey, verifyKey } from '../../functions/auth/api-key.ts';
import type { ApiKey } from '../../functions/auth/key-store.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const clock = () => now;
const pepper = 'a pepper of the deployment';
const wanted = { name: 'ci pipeline', scopes: ['admin:read', 'admin:write'] };
const { key, record } = issueKey(wanted, pepper, clock);

function verify(presented: string, kept: Partial<ApiKey> = {}, at = now) {
  const store = { find: async (id: string) => (id === record.id ? { ...record, ...kept } : undefined) };
  return verifyKey(presented, store, pepper, () => at);
}

describe('an issued key', () => {
  test('has a readable id and a secret of 256 bits', () => {
    expect(key).toMatch(/^gh_[a-z2-7]{12}_[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(key.slice('gh_'.length + 13), 'base64url')).toHaveLength(32);
  });

  test('is kept without its secret', () => {
    expect(record).toEqual({
      id: key.slice(3, 15),
      name: 'ci pipeline',
      scopes: ['admin:read', 'admin:write'],
      secret_hash: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      created_at: '2026-11-21T12:00:00.000Z',
    });
    expect(JSON.stringify(record)).not.toContain(key.slice(16));
  });

  test('is never the same twice', () => {
    const keys = Array.from({ length: 100 }, () => issueKey(wanted, pepper, clock).key);
    expect(new Set(keys.map((each) => each.slice(0, 15)))).toHaveProperty('size', 100);
    expect(new Set(keys.map((each) => each.slice(16)))).toHaveProperty('size', 100);
  });

  test.each([
    ['name', { ...wanted, name: '' }],
    ['name', { ...wanted, name: 'line\nbreak' }],
    ['name', { ...wanted, name: 'x'.repeat(101) }],
    ['scopes', { ...wanted, scopes: [] }],
    ['scopes', { ...wanted, scopes: ['admin:read admin:write'] }],
    ['expires_at', { ...wanted, expires_at: 'tomorrow' }],
    ['expires_at', { ...wanted, expires_at: '2026-11-21T12:00:00Z' }],
  ])('is refused for a wrong %s', (field, request) => {
    expect(() => issueKey(request, pepper, clock)).toThrow(expect.objectContaining({ code: 'invalid', field }));
  });

  test('is not hashed without a real pepper', () => {
    expect(() => issueKey(wanted, '', clock)).toThrow(/pepper/);
  });
});

describe('a presented key', () => {
  test('names its holder', async () => {
    expect(await verify(key)).toEqual({
      ok: true,
      principal: {
        kind: 'key',
        subject: 'ci pipeline',
        issuer: 'gatehouse',
        client_id: record.id,
        roles: [],
        groups: [],
        scopes: ['admin:read', 'admin:write'],
      },
    });
  });

  test('is accepted whatever its secret looks like, underscores included', async () => {
    const issued = Array.from({ length: 200 }, () => issueKey(wanted, pepper, clock));
    expect(issued.some((each) => each.key.slice(16).includes('_'))).toBe(true);
    for (const each of issued) {
      expect(await verifyKey(each.key, { find: async () => each.record }, pepper, clock)).toMatchObject({ ok: true });
    }
  });

  const other = issueKey(wanted, pepper, clock).key;
  const changed = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
  test.each<[string, string, Partial<ApiKey>, string]>([
    ['with a wrong secret', `${key.slice(0, 16)}${other.slice(16)}`, {}, 'key_secret_wrong'],
    ['with one character changed', changed, {}, 'key_secret_wrong'],
    ['with an unknown id', other, {}, 'key_not_found'],
    ['whose record has no hash', key, { secret_hash: '' }, 'key_secret_wrong'],
    ['whose record has a short hash', key, { secret_hash: record.secret_hash.slice(0, 8) }, 'key_secret_wrong'],
    ['whose record has its secret as the hash', key, { secret_hash: key.slice(16) }, 'key_secret_wrong'],
    ['that expired', key, { expires_at: '2026-11-21T12:00:00Z' }, 'key_expired'],
    ['whose expiry cannot be read', key, { expires_at: 'never' }, 'key_expired'],
    ['that was revoked', key, { revoked_at: '2026-11-21T11:59:59Z' }, 'key_revoked'],
    ['revoked, with a wrong secret', changed, { revoked_at: '2026-11-21T11:59:59Z' }, 'key_secret_wrong'],
    ['that is empty', '', {}, 'key_malformed'],
    ['without its prefix', key.slice(3), {}, 'key_malformed'],
    ['of another kind', key.replace('gh_', 'gx_'), {}, 'key_malformed'],
    ['that is cut short', key.slice(0, -1), {}, 'key_malformed'],
    ['that goes on', `${key}A`, {}, 'key_malformed'],
    ['in capital letters', key.toUpperCase(), {}, 'key_malformed'],
    ['with a line break', `${key}\n`, {}, 'key_malformed'],
    ['that is a megabyte', `gh_${'a'.repeat(1_000_000)}`, {}, 'key_malformed'],
  ])('%s is refused', async (_what, presented, kept, reason) => {
    expect(await verify(presented, kept)).toEqual({ ok: false, reason });
  });

  test('counts until the moment it expires', async () => {
    const { key: limited, record: kept } = issueKey(
      { ...wanted, expires_at: '2026-11-22T00:00:00+02:00' },
      pepper,
      clock,
    );
    expect(kept.expires_at).toBe('2026-11-21T22:00:00.000Z');
    const at = (time: string) => verifyKey(limited, { find: async () => kept }, pepper, () => Date.parse(time));
    expect(await at('2026-11-21T21:59:59.999Z')).toMatchObject({ ok: true });
    expect(await at('2026-11-21T22:00:00.000Z')).toEqual({ ok: false, reason: 'key_expired' });
  });

  test('does not count under another pepper', async () => {
    const store = { find: async () => record };
    expect(await verifyKey(key, store, 'the pepper of another one', clock)).toEqual({
      ok: false,
      reason: 'key_secret_wrong',
    });
  });

  test('is not decided about when the store fails or the pepper is missing', async () => {
    const failing = { find: () => Promise.reject(new Error('throttled')) };
    await expect(verifyKey(key, failing, pepper, clock)).rejects.toThrow('throttled');
    await expect(verifyKey(key, { find: async () => record }, '', clock)).rejects.toThrow(/pepper/);
  });
});
