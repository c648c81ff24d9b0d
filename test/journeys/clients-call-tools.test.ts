import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAudit } from '../../functions/gateway/deps.ts';
import { type JourneyClient, legacyClient, modernClient } from './clients.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';

const all = [
  'create_booking',
  'get_dealer_enquiries',
  'get_vehicle_inventory',
  'process_payment',
  'update_enquiry_status',
];
const reads = ['get_dealer_enquiries', 'get_vehicle_inventory'];

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await startLocalGateway();
});
afterAll(() => gateway.close());

function booking(vehicleId: string) {
  const customer = { name: 'Ada Byron', email: 'ada@example.com' };
  return { vehicleId, slot: '2026-12-01T10:00:00Z', customer };
}

async function vehicle(client: JourneyClient, id: string) {
  const { structured } = await client.call('get_vehicle_inventory', { limit: 100 });
  const { vehicles } = structured as { vehicles: { vehicleId: string; status: string }[] };
  return vehicles.find(({ vehicleId }) => vehicleId === id);
}

async function auditRecords(subject: string) {
  const log = await openAudit(gateway.env);
  const { records } = await log.read(new Date().toISOString().slice(0, 10), { limit: 500 });
  return records.filter((record) => record.subject === subject);
}

describe.each([
  { era: '2025-11-25', connect: legacyClient, vehicleId: 'V-1001' },
  { era: '2026-07-28', connect: modernClient, vehicleId: 'V-1002' },
])('a client of $era', ({ era, connect, vehicleId }) => {
  it('negotiates its era and lists what its role may use', async () => {
    const operator = await connect(gateway.url, await gateway.token('operator'));
    const viewer = await connect(gateway.url, await gateway.token('viewer'));
    expect(operator.protocolVersion).toBe(era);
    expect(await operator.listTools()).toEqual(all);
    expect(await viewer.listTools()).toEqual(reads);
    await Promise.all([operator.close(), viewer.close()]);
  });

  it('books a vehicle, and the inventory then says so', async () => {
    const subject = `operator-${era}`;
    const operator = await connect(gateway.url, await gateway.token('operator', subject));
    expect(await vehicle(operator, vehicleId)).toMatchObject({ status: 'available' });
    const booked = await operator.call('create_booking', booking(vehicleId));
    expect(booked).toMatchObject({ isError: false, structured: { vehicleId, status: 'awaiting_payment' } });
    expect(await vehicle(operator, vehicleId)).toMatchObject({ status: 'booked' });
    await operator.close();

    const records = (await auditRecords(subject)).filter(({ tool }) => tool === 'create_booking');
    expect(records.map(({ kind }) => kind)).toEqual(['intent', 'outcome']);
    expect(new Set(records.map(({ call_id }) => call_id)).size).toBe(1);
    expect(records[1]).toMatchObject({
      result: 'ok',
      backend_status: 201,
      decision: 'operators-write',
      risk_level: 'write',
    });
    expect(JSON.stringify(records)).not.toContain('ada@example.com');
  });

  it('is told by the backend’s own words why a second booking fails', async () => {
    const operator = await connect(gateway.url, await gateway.token('operator'));
    const again = await operator.call('create_booking', booking(vehicleId));
    expect(again).toMatchObject({ isError: true, structured: { kind: 'backend_rejected', status: 409 } });
    await operator.close();
  });

  it('is told which argument to mend', async () => {
    const operator = await connect(gateway.url, await gateway.token('operator'));
    const wrong = await operator.call('create_booking', { vehicleId, slot: '2026-12-01T10:00:00Z', colour: 'red' });
    expect(wrong).toMatchObject({ isError: true, structured: { kind: 'invalid_arguments' } });
    expect(wrong.text).toContain('customer');
    expect(wrong.text).toContain('colour');
    await operator.close();
  });

  it('finds no tool that its role may not use, valid arguments or not, and the log says who tried', async () => {
    const subject = `viewer-${era}`;
    const viewer = await connect(gateway.url, await gateway.token('viewer', subject));
    const unknown = await viewer.call('no_such_tool', {}).catch((error: Error) => error);
    for (const args of [booking('V-2001'), {}]) {
      const refused = await viewer.call('create_booking', args).catch((error: Error) => error);
      expect(refused).toBeInstanceOf(Error);
      expect(refused).toMatchObject({ code: -32602 });
      expect((refused as Error).message.replace('create_booking', 'x')).toBe(
        (unknown as Error).message.replace('no_such_tool', 'x'),
      );
    }
    await viewer.close();
    const records = await auditRecords(subject);
    expect(records.map(({ kind, tool, decision }) => [kind, tool, decision]).sort()).toEqual([
      ['refusal', 'create_booking', 'no_rule'],
      ['refusal', 'create_booking', 'no_rule'],
      ['refusal', 'no_such_tool', 'unknown_tool'],
    ]);
  });
});

