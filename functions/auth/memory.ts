import { GatewayError } from '../gateway/errors.ts';
import type { ApiKey, KeyStore } from './key-store.ts';

/** Keys that live as long as the process. */
export function memoryKeys(): KeyStore {
  const keys = new Map<string, ApiKey>();

  return {
    async find(id) {
      return structuredClone(keys.get(id));
    },
    async add(key) {
      if (keys.has(key.id)) throw new GatewayError('conflict', `There is a key "${key.id}" already.`);
      keys.set(key.id, structuredClone(key));
    },
    async list() {
      return structuredClone([...keys.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));
    },
    async revoke(id, at) {
      const key = keys.get(id);
      if (key) keys.set(id, { ...key, revoked_at: key.revoked_at ?? at });
    },
  };
}
