import { beforeEach, describe, expect, it } from 'vitest';
import { cachedCredentials } from '../../functions/backends/cached-credentials.ts';
import type { Credential, CredentialStore } from '../../functions/backends/credentials.ts';

const minute = 60_000;

describe('cachedCredentials', () => {
  let now: number;
  let secrets: Map<string, Credential>;
  let reads: string[];
  /** What a read of the store waits for. */
  let answer: () => Promise<void>;
  let cache: CredentialStore;

  beforeEach(() => {
    now = Date.UTC(2026, 10, 21);
    secrets = new Map([['key', { value: 'old' }]]);
    reads = [];
    answer = async () => {};
    const store: CredentialStore = {
      async read(name) {
        reads.push(name);
        const found = secrets.get(name);
        await answer();
        return found;
      },
      async write(name, credential) {
        await answer();
        secrets.set(name, credential);
      },
    };
    cache = cachedCredentials(store, () => now);
  });

  it('asks once in five minutes, then again', async () => {
    await cache.read('key');
    secrets.set('key', { value: 'rotated' });
    now += 5 * minute - 1;
    expect(await cache.read('key')).toEqual({ value: 'old' });
    now += 1;
    expect(await cache.read('key')).toEqual({ value: 'rotated' });
    expect(reads).toEqual(['key', 'key']);
  });

  it('remembers for five seconds only that there is none', async () => {
    expect(await cache.read('new')).toBeUndefined();
    secrets.set('new', { value: 'made elsewhere' });
    now += 4_999;
    expect(await cache.read('new')).toBeUndefined();
    now += 1;
    expect(await cache.read('new')).toEqual({ value: 'made elsewhere' });
  });

  it('asks once for all who wait, by name', async () => {
    const names = ['key', 'key', 'other', 'key'];
    expect(await Promise.all(names.map((name) => cache.read(name)))).toEqual([
      { value: 'old' },
      { value: 'old' },
      undefined,
      { value: 'old' },
    ]);
    expect(reads).toEqual(['key', 'other']);
  });

  it('tells a failure to all who wait, and asks anew after it', async () => {
    answer = () => Promise.reject(new Error('down'));
    const ends = await Promise.allSettled([cache.read('key'), cache.read('key')]);
    expect(ends.map((end) => end.status)).toEqual(['rejected', 'rejected']);
    expect(reads).toHaveLength(1);
    answer = async () => {};
    expect(await cache.read('key')).toEqual({ value: 'old' });
  });

  it('does not pass off an old value when the store fails after its age', async () => {
    await cache.read('key');
    now += 5 * minute;
    answer = () => Promise.reject(new Error('down'));
    await expect(cache.read('key')).rejects.toThrow('down');
  });

  it('uses at once what is written through it', async () => {
    await cache.read('key');
    await cache.write('key', { value: 'new' });
    expect(await cache.read('key')).toEqual({ value: 'new' });
    expect(secrets.get('key')).toEqual({ value: 'new' });
    expect(reads).toHaveLength(1);
  });

  it('does not let a slow read bring back what was replaced meanwhile', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    answer = () => gate;
    const slow = cache.read('key');
    answer = async () => {};
    await cache.write('key', { value: 'new' });
    open();
    expect(await slow).toEqual({ value: 'old' });
    expect(await cache.read('key')).toEqual({ value: 'new' });
  });

  it('forgets a value whose replacement failed, since it may have taken place', async () => {
    await cache.read('key');
    answer = () => Promise.reject(new Error('answer lost'));
    await expect(cache.write('key', { value: 'new' })).rejects.toThrow('answer lost');
    answer = async () => {};
    secrets.set('key', { value: 'new' });
    expect(await cache.read('key')).toEqual({ value: 'new' });
  });

  it('stays bounded, and forgets the oldest first', async () => {
    await cache.read('key');
    for (let index = 0; index < 1_000; index++) await cache.read(`unknown-${index}`);
    await cache.read('unknown-999');
    expect(reads).toHaveLength(1_001);
    await cache.read('key');
    expect(reads).toHaveLength(1_002);
  });
});
