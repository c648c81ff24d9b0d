import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';
import type { AttributeValue, Condition, Item, TableClient } from '../tables/client.ts';
import { inParallel } from '../tables/in-parallel.ts';
import { answered, backOff, conditionHeld } from '../tables/table-request.ts';
import { isPublished, nextRevision, overtaken, unknownRevision } from './revisions.ts';
import { type CatalogueStore, type Publication, skillFilesSchema, specDocumentSchema } from './store.ts';
import {
  emptyHead,
  emptySnapshot,
  type Head,
  headSchema,
  nameSchema,
  snapshotSchema,
  toolNameSchema,
  toolSchema,
} from './types.ts';

/**
 * Items, by `pk` and `sk`:
 *
 * - `HEAD`, `HEAD`: the pointer. Its `revision` is the condition of the write that publishes.
 * - `HEAD`, `NEXT`: the counter from which every publication takes a number of its own.
 * - `TOOL#<name>`, `TOOL`: the last versions of one tool, newest first, among them the visible one.
 * - `SNAPSHOT#<revision>`, `CHUNK#nnn`: a whole revision, compressed; written once.
 * - `SPEC#<name>#<revision>`, `CHUNK#nnn`: a document and its report, likewise.
 * - `SKILL#<name>#<revision>`, `CHUNK#nnn`: the files of a skill, likewise.
 *
 * What carries a number that `HEAD` has not reached, or lists as abandoned, is invisible.
 */
type Key = readonly [pk: string, sk: string];

const headKey: Key = ['HEAD', 'HEAD'];
const counterKey: Key = ['HEAD', 'NEXT'];
const toolKey = (name: string): Key => [`TOOL#${name}`, 'TOOL'];
const chunkKey = (pk: string, index: number): Key => [pk, `CHUNK#${String(index).padStart(3, '0')}`];
const snapshotPartition = (revision: number) => `SNAPSHOT#${revision}`;
const specPartition = (spec: string, revision: number) => `SPEC#${spec}#${revision}`;
const skillPartition = (skill: string, revision: number) => `SKILL#${skill}#${revision}`;

/** One version of a tool: the number that brought it, and the definition, or `null` where the tool was removed. */
const versionsSchema = z.array(z.object({ revision: z.number(), tool: z.nullable(z.unknown()) }));
type Version = z.infer<typeof versionsSchema>[number];

interface ToolRow {
  versions: Version[];
  /** Counts the writes of the row; 0 when there is none yet. */
  etag: number;
}

const absent: Condition = { ConditionExpression: 'attribute_not_exists(pk)' };

// DynamoDB refuses items of more than 400 KB; the rest is room for keys and names.
const maxItemBytes = 380_000;
const chunkBytes = 350_000;
// Short values stay readable in the console; compressing them would cost more time than it saves in read units.
const plainBytes = 32_000;
const parallelWrites = 16;
const batchKeys = 100;

