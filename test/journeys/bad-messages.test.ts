import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';

let gateway: LocalGateway;
let authorization: string;
beforeAll(async () => {
  gateway = await startLocalGateway();
  authorization = `Bearer ${await gateway.token('operator')}`;
});
afterAll(() => gateway.close());

async function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) };
}

const deep = `${'['.repeat(65)}${']'.repeat(65)}`;
const call = (args: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_vehicle_inventory","arguments":${args}}}`;

describe('a message that is not one', () => {
  it.each([
    ['malformed JSON', '{"jsonrpc":', 400, /not valid JSON/],
    ['nothing', '', 400, /empty/],
    ['nesting deeper than 64', call(deep), 400, /nested deeper than 64/],
    ['two methods', '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}', 400, /"method"/],
    ['two ids', '{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/list"}', 400, /"id"/],
    ['a __proto__ member', call('{"__proto__":{"x":1}}'), 400, /__proto__/],
    ['an id past 2^53', '{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/list"}', 400, /id must be/],
    ['more than a mebibyte', call(JSON.stringify({ q: 'x'.repeat(1_048_577) })), 413, /larger than/],
  ])('%s', async (_, body, status, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ jsonrpc: '2.0', id: null, error: { message: expect.stringMatching(message) } });
  });

  it('bytes that are not UTF-8', async () => {
    const body = new Uint8Array([...Buffer.from('{"jsonrpc":"2.0","id":1,"method":"'), 0xff, ...Buffer.from('"}')]);
    expect(await post(body)).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(/UTF-8/) } },
    });
  });

  it('another content type', async () => {
    const answer = await post('{}', { 'content-type': 'text/plain' });
    expect(answer).toMatchObject({ status: 415, body: { jsonrpc: '2.0', error: { data: { field: 'content-type' } } } });
  });

  it('a foreign Origin', async () => {
    const answer = await post(call('{}'), { origin: 'https://evil.example.com' });
    expect(answer).toMatchObject({ status: 403, body: { jsonrpc: '2.0', error: { data: { field: 'origin' } } } });
  });

  it('leaves the gateway working', async () => {
    const headers = { authorization };
    expect((await fetch(`${gateway.url}/api/mcp/tools`, { headers })).status).toBe(200);
  });
});
