import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../gateway/errors.ts';
import { changeEntry, type StateStore } from '../../state/store.ts';
import { ownerOf } from '../owner-of.ts';
import type { Caller } from '../tool-room.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Each stream occupies a function instance for as long as it is open. */
export const maxStreams = 4;

/** API Gateway ends a stream on which nothing happens for five minutes, and each open one costs an instance. */
const longestMs = 240_000;

/** Leave to have a stream open. */
export interface Slot {
  /** Epoch milliseconds: when the function's time or four minutes are over. */
  until: number;
  free(): Promise<void>;
}

/**
 * One of the few streams that a principal may have open at once, over all instances. A session that comes again takes
 * over the slot that it has: nobody knows whether its client has left the earlier stream. Unless freed the slot is free
 * when its time is over. Throws `conflict` when all are taken.
 */
export async function claimSlot(
  { principal, deadline }: Pick<Caller, 'principal' | 'deadline'>,
  { state, clock }: Pick<Subscriptions, 'state' | 'clock'>,
  session?: string,
): Promise<Slot> {
  const until = Math.min(deadline, clock() + longestMs);
  const expires_at = Math.ceil(until / 1_000);
  const claim = randomUUID();
  const value = { claim, ...(session !== undefined && { session }) };
  const inherit = (key: string) =>
    changeEntry(state, key, (entry) => (entry.value.session === session ? { value, expires_at } : undefined));

  for (let slot = 0; slot < maxStreams; slot += 1) {
    const key = `LISTEN#${ownerOf(principal)}#${slot}`;
    if ((await state.create(key, value, expires_at)) || (session !== undefined && (await inherit(key)))) {
      return { until, free: () => free(state, key, claim) };
    }
  }
  const text = `There are ${maxStreams} streams open already for this principal; close one first.`;
  throw new GatewayError('conflict', text, { details: { open: maxStreams } });
}

/** The claim may be over, and the slot another's. */
async function free(state: StateStore, key: string, claim: string): Promise<void> {
  await changeEntry(state, key, ({ value }) => (value.claim === claim ? { value, expires_at: 0 } : undefined));
}
