import { randomBytes } from 'node:crypto';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { dynamoCatalogue } from '../../functions/catalogue/dynamo.ts';
import type { CatalogueStore } from '../../functions/catalogue/store.ts';
import type { Item, TableClient } from '../../functions/tables/client.ts';
import { aTool, onlyTool, report, toolsOnly } from './sample.ts';
import {
  type AnyRequest,
  type Batch,
  counted,
  intercepted,
  type Tables,
  tableEngines,
  unreachableTables,
} from './tables.ts';

// What only a table can do: cost requests, fail half-way, lose an answer, refuse a part of a batch.
for (const engine of tableEngines()) {
  describe(`catalogue table in ${engine.name}`, () => {
    let tables: Tables;
    let store: CatalogueStore;
    const open = (client: TableClient) => dynamoCatalogue(client, tables.names.catalogue);

    beforeEach(async () => {
      tables = await engine.open();
      store = open(tables.client);
    });

    describe('costs', () => {
      const large = () => aTool('large', { description: randomBytes(200_000).toString('base64') });

      it.each([
        ['the pointer', 1, (reader: CatalogueStore) => reader.head()],
        ['a tool with the pointer', 1, (reader: CatalogueStore) => reader.findTool('get_things')],
        ['an unknown tool', 1, (reader: CatalogueStore) => reader.findTool('get_nothing')],
        ['a name that no tool can have', 1, (reader: CatalogueStore) => reader.findTool('get/things')],
        ['a snapshot', 1, async (reader: CatalogueStore) => reader.snapshot(1)],
        ['a snapshot of many items', 2, async (reader: CatalogueStore) => reader.snapshot(2)],
        ['a document', 1, (reader: CatalogueStore) => reader.specDocument('dealer-service', 1)],
      ])('%s: %i request(s)', async (_, expected, read) => {
        const documents = { 'dealer-service': { document: 'openapi: 3.0.3', report } };
        const first = await store.publish(await store.head(), { ...onlyTool('get_things'), documents });
        await store.publish(first, toolsOnly(aTool('get_things'), large(), { ...large(), name: 'larger' }));

        const { client, operations } = counted(tables.client);
        await read(open(client));
        expect(operations).toHaveLength(expected);
      });

      it('only the rows of the tools that changed', async () => {
        const many = Array.from({ length: 50 }, (_, index) => aTool(`tool_${index}`));
        const base = await store.publish(await store.head(), toolsOnly(...many));
        const { client, operations } = counted(tables.client);
        await open(client).publish(base, toolsOnly(...many.slice(1), aTool('tool_0', { description: 'Changed' })));
        // One chunk of the snapshot, one row, the pointer.
        expect(operations.filter((operation) => operation === 'putItem')).toHaveLength(3);
      });
    });

    describe('a publication that dies before it moves the pointer', () => {
      const interrupted = () => {
        const client = intercepted(tables.client, async (request, next) => {
          if (isWriteOfHead(request)) throw new Error('The process ended here.');
          return next();
        });
        return open(client);
      };

      it('changes nothing', async () => {
        const base = await store.publish(await store.head(), toolsOnly(aTool('kept'), aTool('changed')));
        const attempt = toolsOnly(aTool('changed', { description: 'Never seen' }), aTool('added'));
        const documents = { 'dealer-service': { document: 'openapi: 3.0.3', report } };
        await expect(interrupted().publish(base, { ...attempt, documents })).rejects.toMatchObject({
          code: 'unavailable',
        });

        expect(await store.head()).toEqual(base);
        expect((await store.findTool('kept')).tool).toBeDefined();
        expect((await store.findTool('changed')).tool?.description).toBe('Describes changed');
        expect((await store.findTool('added')).tool).toBeUndefined();
        const abandoned = base.revision + 1;
        await expect(store.snapshot(abandoned)).rejects.toMatchObject({ code: 'not_found' });
        expect(await store.specDocument('dealer-service', abandoned)).toBeUndefined();
      });

      it('stays invisible when later publications pass its number', async () => {
        const base = await store.publish(await store.head(), toolsOnly(aTool('kept'), aTool('changed')));
        const attempt = toolsOnly(aTool('changed', { description: 'Never seen' }), aTool('added'));
        await expect(interrupted().publish(base, attempt)).rejects.toThrow();
        const abandoned = base.revision + 1;

        let head = await store.publish(base, toolsOnly(aTool('kept'), aTool('changed'), aTool('other')));
        expect(head).toMatchObject({ revision: base.revision + 2, abandoned: [abandoned] });
        head = await store.publish(head, toolsOnly(aTool('kept'), aTool('changed')));
        expect(head.abandoned).toEqual([abandoned]);

        expect((await store.findTool('kept')).tool).toBeDefined();
        expect((await store.findTool('changed')).tool?.description).toBe('Describes changed');
        expect((await store.findTool('added')).tool).toBeUndefined();
        await expect(store.snapshot(abandoned)).rejects.toMatchObject({ code: 'not_found' });
      });

      it('leaves rows that the same change can be published over', async () => {
        const base = await store.publish(await store.head(), onlyTool('changed'));
        const attempt = onlyTool('changed', { description: 'At last' });
        await expect(interrupted().publish(base, attempt)).rejects.toThrow();
        await expect(interrupted().publish(base, attempt)).rejects.toThrow();
        const head = await store.publish(base, attempt);
        expect((await store.findTool('changed')).tool).toMatchObject({
          description: 'At last',
          spec_revision: head.revision,
        });
      });

      it('can be the very first one', async () => {
        await expect(interrupted().publish(await store.head(), onlyTool('get_things'))).rejects.toThrow();
        expect((await store.findTool('get_things')).tool).toBeUndefined();
        const head = await store.publish(await store.head(), onlyTool('get_others'));
        expect(head.abandoned).toEqual([1]);
        expect((await store.findTool('get_things')).tool).toBeUndefined();
        expect((await store.findTool('get_others')).tool).toBeDefined();
      });
    });

    it('keeps the rows of a publication that wins while a slower one is writing its own', async () => {
      const base = await store.publish(await store.head(), onlyTool('shared'));
      let winner: Promise<unknown> | undefined;
      const client = intercepted(tables.client, async (request, next) => {
        // The rival comes between the slow publisher's reading of the row and its writing.
        if (keyOfWrite(request) === 'TOOL#shared') {
          winner ??= store.publish(base, onlyTool('shared', { description: 'winner' }));
          await winner;
        }
        return next();
      });
      const slow = open(client).publish(base, onlyTool('shared', { description: 'slow' }));
      await expect(slow).rejects.toMatchObject({ code: 'conflict' });
      expect((await store.findTool('shared')).tool?.description).toBe('winner');
      await store.publish(
        await store.head(),
        toolsOnly((await store.snapshot(3)).tools[0] ?? aTool('shared'), aTool('x')),
      );
      expect((await store.findTool('shared')).tool?.description).toBe('winner');
    });

    it('publishes even when the answer to every write is lost once', async () => {
      const client = intercepted(tables.client, async (request, next) => {
        // What the client's own retry does after a lost answer: the same request again.
        if (request.Item) await next();
        return next();
      });
      // So large that a row could not hold it twice.
      const large = aTool('large', { description: randomBytes(195_000).toString('base64') });
      const head = await open(client).publish(await store.head(), toolsOnly(aTool('get_things'), large));
      expect(await store.head()).toEqual(head);
      expect((await store.findTool('get_things')).tool).toBeDefined();
      expect((await store.findTool('large')).tool?.description).toBe(large.description);
      expect((await store.snapshot(head.revision)).tools).toHaveLength(2);
    });

    it('finds the tool that a reader loses between two publications', async () => {
      await store.publish(await store.head(), onlyTool('get_things', { description: 'first' }));
      let torn = false;
      const client = intercepted(tables.client, async (_, next) => {
        if (torn) return next();
        torn = true;
        const before = await next();
        await store.publish(await store.head(), onlyTool('get_things', { description: 'second' }));
        await store.publish(await store.head(), onlyTool('get_things', { description: 'third' }));
        return mixed(before as Batch, (await next()) as Batch, tables.names.catalogue);
      });
      expect(await open(client).findTool('get_things')).toMatchObject({
        head: { revision: 3 },
        tool: { description: 'third' },
      });
    });

    it('asks again for what a batch left out', async () => {
      await store.publish(await store.head(), onlyTool('get_things'));
      let throttled = 2;
      const client = intercepted(tables.client, async (request, next) => {
        if (throttled-- > 0) return { Responses: {}, UnprocessedKeys: request.RequestItems };
        return next();
      });
      expect((await open(client).findTool('get_things')).tool).toBeDefined();
      expect(throttled).toBeLessThan(0);
    });

    it('is unavailable when a batch is left out again and again', async () => {
      const client = intercepted(tables.client, async (request) => ({
        Responses: {},
        UnprocessedKeys: request.RequestItems,
      }));
      await expect(open(client).head()).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('reads chunks that were written when all were compressed by gzip', async () => {
      const head = await store.publish(await store.head(), onlyTool('get_things'));
      const client = intercepted(tables.client, async (_, next) => asFormerly((await next()) as Batch));
      expect((await open(client).snapshot(head.revision)).tools).toHaveLength(1);
    });

    it('tells a lost part of a revision from one that never was', async () => {
      const head = await store.publish(await store.head(), onlyTool('get_things'));
      const client = intercepted(tables.client, async (_, next) =>
        withoutChunks((await next()) as Batch, tables.names.catalogue),
      );
      await expect(open(client).snapshot(head.revision)).rejects.toMatchObject({ code: 'internal' });
    });
  });
}

describe('catalogue table that cannot be reached', () => {
  const store = dynamoCatalogue(unreachableTables(), 'Catalogue');

  it.each([
    ['head', () => store.head()],
    ['findTool', () => store.findTool('get_things')],
    ['snapshot', () => store.snapshot(1)],
  ])('is unavailable, and keeps the cause for the log: %s', async (_, read) => {
    await expect(read()).rejects.toMatchObject({ code: 'unavailable', cause: expect.any(Error) });
  });
});

function keyOfWrite({ Item }: AnyRequest): string | undefined {
  return Item?.pk?.S;
}

function isWriteOfHead(request: AnyRequest): boolean {
  return keyOfWrite(request) === 'HEAD';
}

/** The pointer of one answer with the tool of another. */
function mixed(pointer: Batch, tool: Batch, table: string): Batch {
  const isHead = (item: Item) => item.pk?.S === 'HEAD';
  const heads = pointer.Responses[table]?.filter(isHead) ?? [];
  const tools = tool.Responses[table]?.filter((item) => !isHead(item)) ?? [];
  return { Responses: { [table]: [...heads, ...tools] } };
}

function asFormerly({ Responses }: Batch): Batch {
  const former = ({ encoding, ...item }: Item): Item =>
    encoding && item.data?.B ? { ...item, data: { B: gzipSync(brotliDecompressSync(item.data.B)) } } : item;
  return {
    Responses: Object.fromEntries(Object.entries(Responses).map(([table, items]) => [table, items.map(former)])),
  };
}

function withoutChunks({ Responses }: Batch, table: string): Batch {
  return { Responses: { [table]: Responses[table]?.filter((item) => item.pk?.S === 'HEAD') ?? [] } };
}
