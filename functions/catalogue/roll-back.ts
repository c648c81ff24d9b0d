import { GatewayError } from '../gateway/errors.ts';
import { type Act, eventOf } from './act.ts';
import { claimNames, namesOfOthers } from './claim-names.ts';
import { asImported, assemble, ownValue } from './definition.ts';
import { countsOf, heldOf, heldOfOthers, toolsOf, toolsOfOthers } from './of-spec.ts';
import { requireBackend } from './specs.ts';
import type { Publication } from './store.ts';
import type { Head, Snapshot, Spec } from './types.ts';

/**
 * Gives a spec the document, tools and held definitions that it had in the revision `then`; also one that was deleted.
 * What operators have set, and backends, stay as they are now. Throws `not_found` when the spec was not in that
 * revision, and `conflict` when its backend is gone, when one of its names belongs to another spec now, or when that
 * revision is older than what rolling back needs.
 */
export function withRollback(head: Head, snapshot: Snapshot, spec: string, then: Snapshot, act: Act): Publication {
  const entry = entryIn(then, spec);
  const own = toolsOf(then, spec);
  for (const backend of new Set([entry.backend, ...own.map((tool) => tool.binding.backend)])) {
    requireBackend(head, backend, 'conflict');
  }
  const heldThen = heldOf(then, spec);
  const names = new Set([...own.map((tool) => tool.name), ...Object.keys(heldThen)]);
  claimNames([...names], namesOfOthers(snapshot, spec));
  const definitions = own.map((tool) => asImported(tool, then.imported));
  const next = {
    ...assemble(snapshot, toolsOfOthers(snapshot, spec), definitions),
    held: { ...heldOfOthers(snapshot, spec), ...heldThen },
  };
  return {
    head: { ...head, specs: { ...head.specs, [spec]: { ...entry, ...countsOf(next, spec) } } },
    snapshot: next,
    event: eventOf(spec, 'rolled_back', act),
  };
}

function entryIn(then: Snapshot, spec: string): Spec {
  const last = ownValue(then.history, spec)?.at(-1);
  if (last && last.action !== 'deleted') return last.entry;
  if (last || toolsOf(then, spec).length === 0) {
    throw new GatewayError('not_found', `Revision ${then.revision} has no spec "${spec}".`, { field: 'revision' });
  }
  const message = `Revision ${then.revision} does not say which document "${spec}" had; import that document again.`;
  throw new GatewayError('conflict', message, { field: 'revision' });
}
