import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';
import { heldOfOthers, toolsOfOthers } from './of-spec.ts';
import { type Snapshot, toolNameSchema } from './types.ts';

/** The names that belong to other specs, by the spec: those of their tools, and of what is held back for them. */
export function namesOfOthers(snapshot: Pick<Snapshot, 'tools' | 'held'>, spec: string) {
  const held = Object.values(heldOfOthers(snapshot, spec)).map(({ definition }) => definition);
  const others = [...toolsOfOthers(snapshot, spec), ...held];
  return new Map(others.map((tool) => [tool.name, tool.source_spec]));
}

/**
 * Throws `invalid` for a name that no tool may have or that is given twice, and `conflict` for one that belongs to
 * another spec.
 */
export function claimNames(names: readonly string[], owners: ReadonlyMap<string, string>): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (!z.safeParse(toolNameSchema, name).success || seen.has(name)) {
      const why = seen.has(name) ? 'is given to two operations' : 'is not a name that a tool can have';
      throw new GatewayError('invalid', `Tool name "${name}" ${why}; change the operationId.`, { field: 'tools' });
    }
    seen.add(name);
  }
  const taken = names.filter((name) => owners.has(name));
  if (taken.length === 0) return;
  const list = taken.map((name) => `${name} (${owners.get(name)})`).join(', ');
  const message = `Tool names belong to other specs: ${list}. Change the operationIds, or delete the other spec first.`;
  throw new GatewayError('conflict', message, { field: 'tools', details: { tools: taken } });
}
