import * as z from 'zod/mini';
import { type Principal, principalSchema } from './principal.ts';

/**
 * Bytes of the principal as written. The authorizer's answer must stay below 8 KB with its policy, and everything in
 * it is handed to the function with each request.
 */
const maxBytes = 6 * 1024;

/**
 * A principal as API Gateway carries it from the authorizer to the function: context values are strings only.
 * Roles, groups and scopes that do not fit are left out from the end, which can only refuse.
 */
export function toAuthorizerContext(principal: Principal): Record<string, string> {
  const fitted: Principal = { ...principal, roles: [], groups: [], scopes: [] };
  let left = maxBytes - size(fitted);
  for (const list of ['roles', 'scopes', 'groups'] as const) {
    for (const value of principal[list]) {
      left -= size(value);
      if (left < 0) break;
      fitted[list].push(value);
    }
  }
  return { principal: JSON.stringify(fitted) };
}

/** The field is itself a string in a JSON document, so that its quotes count twice. */
function size(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}

/** Principals by the text that carried them: an authorizer's answer is cached, so the same text comes again and again. */
const known = new Map<string, Principal>();
const maxKnown = 200;

/** The principal in an event's `requestContext.authorizer`; `undefined` when there is none that holds up. */
export function fromAuthorizerContext(context: Record<string, unknown>): Principal | undefined {
  const { principal: text } = context;
  if (typeof text !== 'string') return undefined;
  const principal = known.get(text) ?? parsePrincipal(text);
  if (!principal) return undefined;
  if (known.size >= maxKnown) known.clear();
  known.set(text, principal);
  return principal;
}

function parsePrincipal(text: string): Principal | undefined {
  try {
    return z.safeParse(principalSchema, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
