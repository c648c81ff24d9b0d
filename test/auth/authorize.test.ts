import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIssuer } from '../../local/issuer.ts';
import { authorizerEvent } from './authorizer-events.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./invoke-authorize.ts', import.meta.url));
const resource = 'https://mcp.example.com/mcp';
let issuer: Awaited<ReturnType<typeof startIssuer>>;

beforeAll(async () => {
  issuer = await startIssuer({ audience: resource });
});
afterAll(() => issuer.close());

const accepted = () => ({ issuer: issuer.issuer, jwks_uri: issuer.jwksUri, audiences: [issuer.audience] });

/** Runs the real door in a process of its own: what it answers, and what of packages and table clients that loads. */
async function invoke(
  event: unknown,
  issuers: unknown[] = [accepted()],
): Promise<{ answer?: unknown; error?: string; loaded: string[] }> {
  const { stdout } = await run(process.execPath, [script, JSON.stringify(event)], {
    env: {
      ...process.env,
      AWS_REGION: 'eu-west-1',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      GATEHOUSE_CATALOGUE_TABLE: 'catalogue',
      GATEHOUSE_OWN_SECRETS: 'file:/nonexistent/credentials.json',
      GATEHOUSE_ISSUERS: JSON.stringify(issuers),
    },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

test('admits a token without loading a database client', async () => {
  const bearer = `Bearer ${await issuer.sign({ sub: 'ada', roles: ['operator'] })}`;
  const { answer, loaded } = await invoke(authorizerEvent('POST /mcp', { Authorization: bearer }));
  expect(answer).toMatchObject({ principalId: 'ada', policyDocument: { Version: '2012-10-17' } });
  expect(loaded).toContain('jose');
  expect(loaded.filter((name) => /^(@aws-sdk|tables)\//.test(name))).toEqual([]);
});

test('answers every token so while no issuer is set', async () => {
  const bearer = `Bearer ${await issuer.sign({ sub: 'ada', roles: ['operator'] })}`;
  expect(await invoke(authorizerEvent('POST /mcp', { Authorization: bearer }), [])).toMatchObject({
    error: 'Unauthorized',
  });
});

test('answers a bad token with the word that API Gateway makes a 401 of', async () => {
  const bearer = `Bearer ${await issuer.sign({ sub: 'ada' }, { expiresIn: -61 })}`;
  expect(await invoke(authorizerEvent('POST /mcp', { Authorization: bearer }))).toMatchObject({
    error: 'Unauthorized',
  });
});

test('fails otherwise when the means to check a key cannot be had, without loading a signature library', async () => {
  const key = `gh_${'a'.repeat(12)}_${'b'.repeat(43)}`;
  const { error, loaded } = await invoke(authorizerEvent('GET /admin/tools', { 'x-api-key': key }));
  expect(error).toMatch(/pepper/);
  expect(error).not.toBe('Unauthorized');
  expect(loaded).not.toContain('jose');
});
