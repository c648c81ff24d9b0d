import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../functions/gateway/clock.ts';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { sessionStore } from '../../functions/mcp/sessions/session-store.ts';
import { streamLog } from '../../functions/mcp/sessions/stream-log.ts';
import { claimSlot, maxStreams } from '../../functions/mcp/subscriptions/claim-slot.ts';
import { memoryState } from '../../functions/state/memory.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { fixtureFace } from '../conformance/fixture-face.ts';
import { fixtureRoom } from '../conformance/fixture-room.ts';
import { states } from '../conformance/request-state.ts';
import { movableClock } from '../contract/state.ts';
import { plainRequest } from '../http/plain-request.ts';
import { ada, instances, url } from './session-instances.ts';

async function connected(fetch: typeof globalThis.fetch) {
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: { elicitation: {}, sampling: {}, roots: {} } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
  return client;
}

/** State that fails to create what `isDenied` says. */
function denying(isDenied: (key: string, value: Record<string, unknown>) => boolean) {
  return (state: StateStore): StateStore => ({
    ...state,
    create: async (key, value, expiresAt) => {
      if (isDenied(key, value)) throw new GatewayError('unavailable', 'A table of the gateway did not answer.');
      return state.create(key, value, expiresAt);
    },
  });
}

/** As a table does with items of more than 400 KB. */
const denyingLarge = denying((_, value) => JSON.stringify(value).length > 400_000);

describe('a tool that asks several things at once', () => {
  it('gets all answers, each over another instance', async () => {
    const world = instances(3);
    const client = await connected(world.fetch);
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
    client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [] }));
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      role: 'assistant',
      model: 'none',
      content: { type: 'text', text: 'Good day' },
    }));
    const answer = await client.callTool({ name: 'test_input_required_result_multiple_inputs', arguments: {} });
    expect(JSON.stringify(answer.content)).toContain('Ada has 0 roots');
    expect(world.faults).toEqual([]);
  });
});

describe('a stream that cannot be kept', () => {
  it('is a refusal when the client would have to be asked on it', async () => {
    const world = instances(
      1,
      ada,
      10_000,
      denying((key) => key.startsWith('STREAM#')),
    );
    const client = await connected(world.fetch);
    const call = client.callTool({ name: 'test_input_required_result_elicitation', arguments: {} });
    await expect(call).rejects.toThrow('did not answer');
  });

  it('does not cost a slow call its answer', async () => {
    const world = instances(
      1,
      ada,
      10_000,
      denying((key) => key.startsWith('STREAM#')),
    );
    const client = await connected(world.fetch);
    const answer = await client.callTool({ name: 'read_slowly', arguments: { steps: 1, step_ms: 2_500 } });
    expect(answer.content).toEqual([{ type: 'text', text: 'All 1 steps are read.' }]);
  });

  it('is kept without requests that are too large for the table, and the client is asked all the same', async () => {
    const world = instances(3, ada, 10_000, denyingLarge);
    const client = await connected(world.fetch);
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
    const large = { name: 'test_input_required_result_elicitation', arguments: { padding: 'x'.repeat(500_000) } };
    expect((await client.callTool(large)).content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
  });
});

describe('what happens at the same moment', () => {
  it('does not cost an instance its stream, when it says twice that it is there', async () => {
    const log = streamLog(memoryState(systemClock), systemClock);
    const name = { session: 's', stream: 't' };
    const holder = await log.begin(name, [], 'working');
    expect(await Promise.all([log.hold(name, holder, 'asking'), log.hold(name, holder, 'working')])).toEqual([
      true,
      true,
    ]);
  });

  it('does not cost a session its log level', async () => {
    const clock = movableClock();
    const sessions = sessionStore(memoryState(clock), clock);
    const { id } = await sessions.begin(ada, { initialize: {}, protocol_version: '2025-11-25' });
    clock.advance(20 * 3_600_000);
    // A session that is used late is renewed.
    const [, level] = await Promise.all([
      sessions.find(ada, id),
      sessions.change(ada, id, () => ({ log_level: 'error' })),
    ]);
    expect(level).toBe(true);
    expect(await sessions.find(ada, id)).toMatchObject({ log_level: 'error' });
  });

  it('does not free the slot of another stream', async () => {
    const clock = movableClock();
    const state = memoryState(clock);
    const claim = () => claimSlot({ principal: ada, deadline: clock() + 5_000 }, { state, clock });
    const claimAll = () => Promise.all(Array.from({ length: maxStreams }, claim));
    const [first] = await claimAll();
    clock.advance(10_000);
    await claimAll();
    await first?.free();
    await expect(claim()).rejects.toThrow('4 streams open');
  });
});

describe('a client that is told that it is listening', () => {
  it('misses no change from then on, however slowly the table answers', async () => {
    let revision = 1;
    const state = memoryState(systemClock);
    const stamps = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { tools: revision };
    };
    const { post } = mcpEndpoint({
      url,
      face: fixtureFace,
      room: fixtureRoom(state),
      states,
      failed: () => {},
      subscriptions: { state, clock: systemClock, pollMs: 50, stamps, resources: () => Promise.reject() },
    });
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const method = 'subscriptions/listen';
    const headers = { ...json, 'mcp-protocol-version': '2026-07-28', 'mcp-method': method };
    const request = plainRequest({ headers, principal: ada, deadline: Date.now() + 2_500 });
    const params = { notifications: { toolsListChanged: true }, _meta };
    const { body } = await post(request, { jsonrpc: '2.0', id: 1, method, params });
    revision = 2;
    const chunks = [];
    for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toContain('notifications/tools/list_changed');
  });
});

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** Sends messages as a client of 2025-03-26 does, which has batches, and gives the messages and ids of the answer. */
async function send(fetch: typeof globalThis.fetch, session: string, message: unknown, lastEventId?: string) {
  const headers = { ...json, 'mcp-session-id': session, ...(lastEventId && { 'last-event-id': lastEventId }) };
  const response = await fetch(
    url,
    message ? { method: 'POST', headers, body: JSON.stringify(message) } : { method: 'GET', headers },
  );
  const text = await response.text();
  return {
    status: response.status,
    messages: [...text.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => JSON.parse(data)),
    lastEventId: [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1],
  };
}

