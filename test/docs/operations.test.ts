import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoAudit } from '../../functions/audit/dynamo.ts';
import { adminScopes } from '../../functions/auth/principal.ts';
import { dynamoCatalogue } from '../../functions/catalogue/dynamo.ts';
import { holdReasonSchema } from '../../functions/catalogue/types.ts';
import { sdkTables } from '../../functions/tables/dynamo.ts';
import { startEmbeddedDynamo } from '../../local/embedded-dynamo.ts';
import { createTables } from '../../local/tables.ts';
import { aTool, toolsOnly } from '../contract/sample.ts';
import { page, tableRows } from './markdown.ts';

const root = join(import.meta.dirname, '../..');
const operations = page('docs/operations.md');
const source = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the limits', () => {
  const written = tableRows(operations).flatMap(([limit = '', , where = '']) => {
    const [, path, snippet] = /^`([\w./-]+)`: `([^`]+)`$/.exec(where) ?? [];
    return path && snippet ? [{ limit, path, snippet }] : [];
  });

  it('are many', () => {
    expect(written.length).toBeGreaterThan(20);
  });

  it.each(written)('$limit is still written in $path', ({ path, snippet }) => {
    expect(source(path)).toContain(snippet);
  });
});

it('every event name of the log is one that the code writes', () => {
  const names = tableRows(operations).flatMap(([name = '', level = '']) =>
    ['DEBUG', 'INFO', 'WARN', 'ERROR'].includes(level) ? [name.replaceAll('`', '')] : [],
  );
  const code = [
    'gateway/telemetry.ts',
    'authorize.ts',
    'mcp/open-endpoint.ts',
    'mcp/open-room.ts',
    'run-task.ts',
    'http/route.ts',
  ].map((path) => source(`functions/${path}`));
  const logged = code.flatMap((text) =>
    [...text.matchAll(/logger\.(?:debug|info|warn|error)\('(\w+)'/g)].map(([, name]) => name),
  );
  expect(new Set(names)).toEqual(new Set(logged));
});

it('every reason of a refused credential is explained', () => {
  const explained = tableRows(operations).flatMap(([reasons = '']) =>
    [...reasons.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  const code = ['bearer.ts', 'api-key.ts', 'authorize-request.ts']
    .map((file) => source(`functions/auth/${file}`))
    .join('');
  const declared = [...code.matchAll(/^\s+\| '(\w+)'/gm), ...code.matchAll(/reason: ((?:'\w+'(?: \| )?)+)/g)];
  const reasons = declared.flatMap(([, names = '']) => names.split(' | ').map((name) => name.replaceAll("'", '')));
  expect(reasons).toContain('audience_mismatch');
  expect(reasons).toContain('key_revoked');
  for (const reason of new Set(reasons)) expect(explained, reason).toContain(reason);
});

it('every reason to hold a definition, and every scope of a key, is explained', () => {
  const explained = tableRows(operations).map(([term = '']) => term.replaceAll('`', ''));
  for (const reason of holdReasonSchema.options) expect(explained, reason).toContain(reason);
  for (const scope of adminScopes) expect(explained, scope).toContain(scope);
});

describe('the tables, as the page describes them', () => {
  const names = { catalogue: 'Catalogue', state: 'State', audit: 'Audit' };
  let dynamo: Awaited<ReturnType<typeof startEmbeddedDynamo>>;
  let client: DynamoDBClient;
  beforeAll(async () => {
    dynamo = await startEmbeddedDynamo();
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    client = new DynamoDBClient({ region: 'local', endpoint: dynamo.endpoint, credentials });
    await createTables(client, names);
  });
  afterAll(async () => {
    client.destroy();
    await dynamo.close();
  });

  const items = async (table: string) => (await client.send(new ScanCommand({ TableName: table }))).Items ?? [];
  const put = async (kept: Awaited<ReturnType<typeof items>>) => {
    for (const item of kept) await client.send(new PutItemCommand({ TableName: names.catalogue, Item: item }));
  };

  it('go back to a restored catalogue by copying what the page says, and on from there', async () => {
    const store = dynamoCatalogue(sdkTables(client), names.catalogue);
    const described = (description: string) => toolsOnly(aTool('get_things', { description }), aTool('kept'));
    const description = async () => (await store.findTool('get_things')).tool?.description;

    const wanted = await store.publish(await store.head(), described('wanted'));
    const restored = await items(names.catalogue);
    for (const text of ['worse', 'worst', 'lost']) await store.publish(await store.head(), described(text));
    await store.publish(await store.head(), toolsOnly(aTool('other')));
    expect(await description()).toBeUndefined();

    await put(restored.filter(({ pk }) => pk?.S !== 'KEY' && pk?.S !== 'HEAD'));
    await put(restored.filter(({ pk, sk }) => pk?.S === 'HEAD' && sk?.S === 'HEAD'));
    expect((await store.head()).revision).toBe(wanted.revision);
    expect(await description()).toBe('wanted');

    const next = await store.publish(await store.head(), described('new'));
    expect(next.revision).toBe(6);
    expect(await description()).toBe('new');
    expect((await store.findTool('other')).tool).toBeUndefined();
    await expect(store.snapshot(4)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keep a day of the log in the partitions that the page names', async () => {
    const log = dynamoAudit(sdkTables(client), names.audit);
    const record = (call: number) => ({
      call_id: `call-${call}`,
      kind: 'refusal' as const,
      at: '2026-11-21T12:00:00.000Z',
      request_id: 'r',
      subject: 's',
      issuer: 'i',
      roles: [],
      tool: 't',
      revision: 1,
      decision: 'no_rule',
    });
    await log.append(Array.from({ length: 200 }, (_, call) => record(call)));
    const found = await items(names.audit);
    const partitions = Array.from({ length: 16 }, (_, shard) => `DAY#2026-11-21#${shard}`);
    expect(new Set(found.map(({ pk }) => pk?.S))).toEqual(new Set(partitions));
    expect(JSON.parse(found[0]?.data?.S ?? '')).toMatchObject({ kind: 'refusal', decision: 'no_rule' });
    expect(operations.text).toContain('DAY#2026-11-21#15');
  });
});
