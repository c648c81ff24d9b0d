import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../lib/bundle.ts';
import { startDeployable } from '../../local/deployable.ts';
import { synthesiseDeployment } from '../e2e/synthesise-deployment.ts';
import { startRoundRobin } from './round-robin.ts';

/** Clients who listen leave without a Lambda's notice, and occupy one of their few streams for as long. */
const timeoutSeconds = 10;

/** What the fixtures keep has partitions of its own; what the gateway's functions may do is the matter of other tests. */
const statements = [{ Effect: 'Allow' as const, Action: ['*'], Resource: ['*'], Condition: {} }];

const doors = join(import.meta.dirname, 'functions');

/**
 * The deployment as it is synthesised, under AWS's runtime client, with the fixtures' bundles in place of those of the
 * MCP routes and of the worker on tasks. Requests pass the authorizer with a token that is added on their way.
 */
export async function startDeployment(): Promise<{ url: string; close(): Promise<void> }> {
  const ends: (() => unknown)[] = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return { url: await start((end) => ends.push(end)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(atEnd: (end: () => unknown) => void): Promise<string> {
  const deployment = await synthesiseDeployment();
  atEnd(() => rmSync(deployment.directory, { recursive: true }));
  const bundles = mkdtempSync(join(tmpdir(), 'gatehouse-fixtures-'));
  atEnd(() => rmSync(bundles, { recursive: true }));
  for (const door of ['post-mcp', 'run-task']) await bundle(join(doors, `${door}.ts`), join(bundles, door));
  const endpoint = { directory: join(bundles, 'post-mcp'), timeoutSeconds, statements };
  const worker = { directory: join(bundles, 'run-task'), statements };
  const deployable = await startDeployable({
    ...deployment,
    replace: { 'post-mcp': endpoint, 'get-mcp': endpoint, 'run-task': worker },
  });
  atEnd(() => deployable.close());
  const authorization = `Bearer ${await deployable.signToken('conformance-suite', ['viewer'])}`;
  const proxy = await startRoundRobin([deployable.url], { authorization });
  atEnd(() => proxy.close());
  return proxy.url;
}
