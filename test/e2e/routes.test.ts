import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readContract } from '../../local/api-gateway/contract.ts';
import { matchOperation } from '../../local/api-gateway/match-operation.ts';
import { type DemoBackend, startDemoBackend } from '../../local/demo-backend.ts';
import type { Deployable } from '../../local/deployable.ts';
import { archiveOf } from '../journeys/archive.ts';
import { dealerService } from '../journeys/local-gateway.ts';
import { startDeployment } from './start-deployment.ts';

let deployment: Deployable;
let demo: DemoBackend;
let token: string;
const starts: string[] = [];
const log: string[] = [];
const denied: unknown[] = [];
const segments: { name: string; trace_id: string }[] = [];
const tracingDaemon = createSocket('udp4', (message) => {
  const datagram = message.toString();
  segments.push(JSON.parse(datagram.slice(datagram.indexOf('\n'))));
});

beforeAll(async () => {
  tracingDaemon.bind(0, '127.0.0.1');
  await once(tracingDaemon, 'listening');
  deployment = await startDeployment({
    variables: { AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${tracingDaemon.address().port}` },
    started: (name) => starts.push(name),
    log: (_, line) => log.push(line),
    denied: (name, attempt) => denied.push({ name, ...attempt }),
  });
  demo = await startDemoBackend({});
  token = await deployment.signToken('olivia', ['operator']);
});
afterAll(async () => {
  await deployment.close();
  await demo.close();
  tracingDaemon.close();
});

const contract = readContract(load(readFileSync(join(import.meta.dirname, '../../openapi/gateway.yaml'), 'utf8')));

type Body = string | Uint8Array<ArrayBuffer>;

/** In an order in which each finds what it needs. */
const requests: [method: string, path: string, status: number, body?: () => Body][] = [
  ['GET', '/healthz', 200],
  ['GET', '/.well-known/oauth-protected-resource', 200],
  ['GET', '/.well-known/oauth-protected-resource/mcp', 200],
  ['GET', '/mcp', 405],
  ['DELETE', '/mcp', 400],
  ['PUT', '/admin/backends/shop', 200, () => JSON.stringify({ base_url: demo.url, auth })],
  ['GET', '/admin/backends', 200],
  ['GET', '/admin/backends/shop', 200],
  ['PUT', '/admin/credentials/shop-key', 204, () => '{"value":"k-123-of-the-shop"}'],
  ['PUT', '/admin/specs/shop?backend=shop', 200, () => readFileSync(dealerService, 'utf8')],
  ['GET', '/admin/specs', 200],
  ['GET', '/admin/specs/shop', 200],
  ['POST', '/admin/specs/shop/approvals', 422, () => '{}'],
  ['POST', '/admin/specs/shop/rollback', 200, () => '{"revision":2}'],
  ['GET', '/admin/tools', 200],
  ['GET', '/admin/tools/get_vehicle_inventory', 200],
  ['PATCH', '/admin/tools/get_vehicle_inventory', 200, () => '{"title":"Stock","long_running":true}'],
  ['GET', '/api/mcp/tools', 200],
  ['POST', '/mcp', 200, () => mcp('tools/call', { name: 'get_vehicle_inventory' })],
  ['PUT', '/admin/prompts/open-enquiries', 200, () => openEnquiries],
  ['GET', '/admin/prompts', 200],
  ['GET', '/admin/prompts/open-enquiries', 200],
  ['DELETE', '/admin/prompts/open-enquiries', 204],
  ['PUT', '/admin/skills/sell-a-vehicle', 200, () => skillArchive],
  ['GET', '/admin/skills', 200],
  ['GET', '/admin/skills/sell-a-vehicle', 200],
  ['DELETE', '/admin/skills/sell-a-vehicle', 204],
  ['DELETE', '/admin/tools/process_payment', 204],
  ['DELETE', '/admin/specs/shop', 204],
  ['DELETE', '/admin/backends/shop', 204],
];

const openEnquiries = JSON.stringify({
  description: 'Which enquiries are open.',
  messages: [{ role: 'user', text: 'What is open?' }],
});

const skillArchive = archiveOf({
  'sell-a-vehicle/SKILL.md': '---\nname: sell-a-vehicle\ndescription: Sells a vehicle.\n---\nAsk for a name.\n',
});

const auth = { mode: 'apiKey', credential: 'shop-key', in: 'header', name: 'X-Shop-Key' };

/** A message of a client of 2026-07-28. */
function mcp(method: string, params: object, extensions = {}): string {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { extensions },
  };
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } });
}

const messageSchema = z.object({
  method: z.string(),
  params: z.object({ name: z.string().optional(), taskId: z.string().optional() }),
});

/** The headers that repeat what a message says. */
function mcpHeaders(body: string): Record<string, string> {
  const { method, params } = messageSchema.parse(JSON.parse(body));
  const name = params.name ?? params.taskId ?? '';
  return { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': name };
}

function operationOf(method: string, path: string) {
  return matchOperation(contract.operations, method, path.split('?')[0] ?? '')?.operation;
}

function contentType(body: Body): string {
  if (typeof body !== 'string') return 'application/gzip';
  return body.startsWith('{') ? 'application/json' : 'application/yaml';
}

const taskSchema = z.object({ taskId: z.string(), status: z.string() });

/** Sampled, as X-Ray samples the first request of every second. */
const sampledTrace = '1-5759e988-bd862e3fe1be46a994272793';

async function request(method: string, path: string, body?: Body, isSampled = true) {
  const scheme = operationOf(method, path)?.authorizer?.scheme;
  return fetch(`${deployment.url}${path}`, {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      'x-amzn-trace-id': `Root=${sampledTrace};Parent=53995c3f42cd8ad8;Sampled=${Number(isSampled)}`,
      ...(scheme === 'bearer' && { authorization: `Bearer ${token}` }),
      ...(scheme === 'admin_key' && { 'x-api-key': deployment.adminKey }),
      ...(body !== undefined && {
        'content-type': contentType(body),
      }),
      ...(path === '/mcp' && typeof body === 'string' && mcpHeaders(body)),
    },
    ...(body !== undefined && { body }),
  });
}

it('has been given its first API key by its own custom resource, before any route', () => {
  expect(starts).toEqual(['setup/first-admin-key']);
  expect(deployment.adminKey).toMatch(/^gh_/);
});

it('tells whoever deploys it where it is', () => {
  expect(deployment.outputs).toMatchObject({
    Url: deployment.url,
    McpUrl: `${deployment.url}/mcp`,
    ClientSnippet: expect.stringContaining(`"${deployment.url}/mcp"`),
  });
});

describe('every route of the contract starts cold, answers, and stays warm', () => {
  it.each(requests)('%s %s is %i', async (method, path, status, body) => {
    const functionName = operationOf(method, path)?.functionName ?? '';
    const isFirst = !starts.includes(functionName);
    const before = starts.length;
    const response = await request(method, path, body?.());
    expect([response.status, await response.text()]).toEqual([status, expect.not.stringMatching(/"isError":true/)]);
    const authorizes = before === starts.indexOf('authorize') ? 1 : 0;
    expect(starts.length - before - authorizes).toBe(isFirst ? 1 : 0);
  });

  it('and the worker starts when a task begins', async () => {
    for (const [method, path, , body] of requests.filter(([method]) => method === 'PUT')) {
      await request(method, path, body?.());
    }
    const ask = async (method: string, params: object) => {
      const message = mcp(method, params, { 'io.modelcontextprotocol/tasks': {} });
      // Segments of what is asked again and again would arrive at any time.
      const response = await request('POST', '/mcp', message, method === 'tools/call');
      return z.object({ result: taskSchema }).parse(await response.json()).result;
    };
    const { taskId } = await ask('tools/call', { name: 'get_vehicle_inventory' });
    const status = async () => (await ask('tasks/get', { taskId })).status;
    await expect.poll(status, { timeout: 20_000 }).toBe('completed');
    expect(starts).toContain('run-task');
  });

  it('and there is no other', () => {
    const asked = requests.map(([method, path]) => operationOf(method, path));
    expect(new Set(asked)).toEqual(new Set(contract.operations));
    expect(starts.toSorted()).toEqual(deployment.functions.map(({ name }) => name).toSorted());
  });

  it('and each left its part of the trace', async () => {
    const names = deployment.functions.map(({ name }) => name).filter((name) => !name.startsWith('setup/'));
    const traced = () => new Set(segments.map(({ name }) => name));
    await expect.poll(() => names.filter((name) => !traced().has(`## ${name}`))).toEqual([]);
    expect(new Set(segments.map(({ trace_id }) => trace_id))).toEqual(new Set([sampledTrace]));
  });

  it('but not of a request that is not sampled', async () => {
    segments.length = 0;
    expect((await request('GET', '/.well-known/oauth-protected-resource', undefined, false)).status).toBe(200);
    expect((await request('GET', '/healthz')).status).toBe(200);
    await expect.poll(() => segments.map(({ name }) => name)).toEqual(['## get-health']);
  });

  it('and none tried what its role does not allow', () => {
    expect(denied).toEqual([]);
  });

  it('and none logged a credential or a token', () => {
    expect(log.length).toBeGreaterThan(starts.length);
    const lines = log.join('\n');
    for (const secret of [token, deployment.adminKey, 'k-123-of-the-shop']) expect(lines).not.toContain(secret);
  });
});
