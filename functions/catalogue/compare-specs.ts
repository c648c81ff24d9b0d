import type { Change } from './change.ts';
import { compareTools } from './compare-tools.ts';
import type { Tool } from './types.ts';

/** How much of a difference is told; the counts are of all. */
const maxNames = 1_000;
const maxChanged = 200;
const maxChanges = 20;
const maxText = 500;

/** What an import does to one tool. */
export interface ToolChanges {
  tool: string;
  breaking: boolean;
  /** Breaking ones first. */
  what: Change[];
}

/** What a document does to the tools of its spec. */
export interface SpecChanges {
  counts: { added: number; removed: number; changed: number; breaking: number; unchanged: number };
  added: string[];
  removed: string[];
  /** Those that break callers first. */
  changed: ToolChanges[];
}

/** What is different between the live tools of a spec and those that its next document makes. */
export function compareSpecs(live: readonly Tool[], proposed: readonly Tool[]): SpecChanges {
  const before = new Map(live.map((tool) => [tool.name, tool]));
  const after = new Set(proposed.map((tool) => tool.name));
  const added = proposed.filter((tool) => !before.has(tool.name)).map((tool) => tool.name);
  const removed = live.filter((tool) => !after.has(tool.name)).map((tool) => tool.name);
  const changed = proposed.flatMap((tool) => {
    const former = before.get(tool.name);
    return former && former.content_hash !== tool.content_hash ? [changesOf(former, tool)] : [];
  });
  return {
    counts: {
      added: added.length,
      removed: removed.length,
      changed: changed.length,
      breaking: changed.filter(({ breaking }) => breaking).length,
      unchanged: proposed.length - added.length - changed.length,
    },
    added: added.slice(0, maxNames),
    removed: removed.slice(0, maxNames),
    changed: breakingFirst(changed).slice(0, maxChanged),
  };
}

/** What is different about one tool, in as many words as an answer can hold. */
export function changesOf(before: Tool, after: Tool): ToolChanges {
  const what = compareTools(before, after);
  return {
    tool: after.name,
    breaking: what.some(({ breaking }) => breaking),
    what: breakingFirst(what).slice(0, maxChanges).map(shortened),
  };
}

function breakingFirst<T extends { breaking: boolean }>(changes: readonly T[]): T[] {
  return changes.toSorted((a, b) => Number(b.breaking) - Number(a.breaking));
}

function shortened(change: Change): Change {
  const { from, to, similarity } = change;
  return {
    ...change,
    ...(from !== undefined && { from: short(from) }),
    ...(to !== undefined && { to: short(to) }),
    ...(similarity !== undefined && { similarity: Math.round(similarity * 100) / 100 }),
  };
}

/** A value whose JSON is short, or the beginning of the text that it is. */
function short(value: unknown): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= maxText ? value : `${text.slice(0, maxText)}…`;
}
