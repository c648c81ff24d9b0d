import { hash } from 'node:crypto';
import type { Clock } from '../../gateway/clock.ts';
import type { StateStore } from '../../state/store.ts';
import type { ResourceShelf } from '../library/library.ts';
import type { Caller } from '../tool-room.ts';
import type { ListName, Stamps } from './watch-changes.ts';

/** Resources that one stream, or one session, may be told of. */
export const maxResources = 50;

/** What telling clients of changes lives on. */
export interface Subscriptions {
  /** By list, something that changes when what is listed does: a revision, say. */
  stamps: () => Promise<Partial<Record<ListName, string | number>>>;
  /** Opened when a resource is first subscribed to. */
  resources: () => Promise<Pick<ResourceShelf, 'has' | 'stamp'>>;
  /** Milliseconds between two looks; no instance may trust for longer what it has read. */
  pollMs: number;
  state: StateStore;
  clock: Clock;
}

/** The lists as they are now, and those of the resources that ever change. */
export async function stampsOf(
  { stamps, resources }: Subscriptions,
  caller: Caller,
  uris: readonly string[],
): Promise<Stamps> {
  const found = new Map(Object.entries(await stamps()).map(([list, stamp]) => [list, digestOf(String(stamp))]));
  for (const uri of uris) {
    const stamp = await (await resources()).stamp(caller, uri);
    if (stamp !== undefined) found.set(uri, digestOf(stamp));
  }
  return found;
}

/** Eight characters in place of a text, because some are kept where there is not much room. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 8);
}
