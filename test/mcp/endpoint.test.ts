import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../functions/auth/principal.ts';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { jsonRpcErrorAnswer } from '../../functions/http/answer.ts';
import { readJson } from '../../functions/http/json-body.ts';
import type { PlainAnswer, PlainRequest } from '../../functions/http/plain.ts';
import { mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { states } from '../conformance/request-state.ts';
import { plainRequest } from '../http/plain-request.ts';
import { type SmallRoom, smallRoom } from './small-room.ts';

const url = 'http://gateway.test/mcp';

const operator: Principal = {
  kind: 'token',
  subject: 'ada',
  issuer: 'https://issuer.test',
  client_id: 'agent',
  roles: ['operator'],
  groups: [],
  scopes: [],
};

const tools = {
  create_booking: {
    description: 'Books',
    inputSchema: { type: 'object' as const, properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } },
  },
  get_dealers: { answer: () => ({ content: [], structuredContent: [{ dealer: 'north' }] }) },
  get_stock: { answer: () => ({ content: [{ type: 'text' as const, text: '7' }], structuredContent: { cars: 7 } }) },
};

/** The endpoint behind the same door as `POST /mcp`, with what it told of faults. */
function open(room: SmallRoom = smallRoom(tools)) {
  const faults: Error[] = [];
  const face = { name: 'gatehouse', version: '0.0.0' };
  const { post: endpoint } = mcpEndpoint({ url, face, room, states, failed: (error) => faults.push(error) });
  const handle = async (parts: Partial<PlainRequest>): Promise<PlainAnswer> => {
    const request = plainRequest({ principal: operator, ...parts });
    try {
      return await endpoint(request, readJson(request, 100_000));
    } catch (error) {
      return jsonRpcErrorAnswer(error, request.requestId);
    }
  };
  return { room, faults, handle };
}

type Door = ReturnType<typeof open>;

/** What a client's transport takes for the network. */
function through({ handle }: Door) {
  return async (_url: string | URL, init: RequestInit = {}): Promise<Response> => {
    if (init.method !== 'POST') return new Response(null, { status: 405 });
    const headers = Object.fromEntries(new Headers(init.headers));
    const { status, headers: answered, body } = await handle({ headers, body: String(init.body) });
    return new Response(status === 202 ? null : await textOf(body), { status, headers: answered });
  };
}

async function textOf(body: PlainAnswer['body']): Promise<string> {
  if (typeof body === 'string') return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** What a test does with a client, whichever package it comes from. */
interface Connected {
  version: string | undefined;
  server: unknown;
  capabilities: unknown;
  list(cursor?: string): Promise<{ tools: { name: string }[]; nextCursor?: string | undefined }>;
  call(name: string, args?: Record<string, unknown>): Promise<unknown>;
}

async function legacy(door: Door): Promise<Connected> {
  const client = new LegacyClient({ name: 'test', version: '1' });
  const transport = new LegacyTransport(new URL(url), { fetch: through(door) });
  // The package is written without exactOptionalPropertyTypes and disagrees with itself under it.
  await client.connect(transport as Parameters<LegacyClient['connect']>[0]);
  return {
    version: transport.protocolVersion,
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
    list: (cursor) => client.listTools({ cursor }),
    call: (name, args) => client.callTool({ name, arguments: args }),
  };
}

async function modern(door: Door): Promise<Connected> {
  const client = new ModernClient({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new ModernTransport(new URL(url), { fetch: through(door) }));
  return {
    version: client.getNegotiatedProtocolVersion(),
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
    list: (cursor) => client.listTools({ ...(cursor !== undefined && { cursor }) }),
    call: (name, args) => client.callTool({ name, ...(args && { arguments: args }) }),
  };
}

const eras = [
  { era: 'a client of 2025', connect: legacy, revision: '2025-11-25' },
  { era: 'a client of 2026', connect: modern, revision: '2026-07-28' },
];

/** A message of 2026-07-28 as it goes over the wire; `headers` replace the right ones, `''` leaves one out. */
function modernMessage(method: string, params: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
  const body = {
    jsonrpc: '2.0',
    id: 1,
    method,
    params: {
      ...params,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  };
  const all: Record<string, string> = {
    ...json,
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof params.name === 'string' && { 'mcp-name': params.name }),
    ...headers,
  };
  return {
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
    body: JSON.stringify(body),
  };
}

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** What was answered: a JSON body, or the data of each event. */
async function messagesOf({ body, headers }: PlainAnswer): Promise<unknown[]> {
  const text = await textOf(body);
  if (headers['content-type'] === 'application/json') return [JSON.parse(text)];
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)));
}

