import { GatewayError } from '../gateway/errors.ts';
import { type Act, eventOf } from './act.ts';
import { assemble, ownValue } from './definition.ts';
import { countsOf } from './of-spec.ts';
import { unknownSpec } from './specs.ts';
import type { Publication } from './store.ts';
import type { Head, Snapshot } from './types.ts';

/** What is decided about held definitions: their content hashes, by the name of the tool. */
export interface Review {
  approve: Record<string, string>;
  reject: Record<string, string>;
}

/**
 * Makes the approved definitions of a spec live, all at once, and marks the rejected ones. A rejected definition may
 * still be approved. Throws `not_found` for an unknown spec, `invalid` for a tool that is both approved and rejected,
 * and `conflict` when a definition is not held, or not the one that the decision is about.
 */
export function withReview(head: Head, snapshot: Snapshot, spec: string, review: Review, act: Act): Publication {
  const entry = ownValue(head.specs, spec);
  if (!entry) throw unknownSpec(spec);
  checkReview(snapshot, spec, review);
  const approved = (name: string) => Object.hasOwn(review.approve, name);
  const held = Object.entries(snapshot.held ?? {});
  const ready = held.flatMap(([name, { definition }]) => (approved(name) ? [definition] : []));
  const rejected_at = new Date(act.now).toISOString();
  const left = Object.fromEntries(
    held
      .filter(([name]) => !approved(name))
      .map(([name, tool]) => [name, Object.hasOwn(review.reject, name) ? { ...tool, rejected_at } : tool]),
  );
  const staying = snapshot.tools.filter((tool) => !approved(tool.name));
  const next = { ...assemble(snapshot, staying, ready), held: left };
  return {
    head: { ...head, specs: { ...head.specs, [spec]: { ...entry, ...countsOf(next, spec) } } },
    snapshot: next,
    event: eventOf(spec, 'reviewed', act),
  };
}

function checkReview({ held }: Snapshot, spec: string, { approve, reject }: Review): void {
  for (const [verb, hashes] of Object.entries({ approve, reject })) {
    for (const [name, hash] of Object.entries(hashes)) {
      const field = `${verb}.${name}`;
      const tool = ownValue(held, name);
      if (tool?.definition.source_spec !== spec) {
        throw new GatewayError('conflict', `Nothing is held of a tool "${name}" of this spec.`, { field });
      }
      if (tool.content_hash !== hash) {
        const message = `What is held of "${name}" is not what this decision is about; read the spec again and decide on what it shows.`;
        throw new GatewayError('conflict', message, { field });
      }
      if (verb === 'reject' && Object.hasOwn(approve, name)) {
        throw new GatewayError('invalid', `"${name}" is both approved and rejected.`, { field });
      }
    }
  }
}
