import { describe, expect, it } from 'vitest';
import type { Rule } from '../../functions/gateway/config.ts';
import { type DecidedTool, decide } from '../../functions/policy/decide.ts';
import { rulesOf } from '../../functions/policy/rules.ts';

const rules = rulesOf({});
const tool = (parts: Partial<DecidedTool> = {}): DecidedTool => ({
  enabled: true,
  requires_elevation: false,
  risk_level: 'read',
  domain: 'dealer',
  ...parts,
});
const caller = (...roles: string[]) => ({ roles, groups: [] });

describe('the default rules', () => {
  it.each([
    ['viewer', 'read', true],
    ['viewer', 'write', false],
    ['viewer', 'privileged', false],
    ['operator', 'read', true],
    ['operator', 'write', true],
    ['operator', 'privileged', false],
    ['administrator', 'privileged', true],
    ['stranger', 'read', false],
  ] as const)('%s, %s tool: %s', (role, risk_level, allow) => {
    expect(decide(caller(role), tool({ risk_level }), rules).allow).toBe(allow);
  });
});

describe('decide', () => {
  it('denies a caller without roles', () => {
    expect(decide(caller(), tool(), rules)).toEqual({ allow: false, reason: 'no_rule' });
  });

  it('denies everything when there are no rules', () => {
    expect(decide(caller('administrator'), tool(), [])).toEqual({ allow: false, reason: 'no_rule' });
  });

  it('denies a tool that is not there or switched off, whoever asks', () => {
    expect(decide(caller('administrator'), undefined, rules)).toEqual({ allow: false, reason: 'unknown_tool' });
    expect(decide(caller('administrator'), tool({ enabled: false }), rules)).toEqual({
      allow: false,
      reason: 'tool_disabled',
    });
  });

  it('denies a tool that requires elevation, which nobody has yet', () => {
    const elevated = tool({ requires_elevation: true });
    expect(decide(caller('administrator'), elevated, rules)).toEqual({ allow: false, reason: 'elevation_required' });
  });

  it('allows by group and names the rule', () => {
    const byGroup: Rule[] = [
      { name: 'sales', roles: [], groups: ['g-sales'], risk_levels: ['read'], domains: ['dealer'] },
    ];
    expect(decide({ roles: [], groups: ['g-sales'] }, tool(), byGroup)).toEqual({ allow: true, rule: 'sales' });
    expect(decide({ roles: [], groups: ['g-sales'] }, tool({ domain: 'payment' }), byGroup).allow).toBe(false);
  });
});
