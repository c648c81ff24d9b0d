import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalGateway, startLocalGateway } from '../journeys/local-gateway.ts';

// The probes run where there is an account. Here they are held to the gateway on this machine, whose stand-in for API
// Gateway does what the documentation says: a probe that fails there is wrong itself.

const root = join(import.meta.dirname, '../..');
const files = 10;

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await startLocalGateway();
});
afterAll(() => gateway.close());

function run(env: Record<string, string>): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|LIVE_)/.test(name));
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.live.config.ts', '--reporter', 'default'], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
  });
  return new Promise((resolve) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    child.on('close', () => resolve(output));
  });
}

it('every probe holds against the gateway on this machine', async () => {
  const token = await gateway.token('operator');
  const output = await run({ LIVE_URL: gateway.url, LIVE_TOKEN: token, LIVE_ADMIN_KEY: gateway.adminKey });
  expect(output).toMatch(new RegExp(`Test Files +${files} passed`));
  // A finding goes into logs that many may read.
  expect(output).toContain('FINDING');
  expect(output).not.toContain(gateway.adminKey);
  expect(output).not.toContain(token);
});

it('nothing is asked of anyone when no deployment is named', async () => {
  expect(await run({})).toMatch(new RegExp(`Test Files +${files} skipped`));
});