describe.each(eras)('for $era', ({ connect, revision }) => {
  it(`speaks ${revision} and says what it is`, async () => {
    const client = await connect(open());
    expect(client.version).toBe(revision);
    expect(client.server).toMatchObject({ name: 'gatehouse', version: '0.0.0' });
    expect(client.capabilities).toEqual({ tools: { listChanged: false } });
  });

  it('reads no tool to connect', async () => {
    const door = open();
    await connect(door);
    expect(door.room.asked).toEqual({ list: 0, find: 0, call: 0 });
  });

  it('lists every tool once, in the order of the names, page by page', async () => {
    const door = open();
    const client = await connect(door);
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.list(cursor);
      names.push(...page.tools.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(names).toEqual(['create_booking', 'get_dealers', 'get_stock']);
    expect(door.room.asked.list).toBe(2);
  });

  it('calls a tool with its arguments', async () => {
    const client = await connect(open());
    await client.list();
    expect(await client.call('create_booking', { region: 'north' })).toMatchObject({
      content: [{ type: 'text', text: 'create_booking {"region":"north"}' }],
    });
  });

  it('gives structured content that is an object as it is', async () => {
    const client = await connect(open());
    expect(await client.call('get_stock')).toMatchObject({
      content: [{ type: 'text', text: '7' }],
      structuredContent: { cars: 7 },
    });
  });

  it('refuses an unknown tool with -32602', async () => {
    const client = await connect(open());
    await expect(client.call('no_such_tool')).rejects.toMatchObject({ code: -32602 });
  });

  it('refuses a cursor that no page gave with -32602', async () => {
    const client = await connect(open());
    await expect(client.list('no-such-page!')).rejects.toMatchObject({ code: -32602 });
  });

  it('tells the room who calls, in which request, and until when', async () => {
    const door = open();
    const client = await connect(door);
    const before = Date.now();
    await client.call('get_stock');
    const [caller] = door.room.callers;
    expect(caller).toMatchObject({ principal: operator, requestId: 'req-1' });
    // The function has ten seconds in these tests, and a part of them is kept back to answer.
    expect(caller?.deadline).toBeGreaterThan(before);
    expect(caller?.deadline).toBeLessThan(before + 10_000);
  });

  it('says that a room failed without saying how, and tells the log', async () => {
    const broken = async () => {
      throw new TypeError('password=hunter2');
    };
    const door = open({ ...smallRoom(tools), list: broken, call: broken });
    const client = await connect(door);
    for (const ask of [() => client.call('get_stock'), () => client.list()]) {
      const error = await ask().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: -32603, data: { code: 'internal', request_id: 'req-1' } });
      expect(String(error)).not.toContain('hunter2');
    }
    expect(door.faults.map(({ message }) => message)).toEqual(['password=hunter2', 'password=hunter2']);
  });

  it('says what a client may know about a failure of the gateway', async () => {
    const call = async () => {
      throw new GatewayError('unavailable', 'A table of the gateway did not answer; try again.');
    };
    const client = await connect(open({ ...smallRoom(tools), call }));
    await expect(client.call('get_stock')).rejects.toMatchObject({
      code: -32603,
      message: expect.stringContaining('A table of the gateway did not answer; try again.'),
      data: { code: 'unavailable', request_id: 'req-1' },
    });
  });
});

