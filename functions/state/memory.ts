import type { Clock } from '../gateway/clock.ts';
import { newVersion } from './new-version.ts';
import type { StateEntry, StateStore } from './store.ts';

/** State that lives as long as the process. */
export function memoryState(clock: Clock): StateStore {
  const entries = new Map<string, StateEntry>();

  function current(key: string): StateEntry | undefined {
    const entry = entries.get(key);
    if (entry && entry.expires_at * 1000 <= clock()) entries.delete(key);
    return entries.get(key);
  }

  function put(key: string, value: Record<string, unknown>, expires_at: number): void {
    entries.set(key, { value: structuredClone(value), version: newVersion(), expires_at });
  }

  return {
    async get(key) {
      return structuredClone(current(key));
    },
    async create(key, value, expiresAt) {
      if (current(key)) return false;
      put(key, value, expiresAt);
      return true;
    },
    async replace(key, version, value, expiresAt) {
      if (current(key)?.version !== version) return false;
      put(key, value, expiresAt);
      return true;
    },
    async remove(key) {
      entries.delete(key);
    },
  };
}
