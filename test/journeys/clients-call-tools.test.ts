import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsCallTools, operatorsTools } from './calling-tools.ts';
import { legacyClient, modernClient } from './clients.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await startLocalGateway();
});
afterAll(() => gateway.close());

clientsCallTools(
  () => gateway,
  [
    { era: '2025-11-25', connect: legacyClient, vehicleId: 'V-1001' },
    { era: '2026-07-28', connect: modernClient, vehicleId: 'V-1002' },
  ],
);

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
    expect([...first.tools, ...second.tools].map(({ name }) => name)).toEqual(operatorsTools);
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
