import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  PromptListChangedNotificationSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../functions/auth/principal.ts';
import { maxStreams } from '../../functions/mcp/subscriptions/claim-slot.ts';
import { dealer, listening, type Options, url, type WatchingGateway, watchingGateway } from './watching-gateway.ts';

const updated = 'notifications/resources/updated';
const changed = ['tools', 'prompts', 'resources'].map((list) => `notifications/${list}/list_changed`);

/** A change is told some hundredths of a second later, on a machine that has nothing else to do. */
const soon = { timeout: 10_000 };

/** The v1 SDK's client, which opens the standing stream by itself, with what it was told and what went wrong. */
async function connected(gateway: WatchingGateway, principal: Principal = dealer) {
  const client = new Client({ name: 'test', version: '1' });
  const told: string[] = [];
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  for (const schema of [
    ToolListChangedNotificationSchema,
    PromptListChangedNotificationSchema,
    ResourceListChangedNotificationSchema,
  ]) {
    client.setNotificationHandler(schema, ({ method }) => void told.push(method));
  }
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void told.push(params.uri));
  const transport = new StreamableHTTPClientTransport(new URL(url), { fetch: gateway.fetchAs(principal) });
  await client.connect(transport as Transport);
  await expect.poll(() => gateway.seen.some(({ method }) => method === 'GET'), soon).toBe(true);
  return { client, transport, told, errors };
}

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

async function begun(gateway: WatchingGateway, principal = dealer, protocolVersion = '2025-11-25') {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const response = await gateway.fetchAs(principal)(url, { method: 'POST', headers: json, body });
  const { result } = JSON.parse(await response.text());
  return { session: response.headers.get('mcp-session-id') ?? '', capabilities: result.capabilities };
}

/** What a session is answered to one request, as JSON. */
async function ask(gateway: WatchingGateway, session: string, method: string, params: object, principal = dealer) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 2, method, params });
  const headers = { ...json, 'mcp-session-id': session };
  const response = await gateway.fetchAs(principal)(url, { method: 'POST', headers, body });
  return JSON.parse(await response.text());
}

/** Asks for the standing stream; what it brings is read while it is open. */
async function opened(gateway: WatchingGateway, headers: Record<string, string>, principal = dealer) {
  const response = await gateway.fetchAs(principal)(url, { headers: { accept: 'text/event-stream', ...headers } });
  const reading = { status: response.status, text: '', messages, lastEventId, ended: Promise.resolve() };
  function messages(): { method: string; params?: { uri: string } }[] {
    return [...reading.text.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => JSON.parse(data));
  }
  function lastEventId(): string {
    return idsIn(reading.text).at(-1) ?? '';
  }
  reading.ended = (async () => {
    for await (const chunk of response.body ?? []) reading.text += Buffer.from(chunk).toString();
  })();
  return reading;
}

function idsIn(text: string): string[] {
  return [...text.matchAll(/^id: (.+)$/gm)].map(([, id = '']) => id);
}

const own = (session: string) => ({ 'mcp-session-id': session });