/** The catalogue in one table with the keys `pk` and `sk`. Retries and timeouts are those of the client. */
export function dynamoCatalogue(tables: TableClient, table: string): CatalogueStore {
  /** Reads any number of items, each as of a moment within this call. */
  async function readItems(keys: readonly Key[]): Promise<Map<string, Item>> {
    const found = new Map<string, Item>();
    let pending: Item[] = keys.map(asKey);
    for (let stalls = 0; pending.length > 0; ) {
      const batch = pending.slice(0, batchKeys);
      const request = { RequestItems: { [table]: { Keys: batch, ConsistentRead: true } } };
      const answer = await answered(tables.batchGetItem(request));
      for (const item of answer.Responses?.[table] ?? []) found.set(`${item.pk?.S} ${item.sk?.S}`, item);
      // Left over by throttling, or because the answer has reached its size limit.
      const left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
      pending = [...left, ...pending.slice(batchKeys)];
      stalls = left.length < batch.length ? 0 : stalls + 1;
      if (stalls > 0) await backOff(stalls);
    }
    return found;
  }

  const readItem = async (key: Key) => (await readItems([key])).get(key.join(' '));

  const readHead = async () => asHead(await readItem(headKey));

  const putItem = (key: Key, attributes: Item, condition: Condition) =>
    tables.putItem({ TableName: table, Item: { ...asKey(key), ...attributes }, ...condition });

  /** The pointer, and what the chunks of a partition hold if the revision was published. */
  async function readPublished<T extends z.ZodMiniType>(pk: string, revision: number, schema: T) {
    const items = await readItems([headKey, chunkKey(pk, 0)]);
    const head = asHead(items.get(headKey.join(' ')));
    const first = items.get(chunkKey(pk, 0).join(' '));
    if (!first || !isPublished(head, revision)) return { head, value: undefined };
    const keys = Array.from({ length: Number(first.count?.N) }, (_, index) => chunkKey(pk, index));
    const rest = await readItems(keys.slice(1));
    const chunks = keys.map((key, index) => (index === 0 ? first : rest.get(key.join(' ')))?.data?.B);
    const present = chunks.filter((chunk) => chunk !== undefined);
    if (present.length < chunks.length) throw lost(pk);
    const packed = Buffer.concat(present);
    // Chunks of before say nothing of how they are compressed.
    const text = first.encoding?.S === 'br' ? brotliDecompressSync(packed) : gunzipSync(packed);
    return { head, value: z.parse(schema, JSON.parse(text.toString())) };
  }

  async function readSnapshot(revision: number) {
    if (revision === 0) return { head: await readHead(), value: structuredClone(emptySnapshot) };
    const { head, value } = await readPublished(snapshotPartition(revision), revision, snapshotSchema);
    if (!value && isPublished(head, revision)) throw lost(snapshotPartition(revision));
    return { head, value };
  }

  async function takeNumber(): Promise<number> {
    const request = tables.updateItem({
      TableName: table,
      Key: asKey(counterKey),
      UpdateExpression: 'ADD taken :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    });
    return Number((await answered(request)).Attributes?.taken?.N);
  }

  async function writeChunk(key: Key, attributes: Item): Promise<void> {
    // The number in the key is this publication's alone: where the item exists, this very request was repeated.
    await conditionHeld(putItem(key, attributes, absent));
  }

  async function writeRow(name: string, own: Version, base: Head, row: ToolRow): Promise<void> {
    const versions = withVersion(own, row.versions, base);
    const data = pack(JSON.stringify(versions), `tool "${name}" with its earlier versions`, `tools.${name}`);
    const attributes = { data, etag: { N: String(row.etag + 1) } };
    if (await conditionHeld(putItem(toolKey(name), attributes, sameEtag(row)))) return;
    const current = asRow(await readItem(toolKey(name)));
    // The condition also fails when the client repeats a request whose answer was lost.
    if (current.versions.some((version) => version.revision === own.revision)) return;
    // Another publication was faster; its version must be kept too.
    await writeRow(name, own, base, current);
  }

  async function moveHead(base: Head, next: Head): Promise<void> {
    const data = pack(JSON.stringify(next), 'the list of backends and specs', 'backends');
    const attributes = { data, revision: { N: String(next.revision) } };
    if (await conditionHeld(putItem(headKey, attributes, sameRevision(base)))) return;
    // The condition also fails when the client repeats a request whose answer was lost.
    if (!isPublished(await readHead(), next.revision)) throw overtaken(base);
  }

  return {
    head: readHead,

    async findTool(name) {
      if (!z.safeParse(toolNameSchema, name).success) return { head: await readHead(), tool: undefined };
      for (let earlier: Head | undefined; ; ) {
        const items = await readItems([headKey, toolKey(name)]);
        const head = asHead(items.get(headKey.join(' ')));
        const { versions } = asRow(items.get(toolKey(name).join(' ')));
        const version = visibleVersion(versions, head);
        // Two publications between the reading of the two items can have pushed out the version that this pointer
        // shows. Then the pointer has moved on, and a second look finds what it shows now.
        const torn = !version && versions.length > 0 && head.revision !== earlier?.revision;
        if (!torn) return { head, tool: version?.tool ? z.parse(toolSchema, version.tool) : undefined };
        earlier = head;
      }
    },

    async snapshot(revision) {
      const { value } = await readSnapshot(revision);
      if (!value) throw unknownRevision(revision);
      return value;
    },

    async specDocument(spec, revision) {
      if (!z.safeParse(nameSchema, spec).success) return undefined;
      return (await readPublished(specPartition(spec, revision), revision, specDocumentSchema)).value;
    },

    async skillFiles(skill, revision) {
      if (!z.safeParse(nameSchema, skill).success) return undefined;
      return (await readPublished(skillPartition(skill, revision), revision, skillFilesSchema)).value;
    },

    async publish(base, publication) {
      const { head, value: before } = await readSnapshot(base.revision);
      if (!before || head.revision !== base.revision) throw overtaken(base);

      const next = nextRevision(head, before, publication, await takeNumber());
      const { revision } = next.head;
      const versions = new Map<string, Version>([
        ...next.changed.map((tool) => [tool.name, { revision, tool }] as const),
        ...next.removed.map((name) => [name, { revision, tool: null }] as const),
      ]);
      const rows = await readItems([...versions.keys()].map(toolKey));
      const chunks = [...chunksOf(snapshotPartition(revision), next.snapshot), ...broughtChunks(publication, revision)];

      await inParallel(chunks, parallelWrites, ([key, attributes]) => writeChunk(key, attributes));
      await inParallel(versions, parallelWrites, async ([name, version]) =>
        writeRow(name, version, head, asRow(rows.get(toolKey(name).join(' ')))),
      );
      await moveHead(head, next.head);
      return z.parse(headSchema, next.head);
    },
  };
}

function asKey([pk, sk]: Key): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}

function asHead(item: Item | undefined): Head {
  if (!item) return z.parse(headSchema, emptyHead);
  return z.parse(headSchema, JSON.parse(unpack(item)));
}

function asRow(item: Item | undefined): ToolRow {
  if (!item) return { versions: [], etag: 0 };
  return { versions: z.parse(versionsSchema, JSON.parse(unpack(item))), etag: Number(item.etag?.N) };
}

/** The version that a pointer shows: the newest that was published under a number it has reached. */
function visibleVersion(versions: readonly Version[], head: Head): Version | undefined {
  return versions.find((version) => isPublished(head, version.revision));
}

/**
 * The row's versions with one of this publication. Of the others it keeps the one that is shown now, and all
 * newer than the base: each belongs to a publication that may yet win.
 */
function withVersion(own: Version, versions: readonly Version[], base: Head): Version[] {
  const shown = visibleVersion(versions, base);
  const kept = versions.filter((version) => version === shown || version.revision > base.revision);
  return [own, ...kept].sort((a, b) => b.revision - a.revision);
}

/** The condition under which a row may be replaced: nobody has written it since it was read. */
function sameEtag(row: ToolRow): Condition {
  if (row.etag === 0) return absent;
  return { ConditionExpression: 'etag = :etag', ExpressionAttributeValues: { ':etag': { N: String(row.etag) } } };
}

/** The condition under which the pointer may move: it still names the base. */
function sameRevision(base: Head): Condition {
  if (base.revision === 0) return absent;
  const values = { ':base': { N: String(base.revision) } };
  return { ConditionExpression: 'revision = :base', ExpressionAttributeValues: values };
}

/** Text as an attribute, compressed if it is long. Throws `invalid` when no item can hold it. */
function pack(text: string, subject: string, field: string): AttributeValue {
  if (text.length <= plainBytes) return { S: text };
  const packed = gzipSync(text);
  if (packed.length <= maxItemBytes) return { B: packed };
  const message = `The catalogue cannot keep ${subject}: ${packed.length} bytes compressed, at most ${maxItemBytes}.`;
  throw new GatewayError('invalid', message, { field });
}

function unpack({ data }: Item): string {
  return data?.B ? gunzipSync(data.B).toString() : (data?.S ?? '');
}

// A window that holds whole listings, in which a thousand tools repeat each other: two thirds of what gzip makes of
// them, in half the time, so that most listings are one item.
const compression = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS },
};

/** A value as the items of one partition. The first tells how many they are. */
function chunksOf(pk: string, value: unknown): [Key, Item][] {
  const bytes = brotliCompressSync(JSON.stringify(value), compression);
  const count = Math.ceil(bytes.length / chunkBytes);
  const told = { count: { N: String(count) }, encoding: { S: 'br' } };
  return Array.from({ length: count }, (_, index) => {
    const data = { B: bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes) };
    return [chunkKey(pk, index), index === 0 ? { data, ...told } : { data }];
  });
}

/** What a revision brings beside its tools. */
function broughtChunks({ documents = {}, skillFiles = {} }: Publication, revision: number): [Key, Item][] {
  return [
    ...Object.entries(documents).flatMap(([spec, value]) => chunksOf(specPartition(spec, revision), value)),
    ...Object.entries(skillFiles).flatMap(([skill, value]) => chunksOf(skillPartition(skill, revision), value)),
  ];
}

function lost(pk: string): GatewayError {
  return new GatewayError('internal', `The catalogue table has lost parts of ${pk}.`);
}
