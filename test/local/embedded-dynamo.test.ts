import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedDynamo, startEmbeddedDynamo } from '../../local/embedded-dynamo.ts';
import { createTables } from '../../local/tables.ts';

const names = { catalogue: 'Catalogue', state: 'State', audit: 'Audit' };
const key = { pk: { S: 'a' }, sk: { S: 'b' } };

describe('startEmbeddedDynamo', () => {
  let directory: string;
  let path: string;
  let running: EmbeddedDynamo[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'gatehouse-dynamo-'));
    path = join(directory, 'data', 'tables');
    running = [];
  });
  afterEach(async () => {
    for (const dynamo of running) await dynamo.close();
    await rm(directory, { recursive: true });
  });

  async function start(options: { path?: string; port?: number } = {}): Promise<DynamoDBClient> {
    const dynamo = await startEmbeddedDynamo(options);
    running.push(dynamo);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return new DynamoDBClient({ endpoint: dynamo.endpoint, region: 'local', credentials });
  }

  it('keeps tables and items over a restart when it has a directory', async () => {
    const client = await start({ path });
    await createTables(client, names);
    await client.send(new PutItemCommand({ TableName: 'State', Item: { ...key, data: { S: 'kept' } } }));
    await running.pop()?.close();

    const again = await start({ path });
    await createTables(again, names);
    const { Item } = await again.send(new GetItemCommand({ TableName: 'State', Key: key }));
    expect(Item?.data).toEqual({ S: 'kept' });
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('forgets everything when it has none', async () => {
    await createTables(await start(), names);
    await running.pop()?.close();
    expect((await (await start()).send(new ListTablesCommand({}))).TableNames).toEqual([]);
  });

  it('refuses a directory that another one uses', async () => {
    await start({ path });
    await expect(start({ path })).rejects.toThrow('Is another gateway using them?');
  });

  it('refuses a port that is taken', async () => {
    await start();
    const port = Number(new URL(running[0]?.endpoint ?? '').port);
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('listens on loopback only', async () => {
    await start();
    expect(new URL(running[0]?.endpoint ?? '').hostname).toBe('127.0.0.1');
  });

  it('closes while clients hold connections', async () => {
    const client = await start();
    await createTables(client, names);
    const began = performance.now();
    await running.pop()?.close();
    expect(performance.now() - began).toBeLessThan(900);
  });
});

describe('createTables', () => {
  it('creates what is missing, also when several begin at once', async () => {
    const dynamo = await startEmbeddedDynamo();
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint: dynamo.endpoint, region: 'local', credentials });
    await Promise.all([createTables(client, names), createTables(client, names), createTables(client, names)]);
    await createTables(client, names);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['Audit', 'Catalogue', 'State']);
    await dynamo.close();
  });
});
