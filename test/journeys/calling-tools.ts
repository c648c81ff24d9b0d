import { describe, expect, it } from 'vitest';
import type { JourneyClient } from './clients.ts';
import type { LocalGateway } from './local-gateway.ts';

/** Of the demo's, those that an operator may use. */
export const operatorsTools = [
  'create_booking',
  'get_dealer_enquiries',
  'get_vehicle_inventory',
  'process_payment',
  'update_enquiry_status',
];
const reads = ['get_dealer_enquiries', 'get_vehicle_inventory'];

/** A client as its user has it. */
export interface ClientKind {
  era: string;
  connect(url: string, token: string): Promise<JourneyClient>;
  /** A vehicle of the demo's that no other client books. */
  vehicleId: string;
  /** Whether it looks into the list first, and refuses by itself to call what is not there. */
  callsOnlyWhatIsListed?: boolean;
}

function booking(vehicleId: string) {
  const customer = { name: 'Ada Byron', email: 'ada@example.com' };
  return { vehicleId, slot: '2026-12-01T10:00:00Z', customer };
}

async function vehicle(client: JourneyClient, id: string) {
  const { structured } = await client.call('get_vehicle_inventory', { limit: 100 });
  const { vehicles } = structured as { vehicles: { vehicleId: string; status: string }[] };
  return vehicles.find(({ vehicleId }) => vehicleId === id);
}

/** What every client can do with the demo's tools, whatever it speaks and over which transport. */
export function clientsCallTools(current: () => LocalGateway, kinds: readonly ClientKind[]): void {
  describe.each(kinds)('a client of $era', ({ era, connect, vehicleId, callsOnlyWhatIsListed = false }) => {
    it('negotiates its era and lists what its role may use', async () => {
      const gateway = current();
      const operator = await connect(gateway.url, await gateway.token('operator'));
      const viewer = await connect(gateway.url, await gateway.token('viewer'));
      expect(operator.protocolVersion).toBe(era);
      expect(await operator.listTools()).toEqual(operatorsTools);
      expect(await viewer.listTools()).toEqual(reads);
      await Promise.all([operator.close(), viewer.close()]);
    });

    it('books a vehicle, and the inventory then says so', async () => {
      const gateway = current();
      const subject = `operator-${era}`;
      const operator = await connect(gateway.url, await gateway.token('operator', subject));
      expect(await vehicle(operator, vehicleId)).toMatchObject({ status: 'available' });
      const booked = await operator.call('create_booking', booking(vehicleId));
      expect(booked).toMatchObject({ isError: false, structured: { vehicleId, status: 'awaiting_payment' } });
      expect(await vehicle(operator, vehicleId)).toMatchObject({ status: 'booked' });
      await operator.close();

      const records = (await gateway.auditRecords(subject)).filter(({ tool }) => tool === 'create_booking');
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
      const gateway = current();
      const operator = await connect(gateway.url, await gateway.token('operator'));
      const again = await operator.call('create_booking', booking(vehicleId));
      expect(again).toMatchObject({ isError: true, structured: { kind: 'backend_rejected', status: 409 } });
      await operator.close();
    });

    it('is told which argument to mend', async () => {
      const gateway = current();
      const operator = await connect(gateway.url, await gateway.token('operator'));
      const wrong = await operator.call('create_booking', { vehicleId, slot: '2026-12-01T10:00:00Z', colour: 'red' });
      expect(wrong).toMatchObject({ isError: true, structured: { kind: 'invalid_arguments' } });
      expect(wrong.text).toContain('customer');
      expect(wrong.text).toContain('colour');
      await operator.close();
    });

    it.skipIf(callsOnlyWhatIsListed)(
      'finds no tool that its role may not use, valid arguments or not, and the log says who tried',
      async () => {
        const gateway = current();
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
        const records = await gateway.auditRecords(subject);
        expect(records.map(({ kind, tool, decision }) => [kind, tool, decision]).sort()).toEqual([
          ['refusal', 'create_booking', 'no_rule'],
          ['refusal', 'create_booking', 'no_rule'],
          ['refusal', 'no_such_tool', 'unknown_tool'],
        ]);
      },
    );
  });
}
