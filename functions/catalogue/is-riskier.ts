import type { RiskLevel } from './types.ts';

const order: readonly RiskLevel[] = ['read', 'write', 'privileged'];

/** Whether `next` is a higher risk than `former`. */
export function isRiskier(former: RiskLevel, next: RiskLevel): boolean {
  return order.indexOf(next) > order.indexOf(former);
}
