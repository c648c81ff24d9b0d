import { readFileSync } from 'node:fs';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modernClient } from './clients.ts';
import { dealerService, type LocalGateway, startLocalGateway } from './local-gateway.ts';
import { type GatewayProcess, startGatewayProcess } from './start-gateway-process.ts';

// Clients listen to one process, and the catalogue is changed through another.

let world: LocalGateway;
let listened: GatewayProcess;
let other: GatewayProcess;

beforeAll(async () => {
  world = await startLocalGateway();
  const env = { ...world.env, GATEHOUSE_SUBSCRIPTIONS: 'on' };
  [listened, other] = await Promise.all([startGatewayProcess(env), startGatewayProcess(env)]);
});
afterAll(async () => {
  await Promise.all([listened.close(), other.close()]);
  await world.close();
});

const identity = { name: 'journey', version: '1.0.0' };
const document = 'spec://dealer-service-v1';
const showrooms = '  /v1/showrooms: { get: { operationId: listShowrooms, responses: { 200: { description: All. } } } }';

/** What a client was told, and the tools that it then found through the process that it does not listen to. */
function notes() {
  const told: string[] = [];
  const found: Promise<string[]>[] = [];
  return {
    told,
    found,
    listChanged: ({ method }: { method: string }) => {
      told.push(method);
      found.push(toolsOfOther());
    },
    updated: ({ params }: { params: { uri: string } }) => {
      told.push(params.uri);
    },
  };
}

async function toolsOfOther(): Promise<string[]> {
  const client = await modernClient(other.url, await world.token('viewer'));
  const tools = await client.listTools();
  await client.close();
  return tools;
}

async function options() {
  return { requestInit: { headers: { authorization: `Bearer ${await world.token('operator')}` } } };
}

async function legacy() {
  const client = new LegacyClient(identity);
  const { listChanged, updated, ...rest } = notes();
  client.setNotificationHandler(ToolListChangedNotificationSchema, listChanged);
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, updated);
  // It opens the stream by itself, and does not say when it has.
  let streams = 0;
  const send: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method === 'GET' && response.ok) streams += 1;
    return response;
  };
  const transport = new LegacyTransport(new URL(`${listened.url}/mcp`), { ...(await options()), fetch: send });
  await client.connect(transport as Parameters<LegacyClient['connect']>[0]);
  await client.subscribeResource({ uri: document });
  await expect.poll(() => streams).toBe(1);
  return { ...rest, close: () => client.close() };
}

async function modern() {
  const client = new ModernClient(identity, { versionNegotiation: { mode: 'auto' } });
  const { listChanged, updated, ...rest } = notes();
  client.setNotificationHandler('notifications/tools/list_changed', listChanged);
  client.setNotificationHandler('notifications/resources/updated', updated);
  await client.connect(new ModernTransport(new URL(`${listened.url}/mcp`), await options()));
  const { honoredFilter } = await client.listen({ toolsListChanged: true, resourceSubscriptions: [document] });
  expect(honoredFilter).toEqual({ toolsListChanged: true, resourceSubscriptions: [document] });
  return { ...rest, close: () => client.close() };
}

it('clients of both eras are told of a change by one process, and then find it through another', async () => {
  const clients = await Promise.all([legacy(), modern()]);
  expect(await toolsOfOther()).not.toContain('list_showrooms');
  const response = await fetch(`${other.url}/admin/specs/dealer-service-v1?backend=dealer-service-v1`, {
    method: 'PUT',
    headers: { 'x-api-key': world.adminKey, 'content-type': 'application/yaml' },
    body: readFileSync(dealerService, 'utf8').replace(/^paths:$/m, `paths:\n${showrooms}`),
  });
  expect(response.status).toBe(200);
  for (const { told, found, close } of clients) {
    await expect.poll(() => told, { timeout: 20_000 }).toEqual(['notifications/tools/list_changed', document]);
    expect(await found[0]).toContain('list_showrooms');
    await close();
  }
}, 60_000);
