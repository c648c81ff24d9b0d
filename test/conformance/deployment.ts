import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bundle } from '../../lib/bundle.ts';
import { startDeployable } from '../../local/deployable.ts';
import { underRuntimeClient } from '../../local/under-runtime-client.ts';
import { synthesiseDeployment } from '../e2e/synthesise-deployment.ts';
import { startRoundRobin } from './round-robin.ts';

/** Clients who listen leave without a Lambda's notice, and occupy one of their few streams for as long. */
const timeoutSeconds = 10;
const workerTimeoutSeconds = 30;

/** What the fixtures keep has partitions of its own; what the gateway's functions may do is the matter of other tests. */
const statements = [{ Effect: 'Allow' as const, Action: ['*'], Resource: ['*'], Condition: {} }];

const doors = join(import.meta.dirname, 'functions');

/**
 * The deployment as it is synthesised, under AWS's runtime client, with the fixtures' bundles in place of those of the
 * MCP routes. Requests pass the authorizer with a token that is added on their way.
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
  const bundles = mkdtempSync(join(import.meta.dirname, '../../dist/fixtures-'));
  atEnd(() => rmSync(bundles, { recursive: true }));
  for (const door of ['post-mcp', 'run-task']) await bundle(join(doors, `${door}.ts`), join(bundles, door));

  const worker = createServer();
  await new Promise<void>((listening) => worker.listen(0, '127.0.0.1', listening));
  atEnd(() => worker.close());
  const fixtures = { directory: join(bundles, 'post-mcp'), timeoutSeconds, statements };
  const deployable = await startDeployable({
    ...deployment,
    replace: { 'post-mcp': fixtures, 'get-mcp': fixtures },
    variables: {
      FIXTURE_STATE_KEY: randomBytes(32).toString('hex'),
      FIXTURE_WORKER_URL: `http://127.0.0.1:${(worker.address() as AddressInfo).port}`,
    },
  });
  atEnd(() => deployable.close());

  // Lambda's asynchronous invocation of a worker, which has the role of `post-mcp`.
  const functions = deployable.functions
    .filter(({ name }) => name === 'post-mcp')
    .map((fn) => ({ ...fn, directory: join(bundles, 'run-task'), timeoutSeconds: workerTimeoutSeconds }));
  const workers = underRuntimeClient(functions, deployable.account);
  atEnd(() => workers.close());
  worker.on('request', ({ url = '' }, response) => {
    workers
      .invoke('post-mcp', { taskId: url.slice(1) }, { deadlineMs: Date.now() + workerTimeoutSeconds * 1_000 })
      .catch(console.error);
    response.writeHead(202).end();
  });

  const authorization = `Bearer ${await deployable.signToken('conformance-suite', ['viewer'])}`;
  const proxy = await startRoundRobin([deployable.url], { authorization });
  atEnd(() => proxy.close());
  return proxy.url;
}