describe('a 2025-era client that is told of changes', () => {
  it('learns what has changed in the catalogue, by the stream that it opens by itself', async () => {
    const gateway = watchingGateway();
    const { client, told, errors } = await connected(gateway);
    expect(client.getServerCapabilities()).toMatchObject({
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
    });
    await gateway.changeBackend('one');
    await expect.poll(() => told, soon).toEqual(changed);
    await gateway.changeBackend('two');
    await expect.poll(() => told, soon).toEqual([...changed, ...changed]);
    expect(gateway.seen.filter(({ method }) => method === 'GET')).toMatchObject([{ status: 200 }]);
    expect([...errors, ...gateway.faults]).toEqual([]);
    await client.close();
  });

  it('learns of the resources that it subscribed to through another instance, as long as it is subscribed', async () => {
    const gateway = watchingGateway();
    await gateway.importYard('first');
    await gateway.putSkill('sha256:a');
    const { client, told, errors } = await connected(gateway);
    const updates = () => told.filter((each) => each.includes('://'));
    const skill = 'skill://sell-a-vehicle/SKILL.md';
    await client.subscribeResource({ uri: 'spec://yard' });
    await client.subscribeResource({ uri: skill });
    await gateway.importYard('second');
    await expect.poll(updates, soon).toEqual(['spec://yard']);
    await gateway.putSkill('sha256:b');
    await expect.poll(updates, soon).toEqual(['spec://yard', skill]);

    await client.unsubscribeResource({ uri: 'spec://yard' });
    await gateway.importYard('third');
    await gateway.putSkill('sha256:c');
    await expect.poll(updates, soon).toEqual(['spec://yard', skill, skill]);
    // Who subscribes anew is told what happens from then on.
    await client.subscribeResource({ uri: 'spec://yard' });
    await gateway.putSkill('sha256:d');
    await expect.poll(updates, soon).toEqual(['spec://yard', skill, skill, skill]);
    const instances = gateway.seen.filter(({ method }) => method === 'POST').map(({ instance }) => instance);
    expect(new Set(instances).size).toBe(2);
    expect([...errors, ...gateway.faults]).toEqual([]);
    await client.close();
  });

  it('comes back when a stream has ended, and has missed nothing', async () => {
    const gateway = watchingGateway({ streamMs: 150 });
    await gateway.importYard('first');
    const { client, told, errors } = await connected(gateway);
    await client.subscribeResource({ uri: 'spec://yard' });
    // The client waits half a second before it comes back, and streams are open for less.
    await new Promise((resolve) => setTimeout(resolve, 250));
    await gateway.importYard('second');
    await expect.poll(() => told, soon).toEqual([...changed, 'spec://yard']);
    expect(gateway.seen.filter(({ method }) => method === 'GET').length).toBeGreaterThan(1);
    expect([...errors, ...gateway.faults]).toEqual([]);
    await client.close();
  });

  it.each<[string, Options]>([
    ['is not', { tellsChanges: false }],
    ['has no session', { hasSessions: false }],
  ])('and one that %s: it is served all the same, and promised nothing', async (_, options) => {
    const gateway = watchingGateway(options);
    await gateway.importYard('first');
    const { client, errors } = await connected(gateway);
    expect(gateway.seen.filter(({ method }) => method === 'GET')).toMatchObject([{ status: 405 }]);
    expect(client.getServerCapabilities()).toMatchObject({
      tools: { listChanged: false },
      prompts: { listChanged: false },
      resources: { listChanged: false },
    });
    expect(client.getServerCapabilities()?.resources).not.toHaveProperty('subscribe');
    await expect(client.callTool({ name: 'get_stock', arguments: {} })).resolves.toMatchObject({ content: [{}] });
    expect(errors).toEqual([]);
    await client.close();
  });

  it('and one that is not is refused a subscription like a method that there is not', async () => {
    const gateway = watchingGateway({ tellsChanges: false });
    await gateway.importYard('first');
    const { session } = await begun(gateway);
    const refused = await ask(gateway, session, 'resources/subscribe', { uri: 'spec://yard' });
    expect(refused.error).toMatchObject({ code: -32601 });
  });
});

