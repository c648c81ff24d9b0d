import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { onLoopback } from '../on-loopback.ts';
import { account } from '../template/resources.ts';
import type { MayDo } from './access.ts';
import type { Attempt } from './policy.ts';

/** A table, as far as access to it depends on it. */
export interface GuardedTable {
  name: string;
  arn: string;
  /** ARN of the key that it is encrypted with, if it is the account's own. */
  key: string | undefined;
  /** Name of the attribute that is its partition key. */
  partitionKey: string;
}

export interface GuardedTables {
  endpoint: string;
  close(): Promise<void>;
}

const value = z.record(z.string(), z.unknown()).transform((attribute) => String(Object.values(attribute)[0]));
const item = z.record(z.string(), value);

const bodySchema = z.object({
  TableName: z.string().optional(),
  IndexName: z.string().optional(),
  Key: item.optional(),
  Item: item.optional(),
  KeyConditionExpression: z.string().optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: item.default({}),
  RequestItems: z
    .record(
      z.string(),
      z.union([
        z.object({ Keys: z.array(item) }).transform(({ Keys }) => Keys),
        z
          .array(
            z.object({
              PutRequest: z.object({ Item: item }).optional(),
              DeleteRequest: z.object({ Key: item }).optional(),
            }),
          )
          .transform((writes) =>
            writes.map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key ?? {}),
          ),
      ]),
    )
    .default({}),
});
type Body = z.infer<typeof bodySchema>;

/**
 * A door before DynamoDB, on loopback, that lets pass what the caller may do: the action on the table, with the
 * partition keys that it touches, and the use of the table's encryption key through DynamoDB.
 */
export async function startGuardedTables(
  endpoint: string,
  tables: readonly GuardedTable[],
  mayDo: MayDo,
): Promise<GuardedTables> {
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await incoming.toArray());
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    const attempts = attemptsOf(operation, bodySchema.parse(JSON.parse(body.toString())), tables);
    if (!mayDo(incoming.headers.authorization ?? '', attempts)) {
      outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      const actions = attempts.map(({ action }) => action).join(', ');
      outgoing.end(
        JSON.stringify({
          __type: 'com.amazon.coral.service#AccessDeniedException',
          Message: `No identity-based policy allows ${actions}`,
        }),
      );
      return;
    }
    const { hostname, port } = new URL(endpoint);
    const forwarded = request({ hostname, port, method: 'POST', path: '/', headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const { url, close } = await onLoopback(server);
  return { endpoint: url, close };
}

function attemptsOf(operation: string, body: Body, tables: readonly GuardedTable[]): Attempt[] {
  const names = body.TableName === undefined ? Object.keys(body.RequestItems) : [body.TableName];
  return names.flatMap((name) => {
    const table = tables.find((candidate) => candidate.name === name);
    if (!table) return [];
    const { arn, key, partitionKey } = table;
    const leadingKeys = leadingKeysOf(body, name, partitionKey);
    return [
      {
        action: `dynamodb:${operation}`,
        resource: body.IndexName === undefined ? arn : `${arn}/index/${body.IndexName}`,
        context: leadingKeys && { 'dynamodb:LeadingKeys': leadingKeys },
      },
      ...(key === undefined ? [] : [throughDynamo(key)]),
    ];
  });
}

/** DynamoDB opens a table's key in the name of whoever uses the table. */
function throughDynamo(key: string): Attempt {
  const service = `dynamodb.${account.region}.amazonaws.com`;
  return { action: 'kms:Decrypt', resource: key, context: { 'kms:ViaService': [service] } };
}

function leadingKeysOf(body: Body, table: string, partitionKey: string): string[] | undefined {
  const items = body.RequestItems[table] ?? [body.Key ?? body.Item ?? {}];
  const keys = [...new Set(items.flatMap((each) => each[partitionKey] ?? []))];
  const queried = queriedKey(body, partitionKey);
  if (queried !== undefined) keys.push(queried);
  return keys.length > 0 ? keys : undefined;
}

/** The value that a query's key condition gives the partition key. */
function queriedKey(body: Body, partitionKey: string): string | undefined {
  const equalities = (body.KeyConditionExpression ?? '').matchAll(/([#\w]+)\s*=\s*(:\w+)/g);
  for (const [, attribute = '', placeholder = ''] of equalities) {
    if ((body.ExpressionAttributeNames[attribute] ?? attribute) === partitionKey) {
      return body.ExpressionAttributeValues[placeholder];
    }
  }
  return undefined;
}
