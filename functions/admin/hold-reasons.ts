import { isRiskier } from '../catalogue/is-riskier.ts';
import { similarity } from '../catalogue/similarity.ts';
import type { Definition, HoldReason } from '../catalogue/types.ts';
import { cuesOf } from '../import/report/cues.ts';

/**
 * A description of which less than half was there before is another description. Corrections, an added sentence and
 * a shorter wording stay above it; what replaces the text, or doubles it, falls below.
 */
const minSimilarity = 0.5;

/**
 * Why a definition that a document brings has to wait for somebody's consent; nothing when it may go live. Both are
 * under what operators have set: where they have decided on risk or description, the document has no say.
 */
export function holdReasons(live: Definition | undefined, proposed: Definition): HoldReason[] {
  const holds: Record<HoldReason, boolean> = {
    risk_raised: live !== undefined && isRiskier(live.risk_level, proposed.risk_level),
    privileged_tool_added: live === undefined && proposed.risk_level === 'privileged',
    description_rewritten: live !== undefined && similarity(live.description, proposed.description) < minSimilarity,
    instructions_in_wording: hasNewCue(live, proposed),
  };
  return (Object.keys(holds) as HoldReason[]).filter((reason) => holds[reason]);
}

/** Whether a text for models could steer one in a way that no text could before. */
function hasNewCue(live: Definition | undefined, proposed: Definition): boolean {
  const before = new Set(live ? wordingOf(live) : []);
  const cues = wordingOf(proposed).flatMap((text) => (before.has(text) ? [] : cuesOf(text)));
  if (cues.length === 0) return false;
  const known = new Set([...before].flatMap(cuesOf));
  return cues.some((cue) => !known.has(cue));
}

/** What a model reads of a tool: its title and description, and those of its arguments at any depth. */
function wordingOf({ title = '', description, input_schema }: Definition): string[] {
  return [title, description, ...textsIn(input_schema)];
}

function textsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    typeof value === 'string' ? (key === 'description' || key === 'title' ? [value] : []) : textsIn(value),
  );
}
