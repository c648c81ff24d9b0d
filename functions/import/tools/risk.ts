import type { RiskLevel, Tool } from '../../catalogue/types.ts';
import { isObject, itemsOf, membersOf } from '../json-object.ts';
import { extensionOf } from './describe.ts';

const order: readonly RiskLevel[] = ['read', 'write', 'privileged'];
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY']);
const idempotentMethods = new Set([...safeMethods, 'PUT', 'DELETE']);

/** Other words for a risk level that documents use. */
const levels: Record<string, RiskLevel> = {
  read: 'read',
  low: 'read',
  write: 'write',
  medium: 'write',
  privileged: 'privileged',
  high: 'privileged',
  critical: 'privileged',
  destructive: 'privileged',
  admin: 'privileged',
};

/** Scopes that only an administrator or someone who deletes would hold: `users:admin`, `admin`, `delete:users`. */
const privilegedScope = /(?:^|[:._/-])admin(?:$|[:._/-])|^delete(?:$|[:._/])|[:._/]delete$/i;

/**
 * The risk of an operation: what its method means, raised by the marks of operation, path and tags and by the scopes
 * it asks for. Nothing in a document lowers it.
 */
export function riskOf(method: string, marked: readonly unknown[], security: unknown): RiskLevel {
  const risks = [methodRisk(method), ...marked.flatMap(marksOf)];
  if (scopesOf(security).some((scope) => privilegedScope.test(scope))) risks.push('privileged');
  return risks.reduce((highest, risk) => (order.indexOf(risk) > order.indexOf(highest) ? risk : highest));
}

/** MCP's hints. They never say less than the risk level: what was raised above `read` is not called read-only. */
export function annotationsOf(method: string, risk: RiskLevel): Tool['annotations'] {
  return {
    readOnlyHint: risk === 'read',
    destructiveHint: risk !== 'read',
    idempotentHint: idempotentMethods.has(method),
    openWorldHint: false,
  };
}

function methodRisk(method: string): RiskLevel {
  if (safeMethods.has(method)) return 'read';
  return method === 'DELETE' ? 'privileged' : 'write';
}

function marksOf(marked: unknown): RiskLevel[] {
  if (!isObject(marked)) return [];
  const extension = extensionOf(marked);
  return [marked['x-mcp-risk'], marked['x-mcp-risk-level'], extension.risk_level, extension.risk]
    .map((mark) => (typeof mark === 'string' ? levels[mark.toLowerCase()] : undefined))
    .filter((risk) => risk !== undefined);
}

function scopesOf(security: unknown): string[] {
  return itemsOf(security)
    .flatMap((requirement) => membersOf(requirement).flatMap(([, scopes]) => itemsOf(scopes)))
    .filter((scope) => typeof scope === 'string');
}
