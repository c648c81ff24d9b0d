import * as z from 'zod/mini';
import type { Clock } from '../gateway/clock.ts';
import type { Item, TableClient } from '../tables/client.ts';
import { answered, conditionHeld } from '../tables/table-request.ts';
import { newVersion } from './new-version.ts';
import type { StateEntry, StateStore } from './store.ts';

const valueSchema = z.record(z.string(), z.unknown());

/**
 * State in one table: `pk` is the key, `sk` is `STATE`, `expires_at` the attribute by which the table removes items.
 * It does so up to days late, hence every read and every condition compares it with the clock.
 * Retries and timeouts are those of the client.
 */
export function dynamoState(tables: TableClient, table: string, clock: Clock): StateStore {
  const now = () => ({ N: String(Math.floor(clock() / 1000)) });

  async function get(key: string): Promise<StateEntry | undefined> {
    const request = tables.getItem({ TableName: table, Key: keyOf(key), ConsistentRead: true });
    const { Item } = await answered(request);
    if (!Item) return undefined;
    const expires_at = Number(Item.expires_at?.N);
    if (expires_at * 1000 <= clock()) return undefined;
    return {
      value: z.parse(valueSchema, JSON.parse(Item.data?.S ?? '')),
      version: Number(Item.version?.N),
      expires_at,
    };
  }

  /** Writes the entry if the condition holds for the one that is there. */
  async function put(
    key: string,
    value: Record<string, unknown>,
    expiresAt: number,
    condition: string,
    values: Item,
  ): Promise<boolean> {
    const version = newVersion();
    const request = tables.putItem({
      TableName: table,
      Item: {
        ...keyOf(key),
        data: { S: JSON.stringify(value) },
        version: { N: String(version) },
        expires_at: { N: String(expiresAt) },
      },
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
    });
    if (await conditionHeld(request)) return true;
    // The client repeats a request whose answer was lost, and then meets the entry that it has just written.
    return (await get(key))?.version === version;
  }

  return {
    get,
    create: (key, value, expiresAt) =>
      put(key, value, expiresAt, 'attribute_not_exists(pk) OR expires_at <= :now', { ':now': now() }),
    replace: (key, version, value, expiresAt) =>
      put(key, value, expiresAt, 'version = :version AND expires_at > :now', {
        ':version': { N: String(version) },
        ':now': now(),
      }),
    async remove(key) {
      await answered(tables.deleteItem({ TableName: table, Key: keyOf(key) }));
    },
  };
}

function keyOf(key: string): Item {
  return { pk: { S: key }, sk: { S: 'STATE' } };
}
