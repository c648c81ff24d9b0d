import * as z from 'zod/mini';
import defaults from '../../policies/default.json' with { type: 'json' };
import { type Rule, ruleSchema, type Settings } from '../gateway/config.ts';

/** The deployment's rules, or the default ones when it sets none. */
export function rulesOf(settings: Settings<'policy'>): readonly Rule[] {
  return settings.GATEHOUSE_RULES ?? z.array(ruleSchema).parse(defaults);
}