describe('structured content that is no object', () => {
  it('is wrapped for clients of 2025, which know objects only', async () => {
    const client = await legacy(open());
    expect(await client.call('get_dealers')).toMatchObject({
      content: [{ type: 'text', text: '[{"dealer":"north"}]' }],
      structuredContent: { result: [{ dealer: 'north' }] },
    });
  });

  it('is given to clients of 2026 as it is', async () => {
    const client = await modern(open());
    expect(await client.call('get_dealers')).toMatchObject({
      content: [{ type: 'text', text: '[{"dealer":"north"}]' }],
      structuredContent: [{ dealer: 'north' }],
    });
  });
});

describe('the cost of a message of 2026-07-28', () => {
  it.each([
    { what: 'server/discover', method: 'server/discover', params: {}, asked: { list: 0, find: 0, call: 0 } },
    { what: 'tools/list', method: 'tools/list', params: {}, asked: { list: 1, find: 0, call: 0 } },
    {
      what: 'a call',
      method: 'tools/call',
      params: { name: 'get_stock', arguments: {} },
      asked: { list: 0, find: 1, call: 1 },
    },
    {
      what: 'a call of an unknown tool',
      method: 'tools/call',
      params: { name: 'no_such_tool', arguments: {} },
      asked: { list: 0, find: 1, call: 1 },
    },
    { what: 'an unknown method', method: 'ping', params: {}, asked: { list: 0, find: 0, call: 0 } },
  ])('is $asked.list list, $asked.find find and $asked.call call for $what', async ({ method, params, asked }) => {
    const { room, handle } = open();
    await handle(modernMessage(method, params));
    expect(room.asked).toEqual(asked);
  });
});

describe('a tool that cannot be looked up', () => {
  it('is not called, and its failure is told to the log alone', async () => {
    const find = async () => {
      throw new TypeError('password=hunter2');
    };
    const { room, faults, handle } = open({ ...smallRoom(tools), find });
    const answer = await handle(modernMessage('tools/call', { name: 'get_stock', arguments: {} }));
    expect(await messagesOf(answer)).toMatchObject([
      {
        id: 1,
        error: {
          code: -32603,
          message: expect.stringContaining('Something failed inside the gateway.'),
          data: { code: 'internal', request_id: 'req-1' },
        },
      },
    ]);
    expect(room.asked.call).toBe(0);
    expect(faults.map(({ message }) => message)).toEqual(['password=hunter2']);
  });
});

describe('how long an answer may be kept', () => {
  it.each([
    { method: 'server/discover', ttlMs: 3_600_000 },
    { method: 'tools/list', ttlMs: 60_000 },
  ])('is $ttlMs ms for $method, by the caller alone', async ({ method, ttlMs }) => {
    const answer = await open().handle(modernMessage(method));
    expect(await messagesOf(answer)).toMatchObject([{ result: { ttlMs, cacheScope: 'private' } }]);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  });
});

describe('headers that repeat the body', () => {
  const call = { name: 'create_booking', arguments: { region: 'Zürich' } };
  const region = `=?base64?${Buffer.from('Zürich').toString('base64')}?=`;

  it.each([
    { what: 'a plain name', headers: { 'mcp-param-region': region } },
    {
      what: 'a name in base64',
      headers: { 'mcp-name': '=?base64?Y3JlYXRlX2Jvb2tpbmc=?=', 'mcp-param-region': region },
    },
  ])('are accepted with $what', async ({ headers }) => {
    const answer = await open().handle(modernMessage('tools/call', call, headers));
    expect(answer.status).toBe(200);
    expect(await messagesOf(answer)).toMatchObject([{ id: 1, result: { content: [{ type: 'text' }] } }]);
  });

  it.each([
    { what: 'another method', headers: { 'mcp-method': 'tools/list', 'mcp-param-region': region } },
    { what: 'no method', headers: { 'mcp-method': '', 'mcp-param-region': region } },
    { what: 'another name', headers: { 'mcp-name': 'get_stock', 'mcp-param-region': region } },
    { what: 'no name', headers: { 'mcp-name': '', 'mcp-param-region': region } },
    { what: 'another version', headers: { 'mcp-protocol-version': '2025-11-25', 'mcp-param-region': region } },
    { what: 'another argument', headers: { 'mcp-param-region': 'north' } },
    { what: 'no argument', headers: {} },
    { what: 'a name in base64 and no argument', headers: { 'mcp-name': '=?base64?Y3JlYXRlX2Jvb2tpbmc=?=' } },
  ])('are refused with 400 and -32020 when they name $what, and nothing is called', async ({ headers }) => {
    const { room, handle } = open();
    const answer = await handle(modernMessage('tools/call', call, headers));
    expect(answer.status).toBe(400);
    expect(await messagesOf(answer)).toMatchObject([{ id: 1, error: { code: -32020 } }]);
    expect(room.asked.call).toBe(0);
  });
});

