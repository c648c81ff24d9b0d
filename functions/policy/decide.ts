import type { Principal } from '../auth/principal.ts';
import type { Tool } from '../catalogue/types.ts';
import type { Rule } from '../gateway/config.ts';

/** `rule` is the name of the rule that allowed; `reason` goes to the audit log, never to the caller. */
export type Decision = { allow: true; rule: string } | { allow: false; reason: RefusalReason };

export type RefusalReason = 'unknown_tool' | 'tool_disabled' | 'elevation_required' | 'no_rule';

/** What a decision looks at. */
export type DecidedTool = Pick<Tool, 'enabled' | 'requires_elevation' | 'risk_level' | 'domain'>;
export type Caller = Pick<Principal, 'roles' | 'groups'>;

/**
 * May this caller use this tool? Denies unless a rule allows, so a caller without roles and a tool that no rule
 * names are both refused. Reads nothing but its arguments.
 */
export function decide(caller: Caller, tool: DecidedTool | undefined, rules: readonly Rule[]): Decision {
  if (!tool) return { allow: false, reason: 'unknown_tool' };
  if (!tool.enabled) return { allow: false, reason: 'tool_disabled' };
  const rule = rules.find((candidate) => covers(candidate, tool) && names(candidate, caller));
  if (!rule) return { allow: false, reason: 'no_rule' };
  if (tool.requires_elevation) return { allow: false, reason: 'elevation_required' };
  return { allow: true, rule: rule.name };
}

function covers(rule: Rule, tool: DecidedTool): boolean {
  return rule.risk_levels.includes(tool.risk_level) && (rule.domains?.includes(tool.domain) ?? true);
}

function names(rule: Rule, caller: Caller): boolean {
  return (
    rule.roles.some((role) => caller.roles.includes(role)) || rule.groups.some((group) => caller.groups.includes(group))
  );
}
