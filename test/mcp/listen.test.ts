import { describe, expect, it } from 'vitest';
import type { Principal } from '../../functions/auth/principal.ts';
import { maxStreams } from '../../functions/mcp/subscriptions/claim-slot.ts';
import { dealer, listening, watchingGateway } from './watching-gateway.ts';

const soon = { timeout: 10_000 };
const updated = 'notifications/resources/updated';

describe('a client of 2026-07-28 that listens', () => {
  it('is told of the resources that it may see, and which those are', async () => {
    const gateway = watchingGateway();
    await gateway.importYard('first');
    await gateway.putSkill('sha256:a');
    const uris = ['spec://yard', 'spec://nowhere', 'skill://sell-a-vehicle/SKILL.md'];
    const told: Record<string, string[]> = { dealer: [], stranger: [] };
    const listen = async (name: string, principal: Principal) => {
      const client = await listening(gateway, principal);
      client.setNotificationHandler(updated, ({ params }) => void told[name]?.push(params.uri));
      return { client, ...(await client.listen({ resourceSubscriptions: uris })) };
    };
    const hers = await listen('dealer', dealer);
    const theirs = await listen('stranger', { ...dealer, subject: 'eve', roles: [] });
    expect(hers.honoredFilter).toEqual({ resourceSubscriptions: [uris[0], uris[2]] });
    expect(theirs.honoredFilter).toEqual({ resourceSubscriptions: [uris[2]] });
    expect(hers.client.getServerCapabilities()?.resources).toEqual({ listChanged: true, subscribe: true });

    await gateway.importYard('second');
    await expect.poll(() => told.dealer, soon).toEqual(['spec://yard']);
    await gateway.putSkill('sha256:b');
    await expect.poll(() => told, soon).toEqual({ dealer: ['spec://yard', uris[2]], stranger: [uris[2]] });
    expect(gateway.faults).toEqual([]);
    await Promise.all([hers.client.close(), theirs.client.close()]);
  });

  it('to nothing that there is for it does not keep a place', async () => {
    const gateway = watchingGateway({ streamMs: 60_000 });
    const client = await listening(gateway, dealer);
    for (let round = 0; round <= maxStreams; round += 1) {
      const { honoredFilter, closed } = await client.listen({ resourceSubscriptions: ['spec://nowhere'] });
      expect(honoredFilter).toEqual({});
      await closed;
    }
    await client.close();
  });
});
