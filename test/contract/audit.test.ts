import { describe, expect, it } from 'vitest';
import { dynamoAudit } from '../../functions/audit/dynamo.ts';
import { memoryAudit } from '../../functions/audit/memory.ts';
import { auditContract, auditRecord } from './audit.ts';
import { counted, intercepted, tableEngines, unreachableTables } from './tables.ts';

auditContract('memory', async () => memoryAudit());

for (const engine of tableEngines()) {
  auditContract(engine.name, async () => {
    const { client, names } = await engine.open();
    return dynamoAudit(client, names.audit);
  });

  describe(`audit table in ${engine.name}`, () => {
    it.each([1, 2, 25])('costs one request for %i records', async (count) => {
      const tables = await engine.open();
      const { client, operations } = counted(tables.client);
      const records = Array.from({ length: count }, (_, index) => auditRecord(`call-${index}`));
      await dynamoAudit(client, tables.names.audit).append(records);
      expect(operations).toHaveLength(1);
    });

    it('spreads the calls of a day over partitions', async () => {
      const { client, names } = await engine.open();
      const partitions = new Set<string | undefined>();
      const watched = intercepted(client, (request, next) => {
        partitions.add(request.Item?.pk?.S);
        return next();
      });
      const log = dynamoAudit(watched, names.audit);
      for (let index = 0; index < 100; index++) await log.append([auditRecord(`call-${index}`)]);
      expect(partitions.size).toBe(16);
    });

    it('writes again what a batch left out', async () => {
      const { client, names } = await engine.open();
      let throttled = 2;
      const busy = intercepted(client, async (request, next) => {
        if (throttled-- > 0) return { UnprocessedItems: request.RequestItems };
        return next();
      });
      const log = dynamoAudit(busy, names.audit);
      await log.append([auditRecord('call-1'), auditRecord('call-2')]);
      expect((await log.read('2026-11-21')).records).toHaveLength(2);
    });

    it('is unavailable when a part of a batch is left out again and again', async () => {
      const { client, names } = await engine.open();
      const busy = intercepted(client, async (request) => ({ UnprocessedItems: request.RequestItems }));
      const append = dynamoAudit(busy, names.audit).append([auditRecord('call-1'), auditRecord('call-2')]);
      await expect(append).rejects.toMatchObject({ code: 'unavailable' });
    });
  });
}

describe('audit table that cannot be reached', () => {
  const log = dynamoAudit(unreachableTables(), 'Audit');

  it.each([
    ['one record', () => log.append([auditRecord('call-1')])],
    ['a batch', () => log.append([auditRecord('call-1'), auditRecord('call-2')])],
    ['a page', () => log.read('2026-11-21')],
  ])('is unavailable for %s', async (_, use) => {
    await expect(use()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
