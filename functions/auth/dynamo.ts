import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';
import type { Item, TableClient } from '../tables/client.ts';
import { answered, conditionHeld } from '../tables/table-request.ts';
import { type ApiKey, apiKeySchema, type KeyStore } from './key-store.ts';

// Ids come from callers who may send anything; the table refuses empty and very long keys as an error.
const longestId = 256;

/**
 * Keys in the catalogue table: `pk` is `KEY`, `sk` the id; `revoked_at` is an attribute of its own, so that revoking
 * is one write. Retries and timeouts are those of the client.
 */
export function dynamoKeys(tables: TableClient, table: string): KeyStore {
  return {
    async find(id) {
      if (id.length === 0 || id.length > longestId) return undefined;
      const request = tables.getItem({ TableName: table, Key: keyOf(id), ConsistentRead: true });
      const { Item } = await answered(request);
      return Item && asApiKey(Item);
    },

    async add({ revoked_at, ...key }) {
      const request = tables.putItem({
        TableName: table,
        Item: {
          ...keyOf(key.id),
          data: { S: JSON.stringify(key) },
          ...(revoked_at !== undefined && { revoked_at: { S: revoked_at } }),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      if (await conditionHeld(request)) return;
      throw new GatewayError('conflict', `There is a key "${key.id}" already.`);
    },

    async list() {
      const keys: ApiKey[] = [];
      let start: Item | undefined;
      do {
        const request = tables.query({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: 'KEY' } },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        });
        const answer = await answered(request);
        keys.push(...(answer.Items ?? []).map(asApiKey));
        start = answer.LastEvaluatedKey;
      } while (start);
      return keys;
    },

    async revoke(id, at) {
      const request = tables.updateItem({
        TableName: table,
        Key: keyOf(id),
        UpdateExpression: 'SET revoked_at = if_not_exists(revoked_at, :at)',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':at': { S: at } },
      });
      await conditionHeld(request);
    },
  };
}

function keyOf(id: string): Item {
  return { pk: { S: 'KEY' }, sk: { S: id } };
}

function asApiKey({ data, revoked_at }: Item): ApiKey {
  const key = z.parse(apiKeySchema, JSON.parse(data?.S ?? ''));
  return revoked_at?.S === undefined ? key : { ...key, revoked_at: revoked_at.S };
}
