import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputRequired, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../functions/auth/principal.ts';
import { memoryCatalogue } from '../../functions/catalogue/memory.ts';
import { trustedCatalogue } from '../../functions/catalogue/trusted.ts';
import { systemClock } from '../../functions/gateway/clock.ts';
import { jsonRpcErrorAnswer } from '../../functions/http/answer.ts';
import type { PlainAnswer, PlainRequest } from '../../functions/http/plain.ts';
import { mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { catalogueLibrary } from '../../functions/mcp/library/catalogue-library.ts';
import { type KeptResults, keptResults } from '../../functions/mcp/library/kept-results.ts';
import { memoryState } from '../../functions/state/memory.ts';
import { fixtureFace } from '../conformance/fixture-face.ts';
import { fixtureGateway } from '../conformance/fixture-gateway.ts';
import { states } from '../conformance/request-state.ts';
import { plainRequest } from '../http/plain-request.ts';
import { ada } from './session-instances.ts';
import { smallRoom } from './small-room.ts';

// What one principal has begun does not exist for another: each id that the endpoint gives out is presented, in each
// way that there is, by somebody else, who must get the answer that an id gets which nobody was given.
//
// A new route or method fails the last test below until it is named here: as a use of an id, or in `takeNone`.

/** Ada herself but for one thing. The same person through another client is another principal, too. */
const strangers: Record<string, Principal> = {
  'another subject': { ...ada, subject: 'eve' },
  'another issuer': { ...ada, issuer: 'https://other.example.com' },
  'another client': { ...ada, client_id: 'another-client' },
};

/** A request, as far as it differs from one use to the other. */
type Use = Partial<Pick<PlainRequest, 'method' | 'headers' | 'deadline'>> & { message?: object; isOfLibrary?: boolean };

interface Kind {
  /** What Ada is given, in a session of hers. */
  given(world: World, session: string): Promise<string>;
  /** One that nobody was given, of the same form. */
  unknown: string;
  /** Ways to present it, by the route or the method of the protocol; `session` is one of who presents it. */
  uses: Record<string, (id: string, session: string) => Use>;
}

const uuid = '00000000-0000-4000-8000-000000000000';

/** The methods of a 2025-era client; each is asked with the session's id. */
const legacyMethods = [
  ...['completion/complete', 'logging/setLevel', 'ping', 'prompts/get', 'prompts/list', 'resources/list'],
  ...['resources/read', 'resources/subscribe', 'resources/templates/list', 'resources/unsubscribe'],
  ...['tools/call', 'tools/list'],
];

const kinds: Record<string, Kind> = {
  'a session': {
    given: async (_, session) => session,
    unknown: uuid,
    uses: {
      ...Object.fromEntries(
        legacyMethods.map((method) => [
          method,
          (id: string) => legacy(id, { id: 5, method, params: paramsOf(method) }),
        ]),
      ),
      'a notification': (id) => legacy(id, { method: 'notifications/initialized' }),
      'an answer': (id) => legacy(id, { id: `${uuid}:0`, result: {} }),
      'GET /mcp': (id) => ({ method: 'GET', headers: { 'mcp-session-id': id, 'last-event-id': `${uuid}_0` } }),
      'GET /mcp of what changes': (id) => ({ ...briefly(), method: 'GET', headers: { 'mcp-session-id': id } }),
      'DELETE /mcp': (id) => ({ method: 'DELETE', headers: { 'mcp-session-id': id } }),
    },
  },

  'an event of a stream': {
    given: async ({ present }, session) => {
      const params = { name: 'test_tool_with_progress', arguments: {}, _meta: { progressToken: 1 } };
      const { body } = await present(ada, legacy(session, { id: 5, method: 'tools/call', params }));
      return /^id: (.+_1)$/m.exec(body)?.[1] ?? '';
    },
    unknown: `${uuid}_1`,
    uses: {
      'GET /mcp': (id, session) => ({ method: 'GET', headers: { 'mcp-session-id': session, 'last-event-id': id } }),
    },
  },

  'a task': {
    given: async ({ present }) => {
      const params = { name: 'slow_compute', arguments: { seconds: 60 } };
      return JSON.parse((await present(ada, modern('tools/call', params))).body).result.taskId;
    },
    unknown: uuid,
    uses: {
      'tasks/get': (taskId) => modern('tasks/get', { taskId }),
      'tasks/update': (taskId) => modern('tasks/update', { taskId, inputResponses: {} }),
      'tasks/cancel': (taskId) => modern('tasks/cancel', { taskId }),
    },
  },

  'a large result': {
    given: async ({ results }) => (await results.keep(ada, 'hers', 'text/plain'))?.uri ?? '',
    unknown: `result://${uuid}`,
    uses: {
      'resources/read': (uri) => ({ ...modern('resources/read', { uri }), isOfLibrary: true }),
      'resources/read of 2025': (uri, session) => ({
        ...legacy(session, { id: 5, method: 'resources/read', params: { uri } }),
        isOfLibrary: true,
      }),
      'resources/subscribe': (uri, session) => ({
        ...legacy(session, { id: 5, method: 'resources/subscribe', params: { uri } }),
        isOfLibrary: true,
      }),
      'subscriptions/listen': (uri) => ({
        ...briefly(),
        ...modern('subscriptions/listen', { notifications: { resourceSubscriptions: [uri] } }),
        isOfLibrary: true,
      }),
    },
  },

  'the state of a tool’s request': stateOf('tools/call', { name: 'test_input_required_result_multi_round' }),
  'the state of a prompt’s request': stateOf('prompts/get', { name: 'asks' }),
  'the state of a resource’s request': stateOf('resources/read', { uri: 'test://asks' }),
};

function stateOf(method: string, params: Record<string, unknown>): Kind {
  return {
    given: async ({ present }) => JSON.parse((await present(ada, modern(method, params))).body).result.requestState,
    unknown: 'nobody-was-given-this',
    uses: { [method]: (requestState) => modern(method, { ...params, requestState }) },
  };
}

/** Methods of either era whose parameters name nothing that the endpoint has given to a principal. */
const takeNone = ['initialize', 'resources/directory/read', 'server/discover', 'skills/get', 'skills/list'];

interface Shown {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface World {
  present(principal: Principal, use: Use): Promise<Shown>;
  sessionOf(principal: Principal, capabilities?: object): Promise<string>;
  /** Reads a streamed answer up to a message of a method, and later the rest. */
  read(principal: Principal, use: Use): Promise<StreamReader>;
  results: KeptResults;
  /** The methods that servers were seen to answer. */
  methods: Set<string>;
}

/** An endpoint with everything switched on, and one with the gateway's own library in place of the fixtures'. */
function openWorld(): World {
  const methods = new Set<string>();
  const servers: McpServer[] = [];
  const state = memoryState(systemClock);
  const results = keptResults(state, systemClock);
  const store = memoryCatalogue();
  const catalogue = trustedCatalogue(store, systemClock);
  const kept = { state, clock: systemClock };
  const shelves = catalogueLibrary({ catalogue, store, may: () => true, results: async () => results });
  const library = mcpEndpoint({
    url: 'http://127.0.0.1/mcp',
    face: { name: 'gatehouse', version: '0.0.0' },
    room: smallRoom({}),
    states,
    failed: () => {},
    sessions: kept,
    library: async () => shelves,
    subscriptions: { ...kept, pollMs: 50, stamps: async () => ({}), resources: async () => shelves.resources },
  });
  const fixtures = fixtureGateway({
    publicUrl: 'http://127.0.0.1',
    state,
    start: async () => {},
    face: {
      ...fixtureFace,
      extend: (mcp) => {
        servers.push(mcp);
        fixtureFace.extend?.(mcp);
        addAsking(mcp);
      },
    },
  });

  function answerTo(principal: Principal, { message, isOfLibrary, ...parts }: Use): Promise<PlainAnswer> {
    const whole = { jsonrpc: '2.0', ...message };
    const body = message ? JSON.stringify(whole) : '';
    const request = plainRequest({ ...parts, headers: { ...common, ...parts.headers }, body, principal });
    const answer = isOfLibrary ? library.post(request, whole) : fixtures(request);
    return answer.catch((error: unknown) => jsonRpcErrorAnswer(error, request.requestId));
  }

  async function present(principal: Principal, use: Use): Promise<Shown> {
    const { finished, ...answer } = await answerTo(principal, use);
    const text = typeof answer.body === 'string' ? answer.body : await textOf(answer.body);
    await finished;
    for (const { server } of servers.splice(0)) {
      for (const method of (Reflect.get(server, '_requestHandlers') as Map<string, unknown>).keys())
        methods.add(method);
    }
    return { ...answer, body: text };
  }

  return {
    present,
    methods,
    results,
    read: async (principal, use) => readerOf((await answerTo(principal, use)).body as AsyncIterable<Uint8Array>),
    sessionOf: async (principal, capabilities = {}) => {
      const params = { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'test', version: '1' } };
      const { headers } = await present(principal, { message: { id: 1, method: 'initialize', params } });
      return headers['mcp-session-id'] ?? '';
    },
  };
}

/** A prompt and a resource that remember something between two rounds, as some of the tools do. */
function addAsking(mcp: McpServer): void {
  const asked = async (context: ServerContext) =>
    inputRequired({ requestState: await states.seal({ awaiting: 'nothing' }, context) });
  mcp.registerPrompt('asks', {}, (context) => (context.mcpReq.requestState() ? { messages: [] } : asked(context)));
  mcp.registerResource('asks', 'test://asks', {}, (_, context) =>
    context.mcpReq.requestState() ? { contents: [] } : asked(context),
  );
}

const common = {
  host: '127.0.0.1',
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

/** A stream of a tenth of a second. */
function briefly(): Pick<Use, 'deadline'> {
  return { deadline: Date.now() + 1_600 };
}

function legacy(session: string, message: object): Use {
  return { headers: { 'mcp-session-id': session }, message };
}

function modern(method: string, params: Record<string, unknown>): Use {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {
      elicitation: {},
      extensions: { 'io.modelcontextprotocol/tasks': {} },
    },
  };
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    'mcp-name': String(params.name ?? params.uri ?? params.taskId),
  };
  return { headers, message: { id: 5, method, params: { ...params, _meta } } };
}