describe('without a valid token', () => {
  it.each([
    ['no token', undefined],
    ['a token that is none', 'Bearer nonsense'],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
  ])('%s is 401 and told where the metadata is', async (_, authorization) => {
    const response = await fetch(`${gateway.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    });
    expect(response.status).toBe(401);
    const metadata = `${gateway.url}/.well-known/oauth-protected-resource/mcp`;
    expect(response.headers.get('www-authenticate')).toBe(`Bearer resource_metadata="${metadata}"`);
    const document = await (await fetch(metadata)).json();
    expect(document).toMatchObject({ resource: `${gateway.url}/mcp`, bearer_methods_supported: ['header'] });
  });

  it('an API key opens no tools, and a token no admin routes', async () => {
    const token = await gateway.token('administrator');
    const [mcp, admin] = await Promise.all([
      fetch(`${gateway.url}/mcp`, { method: 'POST', headers: { 'x-api-key': gateway.adminKey }, body: '{}' }),
      fetch(`${gateway.url}/admin/tools`, { headers: { authorization: `Bearer ${token}` } }),
    ]);
    expect([mcp.status, admin.status]).toEqual([401, 401]);
  });
});

describe('discovery', () => {
  it('lists what the role may use, filtered', async () => {
    const get = async (role: string, query = '') => {
      const headers = { authorization: `Bearer ${await gateway.token(role)}` };
      const response = await fetch(`${gateway.url}/api/mcp/tools${query}`, { headers });
      return (await response.json()) as { tools: { name: string }[]; next_cursor?: string };
    };
    expect(await get('operator')).toMatchObject({ total: 5 });
    expect(await get('viewer')).toMatchObject({ total: 2 });
    expect(await get('operator', '?risk_level=read&q=vehicle')).toMatchObject({
      total: 1,
      tools: [{ name: 'get_vehicle_inventory' }],
    });
    const first = await get('operator', '?limit=3');
    expect(first.tools).toHaveLength(3);
    const second = await get('operator', `?limit=3&cursor=${first.next_cursor}`);
    expect([...first.tools, ...second.tools].map(({ name }) => name)).toEqual(all);
    expect(second.next_cursor).toBeUndefined();
    expect(await get('operator', '?risk_level=deadly')).toMatchObject({
      error: { code: 'bad_request', field: 'risk_level' },
    });
  });
});

describe('the other doors', () => {
  it('answers health to anyone', async () => {
    expect(await (await fetch(`${gateway.url}/healthz`)).json()).toMatchObject({ status: 'ok' });
  });

  it('offers no stream beside those that answer a POST', async () => {
    const headers = { authorization: `Bearer ${await gateway.token('viewer')}` };
    const response = await fetch(`${gateway.url}/mcp`, { headers });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('asks who ends a session which one', async () => {
    const headers = { authorization: `Bearer ${await gateway.token('viewer')}` };
    expect((await fetch(`${gateway.url}/mcp`, { method: 'DELETE', headers })).status).toBe(400);
    const unknown = { ...headers, 'mcp-session-id': crypto.randomUUID() };
    expect((await fetch(`${gateway.url}/mcp`, { method: 'DELETE', headers: unknown })).status).toBe(404);
  });
});
