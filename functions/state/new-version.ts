import { randomInt } from 'node:crypto';

/**
 * A version that no entry has had before. Counting would not do: an entry that is removed and created again must
 * not be taken for the earlier one, and whoever meets a version must know whether it wrote it.
 */
export function newVersion(): number {
  return randomInt(2 ** 48 - 1);
}
