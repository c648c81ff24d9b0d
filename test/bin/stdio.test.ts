import { spawnSync } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Arrived, event, json, result, scriptedGateway } from './scripted-gateway.ts';
import { initialize, initialized, modernRequest, request, startStdio, token } from './stdio-process.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A 2025-era gateway that agrees to everything; `script` answers what comes after. */
async function open(script: (request: Arrived, response: ServerResponse) => void) {
  const gateway = await scriptedGateway(script);
  const stdio = startStdio(gateway.url);
  closers.push(gateway.close, stdio.kill);
  return { gateway, stdio };
}

/** Answers what every 2025-era session begins and ends with. False for anything else. */
function carriesSession(arrived: Arrived, response: ServerResponse, session = 's-1'): boolean {
  const { method, body } = arrived;
  if (body.method === 'initialize')
    result(response, arrived, { protocolVersion: '2025-11-25', capabilities: {} }, { 'mcp-session-id': session });
  else if (method === 'GET') return !arrived.headers['last-event-id'] && !!response.writeHead(405).end();
  else if (method === 'DELETE') response.writeHead(204).end();
  else if (body.id === undefined || body.method === undefined) response.writeHead(202).end();
  else return false;
  return true;
}

describe('with a 2025-era client', () => {
  it('carries the session in headers, and ends it when stdin ends', async () => {
    const { gateway, stdio } = await open((arrived, response) => {
      if (!carriesSession(arrived, response)) result(response, arrived, { tools: [] });
    });
    // All at once, as no client would: each waits for what it needs.
    stdio.send(initialize, initialized, request(2, 'tools/list'));
    const { code, messages, stderr } = await stdio.end();
    expect([code, stderr]).toEqual([0, '']);
    expect(messages.map(({ id }) => id)).toEqual([1, 2]);

    const posts = gateway.arrived.filter(({ method }) => method === 'POST');
    expect(posts.map(({ body, headers }) => [body.method, headers['mcp-session-id']])).toEqual([
      ['initialize', undefined],
      ['notifications/initialized', 's-1'],
      ['tools/list', 's-1'],
    ]);
    expect(posts[2]?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'mcp-protocol-version': '2025-11-25',
    });
    expect(gateway.arrived.at(-1)).toMatchObject({ method: 'DELETE', headers: { 'mcp-session-id': 's-1' } });
  });

  it('brings the server’s questions to the client, and its answers back', async () => {
    let call: { arrived: Arrived; response: ServerResponse };
    const question = { jsonrpc: '2.0', id: 'q-1', method: 'elicitation/create', params: { message: 'Sure?' } };
    const { gateway, stdio } = await open((arrived, response) => {
      if (arrived.body.method === 'tools/call') {
        call = { arrived, response };
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(event('e-1', { jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1 } }));
        response.write(event('e-2', question));
        return;
      }
      if (arrived.body.id === 'q-1')
        call.response.end(event('e-3', { jsonrpc: '2.0', id: call.arrived.body.id, result: { content: [] } }));
      carriesSession(arrived, response);
    });
    stdio.send(initialize, initialized, request(2, 'tools/call', { name: 'ask' }));
    await stdio.next();
    expect(await stdio.next()).toMatchObject({ method: 'notifications/progress' });
    expect(await stdio.next()).toEqual(question);
    stdio.send({ jsonrpc: '2.0', id: 'q-1', result: { action: 'accept' } });
    expect(await stdio.next()).toEqual({ jsonrpc: '2.0', id: 2, result: { content: [] } });
    expect(gateway.arrived.at(-1)?.body).toEqual({ jsonrpc: '2.0', id: 'q-1', result: { action: 'accept' } });
  });

  it('resumes a stream that breaks off after the event that came last', async () => {
    const answer = { jsonrpc: '2.0', id: 2, result: { content: [] } };
    const { gateway, stdio } = await open((arrived, response) => {
      if (carriesSession(arrived, response)) return;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(arrived.method === 'GET' ? event('e-1', answer) : event('e-0'));
    });
    stdio.send(initialize, initialized, request(2, 'tools/call', { name: 'slow' }));
    expect((await stdio.end()).messages.at(-1)).toEqual(answer);
    expect(gateway.arrived.find(({ headers }) => headers['last-event-id'])).toMatchObject({
      method: 'GET',
      headers: { 'last-event-id': 'e-0', 'mcp-session-id': 's-1' },
    });
  });

  it('says so when a stream ends that cannot be resumed', async () => {
    const { stdio } = await open((arrived, response) => {
      if (!carriesSession(arrived, response)) response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
    });
    stdio.send(initialize, request(2, 'tools/call', { name: 'gone' }));
    const { messages } = await stdio.end();
    expect(messages[1]).toMatchObject({ id: 2, error: { message: expect.stringContaining('may have been done') } });
  });

  it('begins a new session in place of one that is over, and the client does not notice', async () => {
    let begun = 0;
    const { gateway, stdio } = await open((arrived, response) => {
      const session = arrived.headers['mcp-session-id'];
      if (arrived.body.method === 'initialize') begun += 1;
      if (carriesSession(arrived, response, `s-${begun}`)) return;
      if (session === 's-1')
        json(response, 404, { jsonrpc: '2.0', id: null, error: { code: -31404, message: 'Over.' } });
      else result(response, arrived, { tools: [] });
    });
    stdio.send(initialize, initialized, request(2, 'tools/list'), request(3, 'tools/list'));
    const { messages, stderr } = await stdio.end();
    expect(messages.map(({ id, error }) => [id, error]).sort()).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
    ]);
    expect([begun, stderr]).toEqual([2, '']);
    expect(gateway.arrived.filter(({ body }) => body.method === 'notifications/initialized')).toHaveLength(2);
  });

  it('passes a cancellation on, and answers the cancelled request no more', async () => {
    let call: Arrived | undefined;
    const { gateway, stdio } = await open((arrived, response) => {
      if (carriesSession(arrived, response)) return;
      if (arrived.body.method === 'ping') return result(response, arrived, {});
      call = arrived;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event('e-1', { jsonrpc: '2.0', method: 'notifications/progress', params: { progress: 1 } }));
    });
    stdio.send(initialize, initialized, request(2, 'tools/call', { name: 'slow' }));
    await stdio.next();
    await stdio.next();
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } };
    stdio.send(cancelled);
    await call?.closed;
    stdio.send(request(3, 'ping'));
    expect((await stdio.end()).messages.map(({ id }) => id)).toEqual([1, undefined, 3]);
    expect(gateway.arrived.map(({ body }) => body)).toContainEqual(cancelled);
  });
});

