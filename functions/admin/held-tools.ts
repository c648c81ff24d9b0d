import { unnumbered } from '../catalogue/act.ts';
import { changesOf, type ToolChanges } from '../catalogue/compare-specs.ts';
import { finish, ownValue } from '../catalogue/definition.ts';
import { heldOf } from '../catalogue/of-spec.ts';
import type { Definition, HeldTool, HoldReason, Snapshot } from '../catalogue/types.ts';

/** How many are shown; the others come up as these are decided about. */
const maxShown = 100;

/** A definition that is held back, as an administrator sees it. */
export interface ShownHeldTool extends ToolChanges {
  /** Whether there is no live tool of this name. */
  new: boolean;
  reasons: HoldReason[];
  /** What a decision has to name. */
  content_hash: string;
  held_at: string;
  /** The revision of the document that first proposed it; absent on a dry run that would hold it. */
  document_revision?: number;
  rejected_at?: string;
  /** On request: the definition as the document has it. */
  definition?: Definition;
}

type Held = Pick<Snapshot, 'tools' | 'overrides' | 'held'>;

/** What is held back for a spec, in the order of names: those that wait, then those that were rejected. */
export function heldTools({ tools, overrides, held }: Held, spec: string, withDefinitions = false) {
  const live = new Map(tools.map((tool) => [tool.name, tool]));
  const show = ([name, tool]: [string, HeldTool]): ShownHeldTool => {
    const { definition, reasons, content_hash, held_at, revision, rejected_at } = tool;
    const before = live.get(name);
    return {
      tool: name,
      new: !before,
      reasons,
      content_hash,
      held_at,
      ...(revision !== unnumbered && { document_revision: revision }),
      ...(rejected_at !== undefined && { rejected_at }),
      ...(before ? changesOf(before, finish(definition, ownValue(overrides, name))) : { breaking: false, what: [] }),
      ...(withDefinitions && { definition }),
    };
  };
  return Object.entries(heldOf({ held }, spec))
    .sort(([a, one], [b, other]) => rejectedLast(one, other) || (a < b ? -1 : 1))
    .slice(0, maxShown)
    .map(show);
}

function rejectedLast(one: HeldTool, other: HeldTool): number {
  return Number(one.rejected_at !== undefined) - Number(other.rejected_at !== undefined);
}
