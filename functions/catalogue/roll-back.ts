import { GatewayError } from '../gateway/errors.ts';
import { type Act, eventOf } from './act.ts';
import { claimNames, namesOfOthers } from './claim-names.ts';
import { asImported, assemble, ownValue } from './definition.ts';
import { countsOf } from './review.ts';
import { heldOfOthers, requireBackend, toolsOfOthers } from './specs.ts';
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
  const own = then.tools.filter((tool) => tool.source_spec === spec);
  for (const backend of new Set([entry.backend, ...own.map((tool) => tool.binding.backend)])) {
    requireBackend(head, backend, 'conflict');
  }
  const heldThen = Object.entries(then.held ?? {}).filter(([, { definition }]) => definition.source_spec === spec);
  const names = new Set([...own.map((tool) => tool.name), ...heldThen.map(([name]) => name)]);
  claimNames([...names], namesOfOthers(snapshot, spec));
  const held = { ...heldOfOthers(snapshot, spec), ...Object.fromEntries(heldThen) };
  const next = assemble(
    snapshot,
    toolsOfOthers(snapshot, spec),
    own.map((tool) => asImported(tool, then.imported)),
  );
  return {
    head: { ...head, specs: { ...head.specs, [spec]: { ...entry, ...countsOf(spec, next.tools, held) } } },
    snapshot: { ...next, held },
    event: eventOf(spec, 'rolled_back', act),
  };
}

function entryIn(then: Snapshot, spec: string): Spec {
  const last = ownValue(then.history, spec)?.at(-1);
  if (last && last.action !== 'deleted') return last.entry;
  if (last || !then.tools.some((tool) => tool.source_spec === spec)) {
    throw new GatewayError('not_found', `Revision ${then.revision} has no spec "${spec}".`, { field: 'revision' });
  }
  const message = `Revision ${then.revision} does not say which document "${spec}" had; import that document again.`;
  throw new GatewayError('conflict', message, { field: 'revision' });
}
