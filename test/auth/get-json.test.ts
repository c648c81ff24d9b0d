import { afterEach, beforeEach, expect, test } from 'vitest';
import { getJson } from '../../functions/auth/get-json.ts';
import { json, keyServer, outages } from './key-server.ts';

let server: Awaited<ReturnType<typeof keyServer>>;

beforeEach(async () => {
  server = await keyServer(json({ keys: [] }));
});
afterEach(() => server.close());

test('reads a JSON document', async () => {
  expect(await getJson(server.uri)).toEqual({ keys: [] });
});

test('reads a document of exactly the allowed size, and not one byte more', async () => {
  const document = `"${'x'.repeat(1022)}"`;
  server.answerWith((_request, response) => response.end(document));
  expect(await getJson(server.uri, { deadline: 1000, limit: 1024 })).toHaveLength(1022);
  await expect(getJson(server.uri, { deadline: 1000, limit: 1023 })).rejects.toMatchObject({ code: 'unavailable' });
});

test('stops reading where the allowed size ends', async () => {
  server.answerWith(outages['streams without end'] ?? expect.unreachable());
  await expect(getJson(server.uri)).rejects.toThrow('is too large');
});

const notJson = new Set(['answers JSON that is no key set', 'answers an array']);
test.each(Object.entries(outages).filter(([what]) => !notJson.has(what)))(
  'fails as unavailable when the server %s',
  async (_what, outage) => {
    server.answerWith(outage);
    await expect(getJson(server.uri)).rejects.toMatchObject({ name: 'GatewayError', code: 'unavailable' });
    expect(server.requests()).toBe(1);
  },
);

test.each<[string, Parameters<typeof server.answerWith>[0]]>([
  ['never answers', () => {}],
  ['stops after the headers', (_request, response) => response.writeHead(200).flushHeaders()],
  [
    'drips',
    (_request, response) => {
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    },
  ],
])('gives up at the deadline when the server %s', async (_what, answer) => {
  server.answerWith(answer);
  const started = performance.now();
  await expect(getJson(server.uri, { deadline: 60, limit: 1024 })).rejects.toThrow('took too long');
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('does not speak TLS with a server whose certificate nobody vouches for, nor plain HTTP on an https address', async () => {
  await expect(getJson(server.uri.replace('http:', 'https:'))).rejects.toMatchObject({ code: 'unavailable' });
});

test('sends no credentials and accepts no compression', async () => {
  let headers: NodeJS.Dict<string | string[]> = {};
  server.answerWith((request, response) => {
    headers = request.headers;
    json({})(request, response);
  });
  await getJson(server.uri);
  expect(headers).toEqual({
    accept: 'application/json',
    'accept-encoding': 'identity',
    connection: 'close',
    host: new URL(server.uri).host,
  });
});
