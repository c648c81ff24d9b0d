import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { authorize } from '../../functions/auth/authorize-request.ts';
import type { Principal } from '../../functions/auth/principal.ts';
import { parseAuthorizerEvent } from '../../functions/http/authorizer-event.ts';
import { admits, authorizerEvent } from './authorizer-events.ts';

const operation = z.object({ security: z.array(z.record(z.string(), z.unknown())) });
const contract = z
  .object({
    paths: z.record(
      z.string(),
      z.object({
        get: operation.optional(),
        put: operation.optional(),
        post: operation.optional(),
        patch: operation.optional(),
        delete: operation.optional(),
      }),
    ),
  })
  .parse(load(readFileSync(join(import.meta.dirname, '../../openapi/gateway.yaml'), 'utf8')));

const routes = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, secured]) => ({
    route: `${method.toUpperCase()} ${path.replaceAll(/\{[^}]+\}/g, 'mcp')}`,
    schemes: secured?.security.flatMap((requirement) => Object.keys(requirement)) ?? [],
  })),
);

const holder = { subject: 'ada', issuer: 'i', roles: [], groups: [], scopes: [] };
const principals: Record<string, Principal> = {
  bearer: { kind: 'token', ...holder },
  admin_key: { kind: 'key', ...holder },
};

/** The policy that a good credential of this scheme gets at this route. */
async function policyAt(route: string) {
  const verdict = await authorize(
    parseAuthorizerEvent(authorizerEvent(route, { Authorization: 'Bearer t', 'x-api-key': 'k' })),
    {
      verifyToken: async () => ({ ok: true, principal: principals.bearer ?? expect.unreachable(), expires_at: 0 }),
      verifyKey: async () => ({ ok: true, principal: principals.admin_key ?? expect.unreachable() }),
    },
  );
  return verdict.ok ? verdict.admission.policyDocument : expect.unreachable(verdict.reason);
}

describe.each(Object.keys(principals))('an admission for %s', (scheme) => {
  test('admits to exactly the routes that the contract secures with it', async () => {
    const secured = routes.filter(({ schemes }) => schemes.includes(scheme)).map(({ route }) => route);
    expect(secured.length).toBeGreaterThan(3);
    for (const route of secured) {
      const policy = await policyAt(route);
      expect(routes.map((each) => each.route).filter((each) => admits(policy, each))).toEqual(secured);
    }
  });
});
