import { afterAll, beforeAll } from 'vitest';
import { clientsCallTools } from './calling-tools.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';
import { legacyStdioClient, modernStdioClient } from './stdio-clients.ts';

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await startLocalGateway();
});
afterAll(() => gateway.close());

clientsCallTools(
  () => gateway,
  [
    { era: '2025-11-25', connect: legacyStdioClient, vehicleId: 'V-1001' },
    { era: '2026-07-28', connect: modernStdioClient, vehicleId: 'V-1002' },
  ],
);
