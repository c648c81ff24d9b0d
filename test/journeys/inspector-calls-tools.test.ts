import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsCallTools } from './calling-tools.ts';
import { inspectorClient, isInstalled } from './inspector.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';

describe.skipIf(!isInstalled)('the official inspector', () => {
  let gateway: LocalGateway;
  beforeAll(async () => {
    gateway = await startLocalGateway();
  });
  afterAll(() => gateway.close());

  const isInspector = { callsOnlyWhatIsListed: true };
  clientsCallTools(
    () => gateway,
    [
      {
        era: '2025-11-25',
        connect: (url, token) => inspectorClient(url, token, 'legacy'),
        vehicleId: 'V-1001',
        ...isInspector,
      },
      {
        era: '2026-07-28',
        connect: (url, token) => inspectorClient(url, token, 'modern'),
        vehicleId: 'V-1002',
        ...isInspector,
      },
    ],
  );

  it.each(['legacy', 'modern'] as const)('is told in the %s era that its token is none', async (era) => {
    await expect(inspectorClient(gateway.url, 'nonsense', era)).rejects.toThrow(/auth_required|401/);
  });
});
