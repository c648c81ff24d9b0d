import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import type { AttributeValue, Item, TableClient } from '../../functions/tables/client.ts';
import { sdkTables } from '../../functions/tables/dynamo.ts';
import { signedTables } from '../../functions/tables/signed.ts';
import { startEmbeddedDynamo } from '../../local/embedded-dynamo.ts';
import { createTables, type TableNames } from '../../local/tables.ts';

/** Tables that no other test uses, and a client for them. */
export interface Tables {
  client: TableClient;
  names: TableNames;
}

export interface TableEngine {
  name: string;
  /** Use in each test; the engine runs as long as the surrounding block. */
  open(): Promise<Tables>;
}

const access = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** Both clients, each before dynalite in this process and before what listens at `AWS_ENDPOINT_URL` if that is set. */
export function tableEngines(): TableEngine[] {
  const elsewhere = process.env.AWS_ENDPOINT_URL;
  const servers = [dynalite(), ...(elsewhere ? [{ name: elsewhere, endpoint: () => elsewhere }] : [])];
  return servers.flatMap(({ name, endpoint }) => {
    const sdk = sdkClient(endpoint);
    const open = async (client: TableClient) => {
      const id = randomUUID();
      const names = { catalogue: `Catalogue-${id}`, state: `State-${id}`, audit: `Audit-${id}` };
      await createTables(sdk(), names);
      return { client, names };
    };
    return [
      { name: `${name} by the SDK`, open: () => open(sdkTables(sdk())) },
      { name: `${name} by signed requests`, open: () => open(signedTables({ ...access, endpoint: endpoint() })) },
    ];
  });
}

function dynalite() {
  let endpoint = '';
  beforeAll(async () => {
    const started = await startEmbeddedDynamo();
    endpoint = started.endpoint;
    return started.close;
  });
  return { name: 'dynalite', endpoint: () => endpoint };
}

function sdkClient(endpoint: () => string): () => DynamoDBClient {
  let client: DynamoDBClient | undefined;
  afterAll(() => client?.destroy());
  return () => {
    client ??= new DynamoDBClient({ ...access, endpoint: endpoint() });
    return client;
  };
}

/** Tables at an address where nothing listens. */
export function unreachableTables(): TableClient {
  return signedTables({ ...access, endpoint: 'http://127.0.0.1:1', persistence: { attempts: 1 } });
}

type Operation = keyof TableClient;

/** A request of any operation: only what tests look at. */
export interface AnyRequest {
  Item?: Record<string, AttributeValue>;
  RequestItems?: Record<string, unknown>;
}

/** The answer to a batch of reads, as tests change it. */
export interface Batch {
  Responses: Record<string, Item[]>;
}

type Around = (request: AnyRequest, next: () => Promise<unknown>, operation: Operation) => Promise<unknown>;

/** A client with something between it and its caller. `next` sends the request, each time that it is called. */
export function intercepted(client: TableClient, around: Around): TableClient {
  const operations = Object.keys(client) as Operation[];
  const wrapped = operations.map((operation) => {
    const send = client[operation] as (request: AnyRequest) => Promise<unknown>;
    return [operation, (request: AnyRequest) => around(request, () => send(request), operation)];
  });
  return Object.fromEntries(wrapped) as TableClient;
}

/** A client that notes which operations it is asked for. */
export function counted(client: TableClient): { client: TableClient; operations: Operation[] } {
  const operations: Operation[] = [];
  const counting = intercepted(client, (_, next, operation) => {
    operations.push(operation);
    return next();
  });
  return { client: counting, operations };
}
