import { describe, expect, it } from 'vitest';
import { putPrompt } from '../../functions/admin/prompts.ts';
import type { Principal } from '../../functions/auth/principal.ts';
import { memoryCatalogue } from '../../functions/catalogue/memory.ts';
import { withBackend } from '../../functions/catalogue/publish.ts';
import { withSkill } from '../../functions/catalogue/skills.ts';
import { withSpec } from '../../functions/catalogue/specs.ts';
import type { CatalogueStore, Publication } from '../../functions/catalogue/store.ts';
import { trustedCatalogue } from '../../functions/catalogue/trusted.ts';
import type { Head, Snapshot } from '../../functions/catalogue/types.ts';
import { type McpEndpoint, mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { catalogueLibrary } from '../../functions/mcp/library/catalogue-library.ts';
import { type KeptResults, keptResults } from '../../functions/mcp/library/kept-results.ts';
import type { Contents } from '../../functions/mcp/library/library.ts';
import { pageOf } from '../../functions/mcp/library/page-of.ts';
import { memoryState } from '../../functions/state/memory.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { states } from '../conformance/request-state.ts';
import { dealers, importedTool, quietly, report } from '../contract/sample.ts';
import { movableClock } from '../contract/state.ts';
import { plainRequest } from '../http/plain-request.ts';
import { ada } from './session-instances.ts';
import { smallRoom } from './small-room.ts';

const link = { type: 'resource_link' as const, uri: 'result://1', name: '1' };
const room = smallRoom({ get_stock: { answer: () => ({ content: [{ type: 'text', text: 'At result://1' }, link] }) } });

interface Open {
  store?: CatalogueStore;
  results?: KeptResults;
}

function open({ store = memoryCatalogue(), results }: Open = {}) {
  const faults: Error[] = [];
  const library = catalogueLibrary({
    catalogue: trustedCatalogue(store, () => 0, 0),
    store,
    may: ({ principal }, tool) => principal.roles.includes(tool.domain),
    results: async () =>
      results ??
      keptResults(
        memoryState(() => 0),
        () => 0,
      ),
  });
  const endpoint = mcpEndpoint({
    url: 'http://127.0.0.1/mcp',
    face: { name: 'gatehouse', version: '0.0.0' },
    room,
    states,
    library: async () => library,
    failed: (error) => faults.push(error),
  });
  return { faults, endpoint };
}

async function textOf(body: string | AsyncIterable<Uint8Array>): Promise<string> {
  if (typeof body === 'string') return body;
  let text = '';
  for await (const chunk of body) text += Buffer.from(chunk).toString();
  return text;
}

const common = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** The answer to a request of a client of 2026-07-28. */
async function modern(endpoint: McpEndpoint, method: string, params: object = {}, principal: Principal = ada) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const { name, uri = name } = params as { name?: string; uri?: string };
  const headers = {
    ...common,
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(uri !== undefined && { 'mcp-name': uri }),
  };
  const message = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } };
  const { body } = await endpoint.post(plainRequest({ headers, principal }), message);
  return JSON.parse(await textOf(body));
}

async function change(store: CatalogueStore, make: (head: Head, snapshot: Snapshot) => Publication): Promise<void> {
  const head = await store.head();
  await store.publish(head, make(head, await store.snapshot(head.revision)));
}