describe('the id of a message', () => {
  const ping = (id: string) => ({ headers: json, body: `{"jsonrpc":"2.0","id":${id},"method":"ping"}` });

  it.each(['"a"', '0', '-1', '9007199254740991'])('comes back as it was sent: %s', async (id) => {
    const answer = await open().handle(ping(id));
    expect(await messagesOf(answer)).toEqual([{ jsonrpc: '2.0', id: JSON.parse(id), result: {} }]);
  });

  it.each(['9007199254740993', '-9007199254740992', '1.5', '1e400'])(
    'is refused with 400 when it would come back changed: %s',
    async (id) => {
      const answer = await open().handle(ping(id));
      expect(answer.status).toBe(400);
      expect(await messagesOf(answer)).toMatchObject([{ error: { code: -32600, data: { field: 'id' } } }]);
    },
  );

  it('is looked at in every message of a batch', async () => {
    const { headers, body } = ping('9007199254740993');
    const answer = await open().handle({ headers, body: `[${ping('1').body},${body}]` });
    expect(answer.status).toBe(400);
  });
});

describe('clients of 2025 that use the protocol by hand', () => {
  it('get an answer to every request of a batch, which 2025-03-26 knows', async () => {
    const { handle } = open();
    const answer = await handle({
      headers: { ...json, 'mcp-protocol-version': '2025-03-26' },
      body: JSON.stringify([
        { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'get_stock', arguments: {} } },
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        { jsonrpc: '2.0', id: 2, method: 'ping' },
      ]),
    });
    expect(answer.status).toBe(200);
    const messages = await messagesOf(answer);
    expect(messages).toHaveLength(2);
    expect(messages).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 1, result: expect.objectContaining({ structuredContent: { cars: 7 } }) }),
        expect.objectContaining({ id: 2, result: {} }),
      ]),
    );
  });

  it('get 202 and nothing else for a notification', async () => {
    const { room, handle } = open();
    const answer = await handle({ headers: json, body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' });
    expect(answer).toMatchObject({ status: 202, body: '' });
    expect(room.asked).toEqual({ list: 0, find: 0, call: 0 });
  });
});

describe('what is not served', () => {
  const { headers, body } = modernMessage('tools/list', {}, { 'mcp-protocol-version': '2027-01-01' });
  const fromTheFuture = { headers, body: body.replace('2026-07-28', '2027-01-01') };

  it.each([
    {
      what: 'a method of 2025 in a message of 2026',
      message: modernMessage('logging/setLevel'),
      status: 404,
      code: -32601,
    },
    { what: 'a revision that does not exist', message: fromTheFuture, status: 400, code: -32022 },
    { what: 'a value that is no message', message: { headers: json, body: 'null' }, status: 400, code: -32600 },
  ])('is refused with $status and $code: $what', async ({ message, status, code }) => {
    const answer = await open().handle(message);
    expect(answer.status).toBe(status);
    expect(await messagesOf(answer)).toMatchObject([{ error: { code } }]);
  });

  it('is anything at all to a caller who is not known', async () => {
    const { room } = open();
    const face = { name: 'gatehouse', version: '0.0.0' };
    const { post: endpoint } = mcpEndpoint({ url, face, room, states, failed: () => {} });
    await expect(endpoint(plainRequest(), {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
