import { describe, expect, it } from 'vitest';
import type { AuditLog } from '../../functions/audit/log.ts';
import type { AuditRecord } from '../../functions/audit/record.ts';

/** A record of 21 November 2026. `at` is milliseconds after midnight. */
export function auditRecord(callId: string, changes: Partial<AuditRecord> = {}, at = 0): AuditRecord {
  return {
    call_id: callId,
    kind: 'intent',
    at: new Date(Date.UTC(2026, 10, 21) + at).toISOString(),
    request_id: 'request-1',
    subject: 'ada',
    issuer: 'https://issuer.example.com',
    roles: ['operator'],
    tool: 'get_things',
    revision: 1,
    decision: 'operators',
    ...changes,
  };
}

/** What every audit log promises. `open` gives an empty one. */
export function auditContract(name: string, open: () => Promise<AuditLog>): void {
  describe(`audit log in ${name}`, () => {
    it('reads back what was appended, oldest first, whichever call it belongs to', async () => {
      const log = await open();
      const records = Array.from({ length: 60 }, (_, index) => auditRecord(`call-${(index * 37) % 60}`, {}, index));
      for (const record of records.toReversed()) await log.append([record]);
      expect(await readDay(log, '2026-11-21')).toEqual(records);
    });

    it.each([1, 2, 25, 26, 60])('appends %i records at once', async (count) => {
      const log = await open();
      const records = Array.from({ length: count }, (_, index) => auditRecord(`call-${index}`, {}, index));
      await log.append(records);
      expect(await readDay(log, '2026-11-21')).toEqual(records);
    });

    it('appends nothing', async () => {
      const log = await open();
      await log.append([]);
      expect(await log.read('2026-11-21')).toEqual({ records: [] });
    });

    it('keeps intent and outcome of one call apart, even at the same millisecond', async () => {
      const log = await open();
      const both = [auditRecord('call-1'), auditRecord('call-1', { kind: 'outcome', result: 'ok' })];
      await log.append(both);
      expect(await readDay(log, '2026-11-21')).toEqual(both);
    });

    it.each([
      ['alone', [auditRecord('call-1')]],
      ['among others', [auditRecord('call-1'), auditRecord('call-2')]],
      ['twice in one batch', [auditRecord('call-1'), auditRecord('call-1'), auditRecord('call-2')]],
    ])('takes a record again without a change: %s', async (_, again) => {
      const log = await open();
      await log.append([auditRecord('call-1')]);
      await log.append(again);
      const names = new Set(again.map((record) => record.call_id));
      expect(await readDay(log, '2026-11-21')).toEqual([...names].map((call) => auditRecord(call)));
    });

    it('never replaces a record', async () => {
      const log = await open();
      await log.append([auditRecord('call-1', { subject: 'ada' })]);
      await log.append([auditRecord('call-1', { subject: 'mallory' })]);
      expect((await readDay(log, '2026-11-21')).map((record) => record.subject)).toEqual(['ada']);
    });

    it('divides the log by UTC days', async () => {
      const log = await open();
      const midnight = 86_400_000;
      await log.append([
        auditRecord('first', {}, 0),
        auditRecord('last', {}, midnight - 1),
        auditRecord('next', {}, midnight),
        auditRecord('before', {}, -1),
      ]);
      const calls = async (day: string) => (await readDay(log, day)).map((record) => record.call_id);
      expect(await calls('2026-11-21')).toEqual(['first', 'last']);
      expect(await calls('2026-11-22')).toEqual(['next']);
      expect(await calls('2026-11-20')).toEqual(['before']);
      expect(await calls('2026-11-19')).toEqual([]);
    });

    it.each([1, 3, 7, 40, 100])('gives pages of at most %i that together are the whole day', async (limit) => {
      const log = await open();
      // Three records a millisecond, so that pages end within one.
      const records = Array.from({ length: 40 }, (_, index) =>
        auditRecord(`call-${String(index).padStart(2, '0')}`, {}, Math.floor(index / 3)),
      );
      await log.append(records);
      const pages: AuditRecord[][] = [];
      let cursor: string | undefined;
      do {
        const page = await log.read('2026-11-21', { limit, ...(cursor !== undefined && { cursor }) });
        pages.push(page.records);
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(limit);
      expect(pages.flat()).toEqual(records);
    });

    it('goes on after a cursor with what was appended in between', async () => {
      const log = await open();
      await log.append([auditRecord('call-1', {}, 1), auditRecord('call-2', {}, 2)]);
      const { records, cursor } = await log.read('2026-11-21', { limit: 1 });
      expect(records.map((record) => record.call_id)).toEqual(['call-1']);
      await log.append([auditRecord('call-3', {}, 3)]);
      const rest = await readDay(log, '2026-11-21', cursor);
      expect(rest.map((record) => record.call_id)).toEqual(['call-2', 'call-3']);
    });

    it.each(['', 'yesterday', '2026-11-21T00', '2026-11', '#'])('refuses %j as a day', async (day) => {
      const log = await open();
      await expect(log.read(day)).rejects.toMatchObject({ code: 'bad_request', field: 'day' });
    });

    it.each([
      ['of another day', Buffer.from('2026-11-20T00:00:00.000Z#call#intent').toString('base64url')],
      ['that is none', 'nonsense'],
      ['that is empty', ''],
      ['that is too long', Buffer.from(`2026-11-21${'x'.repeat(2_000)}`).toString('base64url')],
    ])('refuses a cursor %s', async (_, cursor) => {
      const log = await open();
      await expect(log.read('2026-11-21', { cursor })).rejects.toMatchObject({ code: 'bad_request', field: 'cursor' });
    });

    it('gives away nothing that leads back into the log', async () => {
      const log = await open();
      const record = auditRecord('call-1');
      await log.append([record]);
      record.subject = 'mallory';
      for (const read of (await log.read('2026-11-21')).records) read.subject = 'mallory';
      expect((await readDay(log, '2026-11-21')).map((kept) => kept.subject)).toEqual(['ada']);
    });
  });
}

async function readDay(log: AuditLog, day: string, after?: string): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  let cursor = after;
  do {
    const page = await log.read(day, cursor === undefined ? {} : { cursor });
    records.push(...page.records);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return records;
}