describe('a result that is kept', () => {
  const clock = movableClock();
  const items: string[] = [];
  const memory = memoryState(clock);
  const state: StateStore = {
    ...memory,
    create: (key, value, expiresAt) => {
      items.push(JSON.stringify(value));
      return memory.create(key, value, expiresAt);
    },
  };
  const results = keptResults(state, clock);
  /** Nothing that compression makes smaller. */
  const noise = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 24));

  it('is read as it was, also when it fills several items of the table', async () => {
    const large = crypto.getRandomValues(new Uint8Array(65_536));
    const bytes = Buffer.concat(Array.from({ length: 16 }, (_, index) => large.map((byte) => byte ^ index)));
    items.length = 0;
    const kept = await results.keep(ada, bytes, 'application/pdf');
    expect(items.length).toBeGreaterThan(2);
    expect(Math.max(...items.map((item) => item.length))).toBeLessThan(400_000);
    expect(await results.read(ada, kept?.uri ?? '')).toEqual([
      { uri: kept?.uri, mimeType: 'application/pdf', blob: bytes.toString('base64') },
    ]);
    expect(kept).toMatchObject({ size: bytes.length, expires_at: '2026-11-21T12:15:00.000Z' });
  });

  it('is text where it was text', async () => {
    const kept = await results.keep(ada, 'grüezi', 'text/plain');
    expect(await results.read(ada, kept?.uri ?? '')).toEqual([
      { uri: kept?.uri, mimeType: 'text/plain', text: 'grüezi' },
    ]);
  });

  it('is kept for a quarter of an hour', async () => {
    const kept = await results.keep(ada, noise, 'image/png');
    clock.advance(14 * 60_000);
    expect(await results.read(ada, kept?.uri ?? '')).toHaveLength(1);
    clock.advance(60_000);
    expect(await results.read(ada, kept?.uri ?? '')).toBeUndefined();
  });

  it('is not kept beyond 4 MB', async () => {
    expect(await results.keep(ada, Buffer.alloc(4 * 1_048_576), 'image/png')).toBeDefined();
    expect(await results.keep(ada, Buffer.alloc(4 * 1_048_576 + 1), 'image/png')).toBeUndefined();
  });

  it.each<[string, Principal]>([
    ['another subject', { ...ada, subject: 'eve' }],
    ['another issuer', { ...ada, issuer: 'https://other.example.com' }],
    ['another client', { ...ada, client_id: 'another-client' }],
  ])('looks to %s as one that never was', async (_, stranger) => {
    const kept = await results.keep(ada, 'hers', 'text/plain');
    const { endpoint } = open({ results });
    const answer = async (principal: Principal, uri: string) => {
      const text = JSON.stringify(await modern(endpoint, 'resources/read', { uri }, principal));
      return text.replaceAll(uri, '…');
    };
    const unknown = `result://${crypto.randomUUID()}`;
    expect(await answer(stranger, kept?.uri ?? '')).toBe(await answer(stranger, unknown));
    expect(await answer(ada, kept?.uri ?? '')).toContain('hers');
    // The rest of what is kept is no result of its own.
    expect(await answer(ada, `${kept?.uri}#1`)).toContain('-32602');
  });
});