/** What makes a method succeed for Ada. */
function paramsOf(method: string): object {
  if (method === 'tools/call') return { name: 'test_simple_text', arguments: {} };
  if (method === 'prompts/get') return { name: 'test_simple_prompt' };
  if (method.startsWith('resources/')) return { uri: 'test://static-text' };
  if (method === 'logging/setLevel') return { level: 'info' };
  if (method !== 'completion/complete') return {};
  return { ref: { type: 'ref/prompt', name: 'test_prompt_with_arguments' }, argument: { name: 'arg1', value: 'p' } };
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

interface StreamReader {
  next(method: string): Promise<{ id?: unknown }>;
  rest(): Promise<string>;
}

function readerOf(body: AsyncIterable<Uint8Array>): StreamReader {
  const chunks = body[Symbol.asyncIterator]();
  return {
    next: async (method) => {
      for (;;) {
        const { value } = await chunks.next();
        const data = /^data: (.+)$/m.exec(Buffer.from(value ?? []).toString())?.[1];
        const message = data === undefined ? undefined : JSON.parse(data);
        if (message?.method === method) return message;
      }
    },
    rest: () => textOf({ [Symbol.asyncIterator]: () => chunks }),
  };
}

/** An answer without the id that was presented, which it may repeat. */
function withoutId({ status, headers, body }: Shown, id: string): Shown {
  return { status, headers, body: body.replaceAll(id, '…') };
}

describe.each(Object.entries(kinds))('%s of another principal', (_, kind) => {
  it.each(Object.keys(kind.uses))('does not exist for %s', async (use) => {
    const world = openWorld();
    const given = async () => {
      const session = await world.sessionOf(ada);
      return { id: await kind.given(world, session), session };
    };
    const present = async (who: Principal, id: string, session: string) =>
      withoutId(await world.present(who, kind.uses[use]?.(id, session) ?? {}), id);

    const hers = await given();
    for (const [name, stranger] of Object.entries(strangers)) {
      const session = await world.sessionOf(stranger);
      expect(await present(stranger, hers.id, session), name).toEqual(await present(stranger, kind.unknown, session));
    }
    // And it was one that means something to her, in spite of the strangers.
    expect(await present(ada, hers.id, hers.session)).not.toEqual(await present(ada, kind.unknown, hers.session));
  });
});

describe('what a stranger sends from a session of their own', () => {
  it('is no answer to what another is asked, and cancels nothing of theirs', async () => {
    const world = openWorld();
    const eve = await world.sessionOf({ ...ada, subject: 'eve' });
    const hers = await world.sessionOf(ada, { elicitation: {} });
    const params = { name: 'test_input_required_result_elicitation', arguments: {} };
    const { next, rest } = await world.read(ada, legacy(hers, { id: 5, method: 'tools/call', params }));
    const { id } = await next('elicitation/create');
    const answer = (name: string) => ({ id, result: { action: 'accept', content: { name } } });
    const cancellation = { method: 'notifications/cancelled', params: { requestId: 5 } };
    await world.present({ ...ada, subject: 'eve' }, legacy(eve, answer('Eve')));
    await world.present({ ...ada, subject: 'eve' }, legacy(eve, cancellation));
    await world.present(ada, legacy(hers, answer('Ada')));
    expect(await rest()).toContain('Hello, Ada!');
  });
});

describe('this sweep', () => {
  it('knows every method that a server answers, and every method of /mcp', async () => {
    const world = openWorld();
    await world.present(ada, legacy(await world.sessionOf(ada), { id: 5, method: 'ping' }));
    await world.present(ada, modern('tools/list', {}));
    const uses = Object.values(kinds).flatMap((kind) => Object.keys(kind.uses));
    expect(world.methods).toContain('tasks/get');
    expect([...world.methods].filter((method) => !uses.includes(method) && !takeNone.includes(method))).toEqual([]);

    const contract = load(readFileSync(join(import.meta.dirname, '../../openapi/gateway.yaml'), 'utf8')) as Contract;
    const routes = Object.keys(contract.paths['/mcp'] ?? {}).map((method) => `${method.toUpperCase()} /mcp`);
    expect(routes).toContain('POST /mcp');
    expect(routes.filter((route) => route !== 'POST /mcp' && !uses.includes(route))).toEqual([]);
  });
});

interface Contract {
  paths: Record<string, object>;
}
