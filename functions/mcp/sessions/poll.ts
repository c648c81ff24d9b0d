import { setTimeout as delay } from 'node:timers/promises';

const firstMs = 50;
const longestMs = 500;

/**
 * Looks again and again, less often with time, until there is something to see or `signal` ends the waiting; then
 * `undefined`.
 */
export async function poll<T>(look: () => Promise<T | undefined>, signal: AbortSignal): Promise<T | undefined> {
  for (let pause = firstMs; !signal.aborted; pause = Math.min(pause * 1.5, longestMs)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await delay(pause, undefined, { signal }).catch(() => {});
  }
  return undefined;
}
