import type { Clock } from '../gateway/clock.ts';
import type { Credential, CredentialStore } from './credentials.ts';

const absenceMs = 5_000;
const rememberedCredentials = 1_000;

interface Remembered {
  credential: Promise<Credential | undefined>;
  /** When it was asked for, epoch milliseconds. */
  at: number;
  /** How long it may be used. Unlimited while the store has not answered, so that callers join the request. */
  lifeMs: number;
}

/**
 * Remembers credentials for `ageMs`, so that a rotated secret is used without a deployment, and that there is none
 * for five seconds. Callers that ask at the same time share one request; failures are not remembered. What is
 * written here is used here at once.
 */
export function cachedCredentials(store: CredentialStore, clock: Clock, ageMs = 300_000): CredentialStore {
  /** Oldest first. */
  const remembered = new Map<string, Remembered>();

  function remember(name: string, entry: Remembered): void {
    remembered.delete(name);
    remembered.set(name, entry);
    const oldest = remembered.keys().next();
    if (remembered.size > rememberedCredentials && !oldest.done) remembered.delete(oldest.value);
  }

  function forget(name: string, entry: Remembered): void {
    if (remembered.get(name) === entry) remembered.delete(name);
  }

  function ask(name: string): Promise<Credential | undefined> {
    const entry: Remembered = { credential: store.read(name), at: clock(), lifeMs: Number.POSITIVE_INFINITY };
    remember(name, entry);
    entry.credential.then(
      (credential) => {
        entry.lifeMs = credential ? ageMs : Math.min(absenceMs, ageMs);
      },
      () => forget(name, entry),
    );
    return entry.credential;
  }

  return {
    async read(name) {
      const entry = remembered.get(name);
      if (entry && clock() - entry.at < entry.lifeMs) return entry.credential;
      return ask(name);
    },

    async write(name, credential) {
      // Whether it took place or not: what was asked for before the write may be the old value.
      await store.write(name, credential).finally(() => remembered.delete(name));
      remember(name, { credential: Promise.resolve({ ...credential }), at: clock(), lifeMs: ageMs });
    },
  };
}