describe('the standing stream', () => {
  it('goes on for a client where that was, on another instance, and tells it nothing twice', async () => {
    const gateway = watchingGateway({ streamMs: 100 });
    await gateway.importYard('first');
    const { session } = await begun(gateway);
    await ask(gateway, session, 'resources/subscribe', { uri: 'spec://yard' });
    const first = await opened(gateway, own(session));
    await first.ended;
    expect(first.text).toMatch(/^id: .+\nretry: \d+\ndata: \n\n/);
    expect(first.messages()).toEqual([]);

    await gateway.importYard('second');
    gateway.limits.streamMs = 60_000;
    const goingOn = async (id: string | undefined) => {
      const stream = await opened(gateway, { ...own(session), 'last-event-id': id ?? '' });
      return { ...stream, methods: () => stream.messages().map(({ method }) => method), ids: () => idsIn(stream.text) };
    };
    const second = await goingOn(first.lastEventId());
    await expect.poll(second.methods, soon).toEqual([...changed, updated]);
    const [, , two, , last] = second.ids();
    expect(new Set(second.ids()).size).toBe(5);
    // From any event on a client is told what it has not seen.
    const third = await goingOn(two);
    await expect.poll(third.methods, soon).toEqual([changed[2], updated]);
    const fourth = await goingOn(last);
    await gateway.changeBackend('one');
    await expect.poll(fourth.methods, soon).toEqual(changed);
    const instances = gateway.seen.filter(({ method }) => method === 'GET').map(({ instance }) => instance);
    expect(new Set(instances).size).toBe(2);
  });

  it('tells what happened to a resource between the subscription and the stream', async () => {
    const gateway = watchingGateway();
    await gateway.importYard('first');
    const { session } = await begun(gateway);
    await ask(gateway, session, 'resources/subscribe', { uri: 'spec://yard' });
    await gateway.importYard('second');
    const stream = await opened(gateway, own(session));
    const updates = () => stream.messages().filter(({ method }) => method === updated);
    await expect.poll(updates, soon).toEqual([{ jsonrpc: '2.0', method: updated, params: { uri: 'spec://yard' } }]);
  });

  it('is silent about the same document when it is imported again, and tells when that is hidden or gone', async () => {
    const gateway = watchingGateway();
    await gateway.importYard('first');
    const { session } = await begun(gateway);
    await ask(gateway, session, 'resources/subscribe', { uri: 'spec://yard' });
    const stream = await opened(gateway, own(session));
    const methods = () => stream.messages().map(({ method }) => method);
    await gateway.importYard('first');
    await expect.poll(methods, soon).toEqual(changed);
    await gateway.importYard('first', 'other');
    await expect.poll(methods, soon).toEqual([...changed, ...changed, updated]);
    // What happens to a document that the principal may not see is none of their business.
    await gateway.importYard('second', 'other');
    await expect.poll(methods, soon).toHaveLength(10);
    await gateway.deleteYard();
    await expect.poll(methods, soon).toHaveLength(13);
    expect(methods().filter((method) => method === updated)).toHaveLength(1);
  });

  it('of a session is the one opened last: an earlier one ends, and a message goes on one of them', async () => {
    const gateway = watchingGateway();
    const { session } = await begun(gateway);
    const first = await opened(gateway, own(session));
    const second = await opened(gateway, own(session));
    await first.ended;
    await gateway.changeBackend('one');
    await expect.poll(() => second.messages(), soon).toHaveLength(3);
    expect(first.messages()).toEqual([]);
  });

  it('ends with its session', async () => {
    const gateway = watchingGateway({ streamMs: 60_000 });
    const { session } = await begun(gateway);
    const stream = await opened(gateway, own(session));
    expect(stream.status).toBe(200);
    const ending = await gateway.fetchAs(dealer)(url, { method: 'DELETE', headers: own(session) });
    expect(ending.status).toBe(204);
    await stream.ended;
    expect((await opened(gateway, own(session))).status).toBe(404);
  });

  it('is primed for a client that knows how, and begins at once for one that does not', async () => {
    const gateway = watchingGateway({ streamMs: 60_000 });
    const { session } = await begun(gateway, dealer, '2025-06-18');
    const stream = await opened(gateway, own(session));
    await expect.poll(() => stream.text, soon).toBe(': keepalive\n\n');
    await gateway.changeBackend('one');
    await expect.poll(() => stream.messages(), soon).toHaveLength(3);
    expect(stream.lastEventId()).toMatch(/_3_/);
  });

  it.each([
    ['no session', 400, () => ({})],
    ['a session that never was', 404, () => own(crypto.randomUUID())],
    ['a client that takes no events', 406, (session: string) => ({ ...own(session), accept: 'application/json' })],
    ['an event that never was', 400, (session: string) => ({ ...own(session), 'last-event-id': 'nonsense' })],
    ['a client that takes everything', 200, (session: string) => ({ ...own(session), accept: 'text/html, */*;q=0.1' })],
  ])('for %s is %i', async (_, status, headers) => {
    const gateway = watchingGateway({ streamMs: 100 });
    const { session } = await begun(gateway);
    expect((await opened(gateway, headers(session))).status).toBe(status);
  });

  it('does not exist for another principal, who learns nothing of it', async () => {
    const gateway = watchingGateway();
    const { session } = await begun(gateway);
    const hers = await opened(gateway, own(session));
    for (const stranger of [
      { ...dealer, subject: 'eve' },
      { ...dealer, issuer: 'https://other.example.com' },
      { ...dealer, client_id: 'another' },
    ]) {
      expect((await opened(gateway, own(session), stranger)).status).toBe(404);
      const resumed = { ...own(session), 'last-event-id': hers.lastEventId() };
      expect((await opened(gateway, resumed, stranger)).status).toBe(404);
      // Their own session does not lead there either: what the id has of hers are revisions, and nothing is replayed.
      const { session: theirs } = await begun(gateway, stranger);
      const stream = await opened(gateway, { ...own(theirs), 'last-event-id': hers.lastEventId() }, stranger);
      expect(stream.messages()).toEqual([]);
    }
    await gateway.changeBackend('one');
    await expect.poll(() => hers.messages(), soon).toHaveLength(3);
  });
});

