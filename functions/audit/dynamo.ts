import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Item, TableClient, WriteRequest } from '../tables/client.ts';
import { answered, backOff, conditionHeld } from '../tables/table-request.ts';
import type { AuditLog } from './log.ts';
import { cursorAfter, dayOf, pageRequest, positionOf } from './position.ts';
import { type AuditRecord, auditRecordSchema } from './record.ts';

// A partition takes 1,000 writes a second, so a day's records are spread over several. The call's id decides, which
// keeps a record that is written again on the item that it already has.
const shards = Array.from({ length: 16 }, (_, shard) => shard);
const batchItems = 25;

/** What one shard has after a position. */
interface Slice {
  items: Item[];
  /** Where the slice ends if there may be more behind it. */
  end: string | undefined;
}

/**
 * The log in one table: `pk` is `DAY#<day>#<shard>`, `sk` the record's position within the day.
 * Retries and timeouts are those of the client.
 */
export function dynamoAudit(tables: TableClient, table: string): AuditLog {
  /** The condition keeps a record that is there: what is written once is never replaced. */
  async function appendOne(item: Item): Promise<void> {
    const condition = 'attribute_not_exists(pk)';
    await conditionHeld(tables.putItem({ TableName: table, Item: item, ConditionExpression: condition }));
  }

  async function appendBatch(items: Item[]): Promise<void> {
    let pending: WriteRequest[] = items.map((Item) => ({ PutRequest: { Item } }));
    for (let stalls = 0; pending.length > 0; ) {
      const answer = await answered(tables.batchWriteItem({ RequestItems: { [table]: pending } }));
      const left = answer.UnprocessedItems?.[table] ?? [];
      stalls = left.length < pending.length ? 0 : stalls + 1;
      pending = left;
      if (pending.length > 0) await backOff(stalls);
    }
  }

  async function slice(pk: string, after: string, size: number): Promise<Slice> {
    const request = tables.query({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk > :after',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':after': { S: after } },
      Limit: size,
      ConsistentRead: true,
    });
    const { Items = [], LastEvaluatedKey } = await answered(request);
    return { items: Items, end: LastEvaluatedKey?.sk?.S };
  }

  return {
    async append(records) {
      // A batch must not name an item twice.
      const items = [...new Map(records.map((record) => [positionOf(record), asItem(record)])).values()];
      const [only] = items;
      if (only && items.length === 1) return appendOne(only);
      for (let start = 0; start < items.length; start += batchItems) {
        await appendBatch(items.slice(start, start + batchItems));
      }
    },

    async read(day, options = {}) {
      const { limit, after } = pageRequest(day, options);
      // Twice the share that an even spread would give each shard.
      const size = Math.ceil((2 * limit) / shards.length);
      const slices = await Promise.all(shards.map((shard) => slice(partition(day, shard), after, size)));
      // Behind the end of the shortest slice, that shard may have records that come before those of the others.
      const frontier = slices.flatMap(({ end }) => end ?? []).sort()[0];
      const inOrder = slices
        .flatMap(({ items }) => items)
        .filter(({ sk }) => frontier === undefined || (sk?.S ?? '') <= frontier)
        .sort((a, b) => ((a.sk?.S ?? '') < (b.sk?.S ?? '') ? -1 : 1));
      const page = inOrder.slice(0, limit);
      const records = page.map(asRecord);
      const last = page.at(-1)?.sk?.S;
      const isEnd = frontier === undefined && page.length === inOrder.length;
      return isEnd || last === undefined ? { records } : { records, cursor: cursorAfter(last) };
    },
  };
}

function partition(day: string, shard: number): string {
  return `DAY#${day}#${shard}`;
}

function shardOf(callId: string): number {
  return (createHash('sha256').update(callId).digest()[0] ?? 0) % shards.length;
}

function asItem(record: AuditRecord): Item {
  return {
    pk: { S: partition(dayOf(record.at), shardOf(record.call_id)) },
    sk: { S: positionOf(record) },
    data: { S: JSON.stringify(record) },
  };
}

function asRecord({ data }: Item): AuditRecord {
  return z.parse(auditRecordSchema, JSON.parse(data?.S ?? ''));
}
