import type { HeldTool, Snapshot, Tool } from './types.ts';

/** The tools of a spec. */
export function toolsOf({ tools }: Pick<Snapshot, 'tools'>, spec: string): Tool[] {
  return tools.filter((tool) => tool.source_spec === spec);
}

/** The tools of all specs but one. */
export function toolsOfOthers({ tools }: Pick<Snapshot, 'tools'>, spec: string): Tool[] {
  return tools.filter((tool) => tool.source_spec !== spec);
}

/** What is held back for a spec. */
export function heldOf({ held = {} }: Pick<Snapshot, 'held'>, spec: string): Record<string, HeldTool> {
  return Object.fromEntries(Object.entries(held).filter(([, { definition }]) => definition.source_spec === spec));
}

/** What is held back for all specs but one. */
export function heldOfOthers({ held = {} }: Pick<Snapshot, 'held'>, spec: string): Record<string, HeldTool> {
  return Object.fromEntries(Object.entries(held).filter(([, { definition }]) => definition.source_spec !== spec));
}

/** What a spec's entry says about its tools: how many are live, and about how many nobody has decided. */
export function countsOf(snapshot: Pick<Snapshot, 'tools' | 'held'>, spec: string) {
  const waiting = Object.values(heldOf(snapshot, spec)).filter(({ rejected_at }) => rejected_at === undefined);
  return { tools: toolsOf(snapshot, spec).length, awaiting_approval: waiting.length };
}