describe('a link in a result', () => {
  it.each([
    ['2024-11-05', 1],
    ['2025-03-26', 1],
    ['2025-06-18', 2],
    ['2025-11-25', 2],
  ])('is given to a client of %s only if its revision has links: %i blocks', async (version, blocks) => {
    const clock = movableClock(Date.now());
    const endpoint = mcpEndpoint({
      url: 'http://127.0.0.1/mcp',
      face: { name: 'gatehouse', version: '0.0.0' },
      room,
      states,
      failed: () => {},
      sessions: { state: memoryState(clock), clock },
    });
    const send = async (headers: Record<string, string>, message: object) => {
      const request = plainRequest({ headers: { ...common, ...headers }, principal: ada });
      return endpoint.post(request, { jsonrpc: '2.0', id: 1, ...message });
    };
    const params = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const { headers } = await send({}, { method: 'initialize', params });
    const session = { 'mcp-session-id': headers['mcp-session-id'] ?? '' };
    const { body } = await send(session, { method: 'tools/call', params: { name: 'get_stock', arguments: {} } });
    const { result } = JSON.parse((await textOf(body)).replace(/^[^{]*/, ''));
    expect(result.content).toHaveLength(blocks);
    expect(result.content[0]).toMatchObject({ text: 'At result://1' });
  });
});

describe('lists', () => {
  it('come in pages of one order, whatever is added meanwhile', async () => {
    const store = memoryCatalogue();
    const prompts = Array.from({ length: 1_500 }, (_, index) => `p${String(index).padStart(4, '0')}`);
    await change(store, (head, snapshot) => ({
      head,
      snapshot: {
        ...snapshot,
        prompts: Object.fromEntries(
          prompts
            .toReversed()
            .map((name) => [
              name,
              { name, description: 'Asks', arguments: [], messages: [{ role: 'user', text: '?' }] },
            ]),
        ),
      },
    }));
    const { endpoint } = open({ store });
    const first = (await modern(endpoint, 'prompts/list')).result;
    await putPrompt(store, 'a-new-one', { description: 'Asks', messages: [{ role: 'user', text: '?' }] });
    const second = (await modern(endpoint, 'prompts/list', { cursor: first.nextCursor })).result;
    const names = [...first.prompts, ...second.prompts].map(({ name }: { name: string }) => name);
    expect(names).toEqual(prompts);
    expect(second.nextCursor).toBeUndefined();
    expect((await modern(endpoint, 'prompts/list', { cursor: 'no such' })).error).toMatchObject({ code: -32602 });
  });

  it.each([
    [999, undefined],
    [1_000, undefined],
    [1_001, 'k0999'],
  ])('of %i have another page after %s', (count, next) => {
    const keys = Array.from({ length: count }, (_, index) => `k${String(index).padStart(4, '0')}`);
    expect(pageOf(keys, (key) => key, undefined).next).toBe(next);
  });

  it('say for how long they may be kept, and that they are the caller’s alone', async () => {
    const { endpoint } = open();
    for (const method of ['resources/list', 'resources/templates/list', 'prompts/list', 'skills/list']) {
      const { result } = await modern(endpoint, method);
      expect(result, method).toMatchObject({ ttlMs: 60_000, cacheScope: 'private', resultType: 'complete' });
    }
  });
});

describe('a document', () => {
  it('is hidden as soon as its last tool may not be used', async () => {
    const store = memoryCatalogue();
    const spec = { spec: 'yard', backend: 'dealers', report, document: '\uFEFF {"openapi":"3.1.0"}', ...quietly };
    await change(store, (head, snapshot) => withBackend(head, snapshot, dealers));
    await change(store, (head, snapshot) => withSpec(head, snapshot, { ...spec, tools: [importedTool('get_things')] }));
    const { endpoint } = open({ store });
    const dealer = { ...ada, roles: ['dealer'] };
    const read = () => modern(endpoint, 'resources/read', { uri: 'spec://yard' }, dealer);
    const contents: Contents = (await read()).result.contents;
    expect(contents).toMatchObject([{ mimeType: 'application/json', text: spec.document }]);

    const moved = importedTool('get_things', { domain: 'other' });
    await change(store, (head, snapshot) => withSpec(head, snapshot, { ...spec, tools: [moved] }));
    expect((await read()).error).toMatchObject({ code: -32602, data: { uri: 'spec://yard' } });
    expect((await modern(endpoint, 'resources/list', {}, dealer)).result.resources).toEqual([]);
  });
});

describe('when the catalogue cannot be read', () => {
  const failing: CatalogueStore = {
    ...memoryCatalogue(),
    head: () => Promise.reject(new Error('table Catalogue-7 is gone')),
  };

  it('a client is told no more than its request id, and the log the rest', async () => {
    const { endpoint, faults } = open({ store: failing });
    for (const method of ['resources/list', 'prompts/list', 'skills/list']) {
      const answer = await modern(endpoint, method);
      expect(answer.error, method).toMatchObject({ code: -32603, data: { request_id: 'req-1' } });
      expect(JSON.stringify(answer)).not.toContain('Catalogue-7');
    }
    expect(faults.map(({ message }) => message)).toContain('table Catalogue-7 is gone');
  });

  it('the gateway still says what it can do, but for skills', async () => {
    const { endpoint } = open({ store: failing });
    const { result } = await modern(endpoint, 'server/discover');
    expect(result.capabilities).toMatchObject({ resources: {}, prompts: {}, tools: {} });
    expect(result.capabilities.extensions).toBeUndefined();
  });

  it('a file of a skill is asked for again, and the failure not remembered', async () => {
    const store = memoryCatalogue();
    const uri = 'skill://sell-a-vehicle/SKILL.md';
    const entry = {
      uri,
      frontmatter: { name: 'sell-a-vehicle', description: 'Sells' },
      resources: [{ uri, digest: 'sha256:a', size: 2 }],
    };
    const skill = { name: 'sell-a-vehicle', entry, updated_at: '' };
    await change(store, (head, snapshot) => withSkill(head, snapshot, skill, { 'sha256:a': 'aGk=' }));
    let reads = 0;
    const { endpoint } = open({
      store: {
        ...store,
        skillFiles: async (...parameters) => {
          reads += 1;
          if (reads === 1) throw new Error('throttled');
          return store.skillFiles(...parameters);
        },
      },
    });
    const read = () => modern(endpoint, 'resources/read', { uri });
    expect((await read()).error).toMatchObject({ code: -32603 });
    for (let again = 0; again < 3; again += 1) {
      expect((await read()).result.contents).toEqual([{ uri, mimeType: 'text/markdown', text: 'hi' }]);
    }
    expect(reads).toBe(2);
  });
});
