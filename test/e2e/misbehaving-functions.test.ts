import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployable } from '../../local/deployable.ts';
import { type Gate, startGate } from '../local/gate.ts';
import { open, send } from '../local/send.ts';
import { startDeployment } from './start-deployment.ts';

const probe = { directory: join(import.meta.dirname, '../local/functions/probe'), handler: 'index.handler' };

let deployment: Deployable;
let gate: Gate;
let authorization: string;
const reports: string[] = [];
const starts: string[] = [];

beforeAll(async () => {
  gate = await startGate();
  deployment = await startDeployment({
    report: (message, cause) => reports.push(`${message}: ${cause instanceof Error ? cause.message : cause}`),
    started: (name) => starts.push(name),
    replace: {
      'get-health': { ...probe, timeoutSeconds: 1 },
      'get-protected-resource': { ...probe, environment: { PROBE_INIT: 'throw' } },
      'list-tools': { ...probe, memoryMb: 128 },
      'post-mcp': { ...probe, handler: 'index.stream' },
    },
  });
  authorization = `Bearer ${await deployment.signToken('olivia', ['operator'])}`;
});
afterAll(async () => {
  await deployment.close();
  await gate.close();
});

const failure = { status: 502, body: expect.stringMatching(/"code":"internal".*"request_id"/) };

function mcp(wish: object) {
  return { method: 'POST', headers: { authorization }, body: JSON.stringify(wish) };
}

describe('a function that fails is a 502 of API Gateway’s, and a new process serves the next request', () => {
  it.each([
    ['times out', '/healthz', '?deed=wait&ms=60000', /^get-health failed: .*Task timed out after 1\.00 seconds$/],
    ['crashes', '/healthz', '?deed=exit&code=1', /^get-health failed: Runtime exited with error: exit status 1$/],
    ['outgrows its memory', '/api/mcp/tools', '?deed=hoard', /^list-tools failed: Runtime exited with error: signal: /],
  ])('when it %s', async (_, path, wish, report) => {
    const [name = ''] = report.source.slice(1).split(' ');
    const headers = { authorization };
    const good = () => send(deployment.url, `${path}?deed=answer&body=fine`, { headers });
    expect(await good()).toMatchObject({ status: 200, body: 'fine' });
    const before = starts.filter((start) => start === name).length;
    expect(await send(deployment.url, path + wish, { headers })).toMatchObject(failure);
    expect(reports.at(-1)).toMatch(report);
    expect(await good()).toMatchObject({ status: 200, body: 'fine' });
    expect(starts.filter((start) => start === name)).toHaveLength(before + 1);
  });

  it('when it cannot start', async () => {
    expect(await send(deployment.url, '/.well-known/oauth-protected-resource')).toMatchObject(failure);
    expect(reports.at(-1)).toBe('get-protected-resource failed: The module cannot be loaded.');
  });
});

describe('a streamed answer', () => {
  it('arrives chunk by chunk, while the function is still at it', async () => {
    const answer = await open(deployment.url, '/mcp', mcp({ chunks: ['one,', 'two,', 'three'], gate: gate.url }));
    expect([answer.statusCode, answer.headers['x-probe']]).toEqual([201, 'yes']);
    let received = '';
    answer.on('data', (chunk: Buffer) => {
      received += chunk;
    });
    for (const soFar of ['one,', 'one,two,', 'one,two,three']) {
      // The function writes its next chunk only after this one has come out here.
      await expect.poll(() => received).toBe(soFar);
      gate.open();
    }
    await expect.poll(() => answer.complete).toBe(true);
  });

  it('of a function that fails before its first byte is a 502', async () => {
    expect(await send(deployment.url, '/mcp', mcp({ chunks: [], failFirst: true }))).toMatchObject(failure);
  });

  it.each([
    ['fails', { failLast: true }],
    ['crashes', { exitLast: true }],
  ])('of a function that %s in the middle is cut, so that the client knows', async (_, how) => {
    const answer = await open(deployment.url, '/mcp', mcp({ chunks: ['half'], gate: gate.url, ...how }));
    const ended = new Promise((resolve) => answer.on('error', resolve).resume());
    gate.open();
    expect(await ended).toMatchObject({ code: 'ECONNRESET' });
    expect(await send(deployment.url, '/mcp', mcp({ chunks: ['whole'] }))).toMatchObject({
      status: 201,
      body: 'whole',
    });
  });
});

describe('an authorizer that crashes', () => {
  it('lets nobody pass, and tells it as a fault of ours', async () => {
    const other = await startDeployment({ replace: { authorize: probe } });
    const path = '/api/mcp/tools?deed=exit&code=1';
    const answer = await send(other.url, path, { headers: { authorization } });
    expect(answer).toMatchObject({ status: 500, body: expect.stringMatching(/credential could not be checked/) });
    await other.close();
  });
});