describe('the few streams of a principal', () => {
  it('are shared by both eras and all instances, and one more is refused', async () => {
    const gateway = watchingGateway({ streamMs: 60_000 });
    const sessions = await Promise.all(Array.from({ length: maxStreams }, () => begun(gateway)));
    for (const { session } of sessions) expect((await opened(gateway, own(session))).status).toBe(200);
    const { session } = await begun(gateway);
    expect((await opened(gateway, own(session))).status).toBe(409);
    const client = await listening(gateway, dealer);
    await expect(client.listen({ toolsListChanged: true })).rejects.toThrow('streams open');

    // Somebody else has their own.
    const eve = { ...dealer, subject: 'eve' };
    expect((await opened(gateway, own((await begun(gateway, eve)).session), eve)).status).toBe(200);
    // Nobody can tell whether a client that comes again has left: it takes over the place that it has.
    for (const each of sessions) expect((await opened(gateway, own(each.session))).status).toBe(200);
    await client.close();
  });

  it('are free again when a stream has ended', async () => {
    const gateway = watchingGateway({ streamMs: 100 });
    for (let round = 0; round <= maxStreams; round += 1) {
      const { session } = await begun(gateway);
      const stream = await opened(gateway, own(session));
      expect(stream.status).toBe(200);
      await stream.ended;
    }
  });
});

describe('resources/subscribe', () => {
  it('knows the resources that resources/read knows', async () => {
    const gateway = watchingGateway();
    await gateway.importYard('first');
    await gateway.putSkill('sha256:a');
    const { session } = await begun(gateway);
    const both = async (uri: string, principal = dealer, own = session) => [
      (await ask(gateway, own, 'resources/read', { uri }, principal)).error,
      (await ask(gateway, own, 'resources/subscribe', { uri }, principal)).error,
    ];
    const known = ['spec://yard', 'skill://sell-a-vehicle/SKILL.md'];
    for (const uri of known) expect(await both(uri), uri).toEqual([undefined, undefined]);
    for (const uri of ['spec://yards', 'spec://yard/part.yaml', 'skill://sell-a-vehicle/LICENSE', 'nonsense', '']) {
      const [read, subscribed] = await both(uri);
      expect(read, uri).toMatchObject({ data: { uri } });
      expect(subscribed, uri).toEqual(read);
    }
    const stranger = { ...dealer, roles: [], subject: 'eve' };
    const [read, subscribed] = await both('spec://yard', stranger, (await begun(gateway, stranger)).session);
    expect(read).toMatchObject({ data: { uri: 'spec://yard' } });
    expect(subscribed).toEqual(read);
  });

  it('takes a large result, of which there is never anything to tell, and keeps nothing of it', async () => {
    const gateway = watchingGateway();
    const { session } = await begun(gateway);
    const kept = await gateway.results.keep(dealer, 'hers', 'text/plain');
    expect(await ask(gateway, session, 'resources/subscribe', { uri: kept?.uri })).toMatchObject({ result: {} });
    expect((await gateway.state.get(`SESSION#${session}`))?.value).not.toHaveProperty('subscriptions');
  });

  it('takes fifty, and one more when one was given up', async () => {
    const gateway = watchingGateway();
    await gateway.putSkill('sha256:a');
    const { session } = await begun(gateway);
    // One file has as many addresses as there are ways to write it.
    const uriOf = (index: number) => `skill://sell-a-vehicle/${'./'.repeat(index)}SKILL.md`;
    for (let index = 0; index < 50; index += 1) {
      const answer = await ask(gateway, session, 'resources/subscribe', { uri: uriOf(index) });
      expect(answer.error).toBeUndefined();
    }
    const subscribe = (index: number) => ask(gateway, session, 'resources/subscribe', { uri: uriOf(index) });
    expect((await subscribe(50)).error).toMatchObject({
      code: -32602,
      message: expect.stringContaining('50 resources'),
    });
    expect((await subscribe(7)).error).toBeUndefined();
    expect((await subscribe(1_000)).error).toMatchObject({ code: -32602, message: expect.stringContaining('2000') });
    await ask(gateway, session, 'resources/unsubscribe', { uri: uriOf(7) });
    expect((await subscribe(50)).error).toBeUndefined();
  });
});
