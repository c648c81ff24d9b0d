import * as z from 'zod/mini';
import type { Act } from '../catalogue/act.ts';
import { compareSpecs, type SpecChanges } from '../catalogue/compare-specs.ts';
import { toolsOf } from '../catalogue/of-spec.ts';
import { withRollback } from '../catalogue/roll-back.ts';
import type { CatalogueStore } from '../catalogue/store.ts';
import { heldTools, type ShownHeldTool } from './held-tools.ts';
import { parseInput } from './parse-input.ts';
import { publishChange } from './publishing.ts';

const rollbackSchema = z.strictObject({ revision: z.int().check(z.minimum(1)) });

export interface RollbackResult {
  spec: string;
  /** The revision that it made; on a dry run, the current one. */
  revision: number;
  dry_run: boolean;
  /** The revision whose state the spec has now. */
  restored: number;
  changes: SpecChanges;
  held: ShownHeldTool[];
}

/**
 * Gives a spec the document, tools and held definitions that it had in an earlier revision. Throws `invalid` for a
 * body without a revision, and what `withRollback` throws.
 */
export async function rollBackSpec(
  store: CatalogueStore,
  spec: string,
  body: unknown,
  dryRun: boolean,
  act: Act,
): Promise<RollbackResult> {
  const { revision: restored } = parseInput(rollbackSchema, body);
  const then = await store.snapshot(restored);
  const { head, publication } = await publishChange(
    store,
    (current, snapshot) => {
      const next = withRollback(current, snapshot, spec, then, act);
      return { ...next, changes: compareSpecs(toolsOf(snapshot, spec), toolsOf(next.snapshot, spec)) };
    },
    dryRun,
  );
  const { changes, snapshot } = publication;
  return { spec, revision: head.revision, dry_run: dryRun, restored, changes, held: heldTools(snapshot, spec) };
}
