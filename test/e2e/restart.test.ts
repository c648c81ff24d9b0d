import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAudit } from '../../functions/gateway/deps.ts';
import { administer } from '../../local/administer.ts';
import { type DemoBackend, startDemoBackend } from '../../local/demo-backend.ts';
import type { Deployable } from '../../local/deployable.ts';
import { legacyClient, modernClient } from '../journeys/clients.ts';
import { dealerService } from '../journeys/local-gateway.ts';
import { startDeployment } from './start-deployment.ts';

let deployment: Deployable;
let demo: DemoBackend;
const starts: string[] = [];

beforeAll(async () => {
  deployment = await startDeployment({ started: (name) => starts.push(name) });
  demo = await startDemoBackend({});
  await admin().importDocument(dealerService, readFileSync(dealerService, 'utf8'), demo.url);
});
afterAll(async () => {
  await deployment.close();
  await demo.close();
});

const admin = () => administer(deployment.url, deployment.adminKey);
const startsOf = (name: string) => starts.filter((start) => start === name).length;

describe.each([
  { era: '2025-11-25', connect: legacyClient, vehicleId: 'V-1001' },
  { era: '2026-07-28', connect: modernClient, vehicleId: 'V-1002' },
])('a client of $era', ({ connect, vehicleId }) => {
  it('goes on when functions are restarted between its requests', async () => {
    const client = await connect(deployment.url, await deployment.signToken('olivia', ['operator']));
    const customer = { name: 'Ada Byron', email: 'ada@example.com' };
    expect(await client.listTools()).toHaveLength(5);
    const before = startsOf('post-mcp');
    await deployment.restart('post-mcp');
    const booked = await client.call('create_booking', { vehicleId, slot: '2026-12-01T10:00:00Z', customer });
    expect(booked).toMatchObject({ isError: false, structured: { vehicleId } });
    await Promise.all([deployment.restart('post-mcp'), deployment.restart('authorize')]);
    const { structured } = await client.call('get_vehicle_inventory', { status: 'booked', limit: 100 });
    expect(JSON.stringify(structured)).toContain(vehicleId);
    expect(startsOf('post-mcp') - before).toBe(2);
    await client.close();
  });
});

describe('a call under way when its function is restarted', () => {
  it('is cut off, so that its client knows, and the log keeps what was intended', async () => {
    const arrived = Promise.withResolvers<void>();
    const backend = createServer(() => arrived.resolve());
    await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
    const backendUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
    await admin().importDocument('slow.json', slowDocument, backendUrl);

    const name = 'order_slowly';
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const answer = fetch(`${deployment.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await deployment.signToken('cut-off', ['operator'])}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': name,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {}, _meta } }),
    });
    await arrived.promise;
    await deployment.restart('post-mcp');
    // Nothing was sent yet, so API Gateway can still say it.
    expect((await answer).status).toBe(502);

    const log = await openAudit(deployment.env);
    const { records } = await log.read(new Date().toISOString().slice(0, 10), { limit: 500 });
    expect(records.filter(({ subject }) => subject === 'cut-off')).toMatchObject([{ kind: 'intent', tool: name }]);
    backend.closeAllConnections();
    backend.close();
  });
});

const slowDocument = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Slow', version: '1.0.0' },
  paths: {
    '/orders': { post: { operationId: 'orderSlowly', responses: { 201: { description: 'Ordered, some day.' } } } },
  },
});
