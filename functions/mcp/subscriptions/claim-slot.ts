import { randomUUID } from 'node:crypto';
import type { Principal } from '../../auth/principal.ts';
import { changeEntry, type StateStore } from '../../state/store.ts';
import { ownerOf } from '../owner-of.ts';

/** Each stream occupies a function instance for as long as it is open. */
export const maxStreams = 4;

/**
 * One of the few streams that a principal may have open at once, over all instances; `undefined` when all are taken.
 * Gives what frees it again; unless freed it is free at `until` (epoch milliseconds).
 */
export async function claimSlot(
  state: StateStore,
  principal: Principal,
  until: number,
): Promise<(() => Promise<void>) | undefined> {
  const claim = randomUUID();
  for (let slot = 0; slot < maxStreams; slot += 1) {
    const key = `LISTEN#${ownerOf(principal)}#${slot}`;
    if (await state.create(key, { claim }, Math.ceil(until / 1_000))) return () => free(state, key, claim);
  }
  return undefined;
}

/** The claim may be over, and the slot another's. */
async function free(state: StateStore, key: string, claim: string): Promise<void> {
  await changeEntry(state, key, ({ value }) => (value.claim === claim ? { value, expires_at: 0 } : undefined));
}
