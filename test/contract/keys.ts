import { describe, expect, it } from 'vitest';
import type { ApiKey, KeyStore } from '../../functions/auth/key-store.ts';

function apiKey(id: string, changes: Partial<ApiKey> = {}): ApiKey {
  return {
    id,
    name: `Key ${id}`,
    secret_hash: 'aGFzaA',
    scopes: ['admin:read'],
    created_at: '2026-11-21T12:00:00.000Z',
    ...changes,
  };
}

/** What every key store promises. `open` gives an empty one. */
export function keyContract(name: string, open: () => Promise<KeyStore>): void {
  describe(`API keys in ${name}`, () => {
    it('finds a key by its id, and no other', async () => {
      const keys = await open();
      const full = apiKey('a', { expires_at: '2027-11-21T12:00:00.000Z', revoked_at: '2026-12-01T00:00:00.000Z' });
      await keys.add(full);
      await keys.add(apiKey('b'));
      expect(await keys.find('a')).toEqual(full);
      expect(await keys.find('b')).toEqual(apiKey('b'));
      expect(await keys.find('c')).toBeUndefined();
    });

    it('refuses an id that exists, and keeps the key that has it', async () => {
      const keys = await open();
      await keys.add(apiKey('a', { name: 'first' }));
      await expect(keys.add(apiKey('a', { name: 'second' }))).rejects.toMatchObject({ code: 'conflict' });
      expect((await keys.find('a'))?.name).toBe('first');
    });

    it('lists all keys by id', async () => {
      const keys = await open();
      expect(await keys.list()).toEqual([]);
      for (const id of ['b', 'c', 'a']) await keys.add(apiKey(id));
      expect(await keys.list()).toEqual([apiKey('a'), apiKey('b'), apiKey('c')]);
    });

    it('lists more keys than fit into one answer', async () => {
      const keys = await open();
      const name = 'x'.repeat(100_000);
      const ids = Array.from({ length: 15 }, (_, index) => `key-${String(index).padStart(2, '0')}`);
      for (const id of ids) await keys.add(apiKey(id, { name }));
      expect((await keys.list()).map((key) => key.id)).toEqual(ids);
    });

    it('revokes a key, and remembers when that was first', async () => {
      const keys = await open();
      await keys.add(apiKey('a'));
      await keys.revoke('a', '2026-11-22T00:00:00.000Z');
      await keys.revoke('a', '2026-11-23T00:00:00.000Z');
      const revoked = apiKey('a', { revoked_at: '2026-11-22T00:00:00.000Z' });
      expect(await keys.find('a')).toEqual(revoked);
      expect(await keys.list()).toEqual([revoked]);
    });

    it('does not mind revoking an unknown key, and does not invent it', async () => {
      const keys = await open();
      await keys.revoke('a', '2026-11-22T00:00:00.000Z');
      expect(await keys.find('a')).toBeUndefined();
      expect(await keys.list()).toEqual([]);
    });

    it.each(['', '__proto__', 'constructor', 'x'.repeat(3_000), 'ü'.repeat(1_500)])(
      'finds nothing under the id %j',
      async (id) => {
        const keys = await open();
        await keys.add(apiKey('a'));
        expect(await keys.find(id)).toBeUndefined();
      },
    );

    it('gives away nothing that leads back into the store', async () => {
      const keys = await open();
      const key = apiKey('a');
      await keys.add(key);
      key.scopes.push('admin:write');
      (await keys.find('a'))?.scopes.push('admin:write');
      (await keys.list())[0]?.scopes.push('admin:write');
      expect((await keys.find('a'))?.scopes).toEqual(['admin:read']);
    });
  });
}
