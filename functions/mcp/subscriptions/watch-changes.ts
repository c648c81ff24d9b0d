import { setTimeout as delay } from 'node:timers/promises';
import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';

/** By kind, something that changes when what is listed changes: a revision, say. */
export interface Stamps {
  tools?: string | number;
  prompts?: string | number;
  resources?: string | number;
}

const kinds = {
  tools: { kind: 'tools_list_changed' },
  prompts: { kind: 'prompts_list_changed' },
  resources: { kind: 'resources_list_changed' },
} as const satisfies Record<keyof Stamps, ServerEvent>;

/**
 * Looks every `pollMs` milliseconds whether something has changed since `before`, and tells the bus, until `signal` ends
 * it. Changes are made on any instance, and the table is the only thing that all of them see.
 */
export async function watchChanges(
  before: Stamps,
  stamps: () => Promise<Stamps>,
  bus: ServerEventBus,
  pollMs: number,
  signal: AbortSignal,
): Promise<void> {
  let seen = before;
  while (!signal.aborted) {
    await delay(pollMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const now = await stamps();
    for (const kind of Object.keys(kinds) as (keyof Stamps)[]) {
      if (now[kind] !== seen[kind]) bus.publish(kinds[kind]);
    }
    seen = now;
  }
}