async function begun(fetch: typeof globalThis.fetch, protocolVersion: string): Promise<string> {
  const params = { protocolVersion, capabilities: { sampling: {} }, clientInfo: { name: 'test', version: '1' } };
  const message = { jsonrpc: '2.0', id: 1, method: 'initialize', params };
  const { headers } = await fetch(url, { method: 'POST', headers: json, body: JSON.stringify(message) });
  return headers.get('mcp-session-id') ?? '';
}

describe('a batch that another instance takes over', () => {
  it('is not begun anew for what has been answered', async () => {
    let changes = 0;
    const counting = (state: StateStore): StateStore => ({
      ...state,
      create: async (key, value, expiresAt) => {
        if (key.startsWith('FIXTURE#')) changes += 1;
        return state.create(key, value, expiresAt);
      },
    });
    const { fetch } = instances(2, ada, 1_000, counting);
    const session = await begun(fetch, '2025-03-26');
    const call = (id: number, name: string, args = {}) => ({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name, arguments: args },
    });
    const left = await send(fetch, session, [
      call(2, 'test_trigger_tool_change'),
      call(3, 'test_sampling', { prompt: 'Hello?' }),
    ]);
    const question = left.messages.find(({ method }) => method === 'sampling/createMessage');
    const result = { role: 'assistant', model: 'none', content: { type: 'text', text: 'Hello!' } };
    expect(await send(fetch, session, { jsonrpc: '2.0', id: question.id, result })).toMatchObject({ status: 202 });
    const rest = await send(fetch, session, undefined, left.lastEventId);
    const answered = [...left.messages, ...rest.messages].filter((message) => 'result' in message);
    expect(answered.map(({ id }) => id).sort()).toEqual([2, 3]);
    expect(JSON.stringify(answered)).toContain('LLM response: Hello!');
    expect(changes).toBe(1);
  });
});

describe('what no table takes', () => {
  it('is not kept: an answer to something that nobody was asked', async () => {
    const keys: string[] = [];
    const { fetch } = instances(
      1,
      ada,
      1_000,
      denying((key) => keys.push(key) < 0),
    );
    const session = await begun(fetch, '2025-11-25');
    keys.length = 0;
    expect(await send(fetch, session, { jsonrpc: '2.0', id: 'x'.repeat(3_000), result: {} })).toMatchObject({
      status: 202,
    });
    expect(keys).toEqual([]);
  });

  it('is refused: an `initialize` of a megabyte', async () => {
    const { fetch } = instances(1);
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: { experimental: { x: { padding: 'x'.repeat(1_000_000) } } },
    };
    const message = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { ...params, clientInfo: identity } };
    const response = await fetch(url, { method: 'POST', headers: json, body: JSON.stringify(message) });
    expect([response.status, await response.text()]).toEqual([413, expect.stringContaining('100000 bytes')]);
  });
});

const identity = { name: 'test', version: '1' };
