import { afterAll, beforeAll, expect, it } from 'vitest';
import { legacyClient, modernClient } from './clients.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';
import { type GatewayProcess, startGatewayProcess } from './start-gateway-process.ts';

let world: LocalGateway;
let processes: GatewayProcess[];

beforeAll(async () => {
  world = await startLocalGateway();
  processes = await Promise.all([startGatewayProcess(world.env), startGatewayProcess(world.env)]);
});
afterAll(async () => {
  for (const each of processes) await each.close();
  await world.close();
});

/** Sends each request of a client to the other process than the one before. */
function alternating(): { fetch: typeof fetch; sent: number[] } {
  const sent = [0, 0];
  let turn = 0;
  return {
    sent,
    fetch: (input, init) => {
      turn = 1 - turn;
      sent[turn] = (sent[turn] ?? 0) + 1;
      const url = new URL(input instanceof Request ? input.url : input);
      return fetch(`${processes[turn]?.url}${url.pathname}`, init);
    },
  };
}

it.each([
  { era: '2025-11-25', connect: legacyClient, vehicleId: 'V-1001' },
  { era: '2026-07-28', connect: modernClient, vehicleId: 'V-1002' },
])('two processes on one store serve alternating requests of one $era client', async ({ era, connect, vehicleId }) => {
  const { fetch: alternate, sent } = alternating();
  const client = await connect(world.url, await world.token('operator'), alternate);
  expect(client.protocolVersion).toBe(era);
  for (let round = 0; round < 5; round += 1) {
    expect(await client.listTools()).toHaveLength(5);
    expect(await client.call('get_vehicle_inventory', {})).toMatchObject({ isError: false });
  }
  const customer = { name: 'Ada Byron', email: 'ada@example.com' };
  const booked = await client.call('create_booking', { vehicleId, slot: '2026-12-01T10:00:00Z', customer });
  expect(booked).toMatchObject({ isError: false });
  const after = await client.call('get_vehicle_inventory', { status: 'booked' });
  expect(JSON.stringify(after.structured)).toContain(vehicleId);
  await client.close();
  expect(Math.min(...sent)).toBeGreaterThan(3);
  expect(Math.abs((sent[0] ?? 0) - (sent[1] ?? 0))).toBeLessThan(2);
});

it('a change through one process reaches the other once that no longer trusts what it has read', async () => {
  const client = await modernClient(processes[1]?.url ?? '', await world.token('viewer'));
  expect(await client.call('get_vehicle_inventory', {})).toMatchObject({ isError: false });
  expect(await world.admin('PATCH', '/admin/tools/get_vehicle_inventory', { enabled: false })).toMatchObject({
    status: 200,
  });
  const isRefused = () =>
    client.call('get_vehicle_inventory', {}).then(
      () => false,
      (error) => error.code === -32602,
    );
  await expect.poll(isRefused, { timeout: 10_000, interval: 200 }).toBe(true);
  await client.close();
});
