import { describe, expect, it } from 'vitest';
import type { Clock } from '../../functions/gateway/clock.ts';
import type { StateStore } from '../../functions/state/store.ts';

const noon = Date.UTC(2026, 10, 21, 12);
const seconds = (milliseconds: number) => milliseconds / 1000;

/** A clock that a test moves. */
export function movableClock(start = noon): Clock & { advance(milliseconds: number): void } {
  let now = start;
  return Object.assign(() => now, {
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
  });
}

/** What every state store promises. `open` gives an empty one that lives by the clock. */
export function stateContract(name: string, open: (clock: Clock) => Promise<StateStore>): void {
  describe(`state in ${name}`, () => {
    const minute = seconds(noon) + 60;

    it('has nothing under a key that was never written', async () => {
      const store = await open(movableClock());
      expect(await store.get('session#1')).toBeUndefined();
    });

    it('creates an entry once', async () => {
      const store = await open(movableClock());
      expect(await store.create('session#1', { step: 1, nested: { list: [1, 'two', null] } }, minute)).toBe(true);
      expect(await store.create('session#1', { step: 2 }, minute)).toBe(false);
      expect(await store.get('session#1')).toEqual({
        value: { step: 1, nested: { list: [1, 'two', null] } },
        version: expect.any(Number),
        expires_at: minute,
      });
    });

    it('lets one of several simultaneous creators win', async () => {
      const store = await open(movableClock());
      const creators = [1, 2, 3, 4, 5, 6, 7, 8];
      const wins = await Promise.all(creators.map((creator) => store.create('probe', { creator }, minute)));
      expect(wins.filter(Boolean)).toHaveLength(1);
      expect((await store.get('probe'))?.value).toEqual({ creator: creators[wins.indexOf(true)] });
    });

    it('replaces an entry for whoever knows its version, once', async () => {
      const store = await open(movableClock());
      await store.create('session#1', { step: 1 }, minute);
      const first = await versionOf(store, 'session#1');
      expect(await store.replace('session#1', first, { step: 2 }, minute + 60)).toBe(true);
      expect(await store.replace('session#1', first, { step: 3 }, minute)).toBe(false);
      expect(await store.get('session#1')).toMatchObject({ value: { step: 2 }, expires_at: minute + 60 });
      expect(await versionOf(store, 'session#1')).not.toBe(first);
    });

    it('lets one of several simultaneous replacements win', async () => {
      const store = await open(movableClock());
      await store.create('probe', { by: 0 }, minute);
      const version = await versionOf(store, 'probe');
      const rivals = [1, 2, 3, 4, 5, 6, 7, 8];
      // Equal values too: who wrote it is told apart by more than what was written.
      const wins = await Promise.all(rivals.map(() => store.replace('probe', version, { by: 'someone' }, minute)));
      expect(wins.filter(Boolean)).toHaveLength(1);
    });

    it('replaces nothing where there is nothing', async () => {
      const store = await open(movableClock());
      expect(await store.replace('session#1', 1, { step: 1 }, minute)).toBe(false);
      expect(await store.get('session#1')).toBeUndefined();
    });

    it('removes an entry, and does not mind when there is none', async () => {
      const store = await open(movableClock());
      await store.create('session#1', {}, minute);
      await store.remove('session#1');
      await store.remove('session#1');
      expect(await store.get('session#1')).toBeUndefined();
    });

    it('has no entry from the moment of its expiry', async () => {
      const clock = movableClock();
      const store = await open(clock);
      await store.create('session#1', { step: 1 }, minute);
      const version = await versionOf(store, 'session#1');
      clock.advance(59_999);
      expect(await store.get('session#1')).toBeDefined();
      clock.advance(1);
      expect(await store.get('session#1')).toBeUndefined();
      expect(await store.replace('session#1', version, { step: 2 }, minute + 60)).toBe(false);
      expect(await store.create('session#1', { step: 3 }, minute + 60)).toBe(true);
      expect((await store.get('session#1'))?.value).toEqual({ step: 3 });
    });

    it.each([
      ['expired', (clock: { advance(ms: number): void }) => clock.advance(60_000)],
      ['was removed', (_: unknown, store: StateStore) => store.remove('session#1')],
    ])('does not take an entry for its predecessor that %s', async (_, end) => {
      const clock = movableClock();
      const store = await open(clock);
      await store.create('session#1', { holder: 'first' }, minute);
      const version = await versionOf(store, 'session#1');
      await end(clock, store);
      await store.create('session#1', { holder: 'second' }, minute + 120);
      expect(await store.replace('session#1', version, { holder: 'first' }, minute + 120)).toBe(false);
      expect((await store.get('session#1'))?.value).toEqual({ holder: 'second' });
    });

    it('gives away nothing that leads back into the store', async () => {
      const store = await open(movableClock());
      const value = { list: [1] };
      await store.create('session#1', value, minute);
      value.list.push(2);
      Object.assign((await store.get('session#1'))?.value ?? {}, { list: [] });
      expect((await store.get('session#1'))?.value).toEqual({ list: [1] });
    });

    it.each(['__proto__', 'constructor', 'toString', 'a#b c/ü'])('treats %j as a key like any other', async (key) => {
      const store = await open(movableClock());
      expect(await store.get(key)).toBeUndefined();
      expect(await store.create(key, { key }, minute)).toBe(true);
      expect((await store.get(key))?.value).toEqual({ key });
    });
  });
}

async function versionOf(store: StateStore, key: string): Promise<number> {
  const entry = await store.get(key);
  if (!entry) throw new Error(`There is no entry ${key}.`);
  return entry.version;
}
