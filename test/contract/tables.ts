import { randomUUID } from 'node:crypto';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { startEmbeddedDynamo } from '../../local/embedded-dynamo.ts';
import { createTables, type TableNames } from '../../local/tables.ts';

/** Tables that no other test uses, and a client for them. */
export interface Tables {
  client: DynamoDBClient;
  names: TableNames;
  /** Another client for the same tables, which a test may tamper with. */
  anotherClient(): DynamoDBClient;
}

export interface TableEngine {
  name: string;
  /** Use in each test; the engine runs as long as the surrounding block. */
  open(): Promise<Tables>;
}

/** Engines against which the suites run: dynalite in this process, and what listens at `AWS_ENDPOINT_URL` if that is set. */
export function tableEngines(): TableEngine[] {
  const elsewhere = process.env.AWS_ENDPOINT_URL;
  return [dynalite(), ...(elsewhere ? [engine(elsewhere, () => ({ endpoint: elsewhere }))] : [])];
}

function dynalite(): TableEngine {
  let endpoint = '';
  beforeAll(async () => {
    const started = await startEmbeddedDynamo();
    endpoint = started.endpoint;
    return started.close;
  });
  return engine('dynalite', () => ({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }));
}

function engine(name: string, config: () => DynamoDBClientConfig): TableEngine {
  const clients: DynamoDBClient[] = [];
  afterAll(() => {
    for (const client of clients) client.destroy();
  });
  const newClient = () => {
    const client = new DynamoDBClient(config());
    clients.push(client);
    return client;
  };
  return {
    name,
    async open() {
      const client = newClient();
      const id = randomUUID();
      const names = { catalogue: `Catalogue-${id}`, state: `State-${id}`, audit: `Audit-${id}` };
      await createTables(client, names);
      return { client, names, anotherClient: newClient };
    },
  };
}

/** Counts the requests that a client is asked to send, by operation. */
export function countRequests(client: DynamoDBClient): { total(): number; operations: string[] } {
  const operations: string[] = [];
  client.middlewareStack.add(
    (next, context) => (args) => {
      operations.push(String(context.commandName));
      return next(args);
    },
    { step: 'initialize' },
  );
  return { operations, total: () => operations.length };
}

/** A request as the client takes it and a result as it gives it, of any operation: only what tests look at. */
export interface AnyInput {
  Item?: Record<string, { S?: string }>;
  RequestItems?: Record<string, unknown>;
}
export interface AnyResult {
  output: object;
}

/** Puts itself between the caller and the client. `next` sends the request, each time that it is called. */
export function intercept(
  client: DynamoDBClient,
  around: (input: AnyInput, next: () => Promise<AnyResult>) => Promise<AnyResult>,
): void {
  client.middlewareStack.add(
    (next) => async (args) => (await around(args.input as AnyInput, () => next(args) as Promise<AnyResult>)) as never,
    { step: 'initialize' },
  );
}
