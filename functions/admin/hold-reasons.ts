import { isRiskier } from '../catalogue/is-riskier.ts';
import { similarity } from '../catalogue/similarity.ts';
import type { Definition, HoldReason } from '../catalogue/types.ts';

/**
 * A description of which less than half was there before is another description. Corrections, an added sentence and
 * a shorter wording stay above it; what replaces the text, or doubles it, falls below.
 */
export const minSimilarity = 0.5;

/**
 * Why a definition that a document brings has to wait for somebody's consent; nothing when it may go live. Both are
 * under what operators have set: where they have decided on risk or description, the document has no say.
 */
export function holdReasons(live: Definition | undefined, proposed: Definition): HoldReason[] {
  const rewritten = live !== undefined && similarity(live.description, proposed.description) < minSimilarity;
  return [
    ...(live && isRiskier(live.risk_level, proposed.risk_level) ? (['risk_raised'] as const) : []),
    ...(!live && proposed.risk_level === 'privileged' ? (['privileged_tool_added'] as const) : []),
    ...(rewritten ? (['description_rewritten'] as const) : []),
  ];
}
