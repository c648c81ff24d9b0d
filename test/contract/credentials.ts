import { describe, expect, it } from 'vitest';
import type { Credential, CredentialStore } from '../../functions/backends/credentials.ts';

/** What every store of credentials promises. `open` gives an empty one. */
export function credentialContract(name: string, open: () => Promise<CredentialStore>): void {
  describe(`credentials in ${name}`, () => {
    it.each<[string, Credential]>([
      ['a value', { value: 'k-123' }],
      ['a user with a password', { username: 'ada', password: 'pa:ss "wörd"\n' }],
    ])('reads back %s', async (_, credential) => {
      const store = await open();
      await store.write('dealer-key', credential);
      expect(await store.read('dealer-key')).toEqual(credential);
    });

    it('has none by a name that was never written', async () => {
      const store = await open();
      await store.write('dealer-key', { value: 'k-123' });
      expect(await store.read('other-key')).toBeUndefined();
    });

    it('replaces a credential, also by one of the other kind', async () => {
      const store = await open();
      await store.write('dealer-key', { value: 'k-123' });
      await store.write('dealer-key', { username: 'ada', password: 'secret' });
      expect(await store.read('dealer-key')).toEqual({ username: 'ada', password: 'secret' });
    });

    it('keeps all of several that are written at once', async () => {
      const store = await open();
      const names = ['a', 'b', 'c', 'd', 'e', 'f'];
      await Promise.all(names.map((value) => store.write(value, { value })));
      expect(await Promise.all(names.map((each) => store.read(each)))).toEqual(names.map((value) => ({ value })));
    });

    it.each(['__proto__', 'constructor', 'toString'])('treats %j as a name like any other', async (unusual) => {
      const store = await open();
      expect(await store.read(unusual)).toBeUndefined();
      await store.write(unusual, { value: unusual });
      expect(await store.read(unusual)).toEqual({ value: unusual });
      expect(await store.read('valueOf')).toBeUndefined();
    });
  });
}