describe('with a client of 2026-07-28', () => {
  it('repeats in headers what has to be, encoded where a header cannot carry it', async () => {
    const { gateway, stdio } = await open((arrived, response) => result(response, arrived, {}));
    stdio.send(modernRequest(1, 'tools/list'), modernRequest(2, 'resources/read', { uri: 'result://größe' }));
    const { messages } = await stdio.end();
    expect(messages).toHaveLength(2);
    const headersOf = (id: number) => gateway.arrived.find(({ body }) => body.id === id)?.headers;
    expect(headersOf(1)).toMatchObject({ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' });
    const encoded = `=?base64?${Buffer.from('result://größe').toString('base64')}?=`;
    expect(headersOf(2)).toMatchObject({ 'mcp-method': 'resources/read', 'mcp-name': encoded });
    expect(gateway.arrived.some(({ method }) => method === 'DELETE')).toBe(false);
  });

  const inputSchema = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      page: { type: 'object', properties: { size: { type: 'integer', 'x-mcp-header': 'Page-Size' } } },
      note: { type: 'string', 'x-mcp-header': 'Note' },
    },
  };
  const call = (id: number, args: Record<string, unknown>) =>
    modernRequest(id, 'tools/call', { name: 'get_sales', arguments: args });

  it('repeats arguments in the headers that a listed tool declares', async () => {
    const { gateway, stdio } = await open((arrived, response) =>
      result(response, arrived, { tools: [{ name: 'get_sales', inputSchema }] }),
    );
    stdio.send(modernRequest(1, 'tools/list'));
    await stdio.next();
    stdio.send(call(2, { region: ' süd', page: { size: 20 }, note: null }));
    await stdio.end();
    const { headers } = gateway.arrived[1] ?? {};
    expect(headers).toMatchObject({
      'mcp-name': 'get_sales',
      'mcp-param-region': `=?base64?${Buffer.from(' süd').toString('base64')}?=`,
      'mcp-param-page-size': '20',
    });
    expect(headers).not.toHaveProperty('mcp-param-note');
  });

  it('lists the tools itself when a call turns out to need such headers', async () => {
    const { gateway, stdio } = await open((arrived, response) => {
      const { id, method, params } = arrived.body;
      if (method === 'tools/list' && !params?.cursor) return result(response, arrived, { tools: [], nextCursor: '2' });
      if (method === 'tools/list') return result(response, arrived, { tools: [{ name: 'get_sales', inputSchema }] });
      if (arrived.headers['mcp-param-region']) return result(response, arrived, { content: [] });
      json(response, 400, { jsonrpc: '2.0', id, error: { code: -32020, message: 'Mcp-Param-Region is missing' } });
    });
    stdio.send(call(7, { region: 'eu' }));
    expect(await stdio.end()).toMatchObject({ messages: [{ id: 7, result: { content: [] } }], stderr: '' });
    expect(gateway.arrived.map(({ body }) => body.method)).toEqual([
      'tools/call',
      'tools/list',
      'tools/list',
      'tools/call',
    ]);
  });

  it('hangs up on a request that is cancelled', async () => {
    const { gateway, stdio } = await open((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event('e-1', { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: {} }));
    });
    stdio.send(modernRequest(1, 'subscriptions/listen', { notifications: { toolsListChanged: true } }));
    await stdio.next();
    stdio.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await gateway.arrived[0]?.closed;
    expect((await stdio.end()).messages).toHaveLength(1);
    expect(gateway.arrived).toHaveLength(1);
  });

  it('ends with stdin although it listens', async () => {
    const { stdio } = await open((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event('e-1', { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: {} }));
    });
    stdio.send(modernRequest(1, 'subscriptions/listen', { notifications: {} }));
    await stdio.next();
    expect(await stdio.end()).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('what the gateway refuses', () => {
  const plain = (code: string, message: string) => ({ error: { code, message, request_id: 'r-1' } });
  it.each<[string, number, unknown, Record<string, string>, number, RegExp]>([
    [
      'an old token',
      401,
      plain('unauthenticated', 'Valid?'),
      {},
      -31401,
      /does not accept the token .*GATEHOUSE_TOKEN/,
    ],
    [
      'a token for something else',
      403,
      plain('forbidden', 'No.'),
      { 'www-authenticate': 'Bearer error="insufficient_scope"' },
      -31403,
      /does not let this token in/,
    ],
    ['a wrong address', 404, plain('not_found', 'There is no such route.'), {}, -31404, /no MCP endpoint .*\/mcp/],
    ['too many requests', 429, {}, {}, -31429, /try again later/],
    ['a page of a proxy', 502, 'Bad gateway', {}, -31502, /answered HTTP 502/],
    [
      'what the endpoint says itself',
      404,
      { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'No such method', data: { method: 'x' } } },
      {},
      -32601,
      /^No such method$/,
    ],
  ])('%s is an error that the client and its user can read', async (_, status, body, headers, code, message) => {
    const { stdio } = await open((_, response) => json(response, status, body, headers));
    stdio.send(modernRequest(1, 'tools/list'));
    const { messages, stderr } = await stdio.end();
    expect(messages).toEqual([{ jsonrpc: '2.0', id: 1, error: expect.objectContaining({ code }) }]);
    expect(messages[0].error.message).toMatch(message);
    expect(stderr).toBe(`gatehouse: tools/list: ${messages[0].error.message}\n`);
  });

  it('an address where nobody listens is one too', async () => {
    const { gateway, stdio } = await open(() => {});
    gateway.close();
    stdio.send(modernRequest(1, 'tools/list'));
    expect((await stdio.end()).messages).toMatchObject([
      { id: 1, error: { code: -32603, message: 'The gateway cannot be reached: ECONNREFUSED.' } },
    ]);
  });

  it('never shows the token', async () => {
    const { stdio } = await open((arrived, response) => json(response, 500, { authorization: arrived.headers }));
    stdio.send(modernRequest(1, 'tools/list'), initialized);
    const { stdout, stderr } = await stdio.end();
    expect(stderr.match(/HTTP 500/g)).toHaveLength(2);
    expect(stdout + stderr).not.toContain(token);
  });
});

it('leaves out what is no message', async () => {
  const { stdio } = await open((arrived, response) => result(response, arrived, {}));
  stdio.send('hello', '[]', '{"jsonrpc":"1.0"}', modernRequest(1, 'tools/list'));
  const { messages, stderr } = await stdio.end();
  expect(messages).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
  expect(stderr).toContain('no message of JSON-RPC 2.0');
});

describe('its arguments', () => {
  const cli = join(import.meta.dirname, '../../bin/cli.ts');
  const run = (args: string[], GATEHOUSE_TOKEN?: string) =>
    spawnSync(process.execPath, [cli, 'stdio', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...(GATEHOUSE_TOKEN !== undefined && { GATEHOUSE_TOKEN }) },
    });

  it.each<[string, string[], string | undefined, RegExp]>([
    ['no address', [], 'x', /^--url is missing/],
    ['what is no address', ['--url', 'mcp.example.com'], 'x', /^--url must be an address that begins with https/],
    [
      'an address that anyone can listen to',
      ['--url', 'http://mcp.example.com/mcp'],
      'x',
      /^--url must begin with https/,
    ],
    ['an address with a password', ['--url', 'https://a:b@mcp.example.com'], 'x', /^--url must not have a user name/],
    ['no token', ['--url', 'https://mcp.example.com/mcp'], undefined, /^There is no token: set GATEHOUSE_TOKEN/],
    ['a token of two lines', ['--url', 'https://mcp.example.com/mcp'], 'se\ncret', /^The token has characters/],
    ['an unknown option', ['--adress', 'x'], 'x', /^Unknown option '--adress'/],
  ])('%s is told on stderr', (_, args, given, message) => {
    const { status, stdout, stderr } = run(args, given);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('secret');
  });

  it('are explained on request', () => {
    expect(run(['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('--url URL') });
  });
});
