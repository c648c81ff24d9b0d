import type { Admittee, AuthorizerResult } from '../http/authorizer-event.ts';
import type { KeyVerdict } from './api-key.ts';
import type { BearerVerdict } from './bearer.ts';
import { toAuthorizerContext } from './context.ts';
import type { Principal } from './principal.ts';

/** What decides about a presented credential. Rejects when it cannot decide. */
export interface Verifiers {
  verifyToken(token: string): Promise<BearerVerdict>;
  verifyKey(presented: string): Promise<KeyVerdict>;
}

type Refusal = Extract<BearerVerdict | KeyVerdict, { ok: false }>['reason'];

export type AdmissionVerdict =
  | { ok: true; admission: AuthorizerResult }
  | { ok: false; reason: Refusal | 'credential_missing' | 'credential_repeated' | 'scheme_wrong' };

/**
 * The routes of each credential, as `openapi/gateway.yaml` secures them. Methods are written out: `*` in an ARN
 * also matches `/`, so that `*` + `/mcp` would admit a token to `GET /admin/tools/mcp`.
 */
const routes: Record<Principal['kind'], readonly string[]> = {
  token: ['POST/mcp', 'GET/mcp', 'DELETE/mcp', 'GET/api/mcp/*', 'GET/bugs', 'GET/bugs/*', 'POST/bugs/*'],
  key: ['GET/admin/*', 'PUT/admin/*', 'POST/admin/*', 'PATCH/admin/*', 'DELETE/admin/*'],
};

/**
 * Decides whether a request may pass. Which credential counts is the route's to say (`x-api-key` below `/admin`,
 * a bearer token elsewhere), so that presenting the other one gains nothing. The admission covers every route of
 * the credential, because API Gateway reuses it for all of them. `usageKeys` say under which of its keys API Gateway
 * counts the request. Rejects when a verifier cannot decide.
 */
export async function authorize(
  { stageArn, path, header }: Admittee,
  verifiers: Verifiers,
  usageKeys?: Record<Principal['kind'], string>,
): Promise<AdmissionVerdict> {
  const isAdmin = path === '/admin' || path.startsWith('/admin/');
  const [presented, ...further] = header(isAdmin ? 'x-api-key' : 'authorization');
  if (!presented) return { ok: false, reason: 'credential_missing' };
  // Two credentials are an attempt to have one checked and the other one used.
  if (further.length > 0) return { ok: false, reason: 'credential_repeated' };
  const verdict = isAdmin ? await verifiers.verifyKey(presented) : await verifyAuthorization(presented, verifiers);
  return verdict.ok ? { ok: true, admission: admit(verdict.principal, stageArn, usageKeys) } : verdict;
}

async function verifyAuthorization(authorization: string, verifiers: Verifiers) {
  // RFC 6750 section 2.1; the scheme in any case (RFC 9110 section 11.1).
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  return token === undefined ? ({ ok: false, reason: 'scheme_wrong' } as const) : verifiers.verifyToken(token);
}

function admit(
  principal: Principal,
  stageArn: string,
  usageKeys?: Record<Principal['kind'], string>,
): AuthorizerResult {
  const resources = routes[principal.kind].map((route) => `${stageArn}/${route}`);
  return {
    principalId: principal.kind === 'key' ? `key:${principal.client_id}` : principal.subject,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: resources }],
    },
    context: toAuthorizerContext(principal),
    ...(usageKeys && { usageIdentifierKey: usageKeys[principal.kind] }),
  };
}
