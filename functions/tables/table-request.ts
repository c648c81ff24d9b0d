import { setTimeout as wait } from 'node:timers/promises';
import { GatewayError } from '../gateway/errors.ts';

/** Awaits what a table answers. Throws `unavailable`, with the client's error as its cause, when it does not. */
export async function answered<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (cause) {
    throw new GatewayError('unavailable', 'A table of the gateway did not answer; try again.', { cause });
  }
}

/** Awaits a conditional write: false when its condition did not hold. Throws `unavailable` for any other failure. */
export async function conditionHeld(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (cause) {
    // By name, so that this file needs no part of the client, which costs tens of milliseconds to load.
    if (cause instanceof Error && cause.name === 'ConditionalCheckFailedException') return false;
    return answered(Promise.reject(cause));
  }
}

const longestStall = 5;

/**
 * Waits before a throttled part of a batch is sent again: 25 ms, doubling, with full jitter.
 * Throws `unavailable` when `stalls`, the number of answers in a row without progress, has reached five.
 */
export async function backOff(stalls: number): Promise<void> {
  if (stalls >= longestStall) {
    throw new GatewayError('unavailable', 'A table of the gateway is overloaded; try again.');
  }
  await wait(Math.random() * 25 * 2 ** stalls);
}
