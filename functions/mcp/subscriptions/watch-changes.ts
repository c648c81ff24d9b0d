import { setTimeout as delay } from 'node:timers/promises';

const lists = ['tools', 'prompts', 'resources'] as const;
export type ListName = (typeof lists)[number];

/** By what can change, a list by its name or a resource by its URI, something that changes with it. */
export type Stamps = ReadonlyMap<string, string>;

/**
 * Looks every `pollMs` milliseconds, until `signal` ends it or there is nothing more to look at, and tells what has
 * another stamp than in `told`, which has it from then on. Changes are made on any instance, and the table is the only
 * thing that all of them see. A change is told one look after it is seen: until then another instance may trust what it
 * has read before, and a client that asks it would be given what it has already.
 */
export async function watchChanges(
  told: Map<string, string>,
  look: () => Promise<Stamps | undefined>,
  tell: (topic: string) => void,
  pollMs: number,
  signal: AbortSignal,
): Promise<void> {
  let seen: Stamps = new Map();
  for (;;) {
    const now = await look();
    if (!now) return;
    for (const topic of told.keys()) if (!now.has(topic)) told.delete(topic);
    for (const [topic, stamp] of seen) {
      if (!now.has(topic) || told.get(topic) === stamp) continue;
      told.set(topic, stamp);
      tell(topic);
    }
    seen = now;
    await delay(pollMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
  }
}

/** Whether the topic is a list: resources have a scheme, which ends with a colon. */
export function isList(topic: string): topic is ListName {
  return (lists as readonly string[]).includes(topic);
}
