import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema, LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { ada, instances, url } from './session-instances.ts';

async function connected(fetch: typeof globalThis.fetch) {
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: { elicitation: {}, sampling: {}, roots: {} } },
  );
  const transport = new StreamableHTTPClientTransport(new URL(url), { fetch });
  await client.connect(transport);
  return { client, transport };
}

describe('a session of a 2025-era client, on three instances that share only the state', () => {
  it('begins with initialize and answers plain requests as JSON, with one read each', async () => {
    const world = instances(3);
    const { client, transport } = await connected(world.fetch);
    expect(transport.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    const before = world.operations();
    expect(await client.callTool({ name: 'test_simple_text', arguments: {} })).toMatchObject({
      content: [{ type: 'text', text: 'This is a simple text response for testing.' }],
    });
    expect(world.operations() - before).toBe(1);
    expect(world.faults).toEqual([]);
  });

  it('carries a question to the client and the answer back over another instance', async () => {
    const world = instances(3);
    const { client } = await connected(world.fetch);
    const asked: string[] = [];
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return { action: 'accept', content: { name: 'Ada' } };
    });
    const answer = await client.callTool({ name: 'test_input_required_result_elicitation', arguments: {} });
    expect(JSON.stringify(answer.content)).toContain('Ada');
    expect(asked).toHaveLength(1);
    expect(new Set(world.seen.map(({ instance }) => instance)).size).toBe(3);
    expect(world.faults).toEqual([]);
  });

  it('remembers the log level that was set through another instance', async () => {
    const world = instances(3);
    const { client } = await connected(world.fetch);
    const logged: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logged.push(params.data));
    await client.setLoggingLevel('error');
    await client.callTool({ name: 'test_tool_with_logging', arguments: {} });
    expect(logged).toEqual([]);
    await client.setLoggingLevel('info');
    await client.callTool({ name: 'test_tool_with_logging', arguments: {} });
    expect(logged.length).toBeGreaterThan(1);
  });
});

/** Sends one message as a client does, and gives status, headers and the messages of the answer. */
async function post(fetch: typeof globalThis.fetch, message: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify(message),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function initialize(protocolVersion = '2025-11-25') {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  return { jsonrpc: '2.0', id: 1, method: 'initialize', params };
}

async function begun(fetch: typeof globalThis.fetch, protocolVersion?: string) {
  const { headers } = await post(fetch, initialize(protocolVersion));
  return { 'mcp-session-id': headers.get('mcp-session-id') ?? '' };
}

const ping = { jsonrpc: '2.0', id: 2, method: 'ping' };

describe('a session id', () => {
  it('is asked for, and means nothing when it is unknown', async () => {
    const { fetch } = instances(2);
    expect((await post(fetch, ping)).status).toBe(400);
    expect((await post(fetch, ping, { 'mcp-session-id': crypto.randomUUID() })).status).toBe(404);
    expect((await post(fetch, ping, { 'mcp-session-id': 'x'.repeat(5_000) })).status).toBe(404);
  });

  it('is not given for an `initialize` that lacks something, and the answer says what', async () => {
    const { fetch } = instances(1);
    const answer = await post(fetch, { ...initialize(), params: { protocolVersion: '2025-11-25' } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('mcp-session-id')).toBeNull();
    expect(JSON.parse(answer.text).error).toMatchObject({
      message: expect.stringContaining('`clientInfo`'),
      data: { field: 'params' },
    });
  });

  it('does not exist for anyone but its principal, whatever is asked', async () => {
    const world = instances(2);
    const own = await begun(world.fetch);
    for (const other of [
      { ...ada, subject: 'eve' },
      { ...ada, issuer: 'https://other.example.com' },
      { ...ada, client_id: 'another' },
    ]) {
      const fetch = world.as(other);
      expect((await post(fetch, ping, own)).status).toBe(404);
      expect((await post(fetch, { jsonrpc: '2.0', id: 'x', result: {} }, own)).status).toBe(404);
      expect((await fetch(url, { method: 'DELETE', headers: own })).status).toBe(404);
      expect((await fetch(url, { headers: { ...own, 'last-event-id': `${crypto.randomUUID()}_0` } })).status).toBe(404);
    }
    expect((await post(world.fetch, ping, own)).status).toBe(200);
  });

  it('is over after DELETE', async () => {
    const { fetch } = instances(2);
    const own = await begun(fetch);
    expect((await fetch(url, { method: 'DELETE', headers: own })).status).toBe(204);
    expect((await post(fetch, ping, own)).status).toBe(404);
  });
});

describe('a batch', () => {
  const batch = [ping, { ...ping, id: 3 }, { jsonrpc: '2.0', method: 'notifications/initialized' }];

  it('is answered with a list where the revision has batches', async () => {
    const { fetch } = instances(2);
    const { status, text } = await post(fetch, batch, await begun(fetch, '2025-03-26'));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual([
      { jsonrpc: '2.0', id: 2, result: {} },
      { jsonrpc: '2.0', id: 3, result: {} },
    ]);
  });

  it('is refused where it has not', async () => {
    const { fetch } = instances(2);
    expect((await post(fetch, batch, await begun(fetch, '2025-06-18'))).status).toBe(400);
  });
});

describe('a stream', () => {
  it('that is left while the client is being asked is taken over by the instance that the client comes back to', async () => {
    // Each instance has a second; the user takes two and a half.
    const world = instances(3, ada, 1_000);
    const { client } = await connected(world.fetch);
    let asked = 0;
    client.setRequestHandler(ElicitRequestSchema, async () => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      return { action: 'accept', content: { name: 'Ada' } };
    });
    const answer = await client.callTool({ name: 'test_input_required_result_elicitation', arguments: {} });
    expect(answer.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    expect(asked).toBe(1);
    expect(world.seen.filter(({ method }) => method === 'GET').length).toBeGreaterThan(1);
    expect(world.faults).toEqual([]);
  });

  it('can be ended by the tool and resumed by the client', async () => {
    const world = instances(3);
    const { client } = await connected(world.fetch);
    const answer = await client.callTool({ name: 'test_reconnection', arguments: {} });
    expect(answer.content).toEqual([{ type: 'text', text: 'Reconnected.' }]);
  });

  it('of an unknown event is refused', async () => {
    const { fetch } = instances(2);
    const own = await begun(fetch);
    for (const id of ['nonsense', `${crypto.randomUUID()}_0`, `${crypto.randomUUID()}_0; DROP`]) {
      expect((await fetch(url, { headers: { ...own, 'last-event-id': id } })).status).toBe(400);
    }
    expect((await fetch(url, { headers: own })).status).toBe(405);
  });
});
