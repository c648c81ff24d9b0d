import { Client as ModernClient, StreamableHTTPClientTransport as ModernHttp } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endpointOf, outcome } from './clients.ts';
import { type ReportsGateway, startReportsGateway } from './reports-gateway.ts';
import { sendModern } from './send-modern.ts';
import { legacyStdio, modernStdio } from './stdio-clients.ts';

let gateway: ReportsGateway;
let backend: ReportsGateway['backend'];
beforeAll(async () => {
  // Clients that do not know tasks are answered at once.
  gateway = await startReportsGateway({ requires_confirmation: true, long_running: true });
  backend = gateway.backend;
});
afterAll(() => gateway.close());

const identity = { name: 'journey', version: '1.0.0' };
const able = { elicitation: {} };
type Action = 'accept' | 'decline' | 'cancel';

/** A client whose user answers every question with `action`, and remembers what was asked. */
interface Asked {
  questions: string[];
  call(args: Record<string, unknown>): Promise<ReturnType<typeof outcome>>;
  close(): Promise<void>;
}

const call = (args: Record<string, unknown>) => ({ name: 'make_report', arguments: args });

type LegacyTransport = Parameters<LegacyClient['connect']>[0];
type ModernTransport = Parameters<ModernClient['connect']>[0];

async function legacyClient(transport: LegacyTransport, action: Action, capabilities: object): Promise<Asked> {
  const questions: string[] = [];
  const client = new LegacyClient(identity, { capabilities });
  if ('elicitation' in capabilities) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      questions.push(params.message);
      return { action, ...(action === 'accept' && { content: {} }) };
    });
  }
  await client.connect(transport);
  const tell = async (args: Record<string, unknown>) =>
    outcome((await client.callTool(call(args))) as Parameters<typeof outcome>[0]);
  return { questions, call: tell, close: () => client.close() };
}

async function modernClient(transport: ModernTransport, action: Action, capabilities: object): Promise<Asked> {
  const questions: string[] = [];
  const client = new ModernClient(identity, { capabilities, versionNegotiation: { mode: 'auto' } });
  if ('elicitation' in capabilities) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params.message);
      return { action, ...(action === 'accept' && { content: {} }) };
    });
  }
  await client.connect(transport);
  return { questions, call: async (args) => outcome(await client.callTool(call(args))), close: () => client.close() };
}

const bearing = (token: string) => ({ requestInit: { headers: { authorization: `Bearer ${token}` } } });
const legacyHttp = (url: string, token: string) => new LegacyHttp(endpointOf(url), bearing(token)) as LegacyTransport;
const modernHttp = (url: string, token: string) => new ModernHttp(endpointOf(url), bearing(token));

/** How a client with a token comes to the gateway. */
type Connect = (token: string, action: Action, capabilities: object) => Promise<Asked>;
const kinds: [string, Connect][] = [
  ['of 2025-11-25', (token, ...rest) => legacyClient(legacyHttp(gateway.url, token), ...rest)],
  ['of 2026-07-28', (token, ...rest) => modernClient(modernHttp(gateway.url, token), ...rest)],
  ['of 2025-11-25 over stdio', (token, ...rest) => legacyClient(legacyStdio(gateway.url, token), ...rest)],
  ['of 2026-07-28 over stdio', (token, ...rest) => modernClient(modernStdio(gateway.url, token), ...rest)],
];

describe.each(kinds)('a tool that needs confirmation, called by a client %s', (kind, connecting) => {
  const tokenOf = (subject: string) => gateway.token('operator', `${subject} ${kind}`);
  const connect = (token: string, action: Action, capabilities: object = able) =>
    connecting(token, action, capabilities);

  it('is called when the user accepts, who is shown the tool and the arguments', async () => {
    const client = await connect(await tokenOf('accepting'), 'accept');
    const answer = await client.call({ title: 'May' });
    expect(answer).toMatchObject({ isError: false, structured: { path: '/reports' } });
    expect(client.questions).toHaveLength(1);
    expect(client.questions[0]).toContain('make_report');
    expect(client.questions[0]).toContain('"title": "May"');
    await client.close();
    const records = await gateway.auditRecords(`accepting ${kind}`);
    expect(records.map(({ kind, user_consent }) => [kind, user_consent]).sort()).toEqual([
      ['intent', true],
      ['outcome', undefined],
    ]);
  });

  it('asks again for the next call', async () => {
    const client = await connect(await tokenOf('twice'), 'accept');
    await client.call({ title: 'May' });
    await client.call({ title: 'May' });
    expect(client.questions).toHaveLength(2);
    await client.close();
  });

  it.each(['decline', 'cancel'] as const)(
    'is not called when the user chooses %s, and the log says so',
    async (action) => {
      const client = await connect(await tokenOf(action), action);
      const before = backend.requests;
      expect(await client.call({ title: 'June' })).toMatchObject({
        isError: true,
        structured: { kind: 'declined_by_user' },
      });
      expect(backend.requests).toBe(before);
      await client.close();
      expect(await gateway.auditRecords(`${action} ${kind}`)).toMatchObject([
        { kind: 'refusal', decision: 'declined_by_user' },
      ]);
    },
  );

  it('is not called for a client that cannot ask its user', async () => {
    const client = await connect(await tokenOf('unable'), 'accept', {});
    const before = backend.requests;
    const refused = await client.call({ title: 'July' }).then(
      ({ isError, text }) => (isError ? text : 'called'),
      ({ message }: Error) => message,
    );
    expect(refused).toMatch(/elicitation/i);
    expect(backend.requests).toBe(before);
    await client.close();
  });
});

describe('the consent to a call', () => {
  const extension = 'io.modelcontextprotocol/tasks';
  let token: string;
  beforeEach(async () => {
    token = await gateway.token('operator', 'ada');
  });

  const send = (method: string, params: Record<string, unknown>, as = token, capabilities: object = able) =>
    sendModern({ url: gateway.url, token: as, capabilities }, method, params);

  const accepted = { confirm: { action: 'accept', content: {} } };
  const may = call({ title: 'May' });

  /** What a client is given to ask its user, and to bring back. */
  async function ask(params: Record<string, unknown> = may): Promise<string> {
    const { result } = await send('tools/call', params);
    expect(result).toMatchObject({ resultType: 'input_required', inputRequests: { confirm: expect.anything() } });
    return String(result?.requestState);
  }

  const bring = (requestState: string, params: Record<string, unknown> = may, as = token) =>
    send('tools/call', { ...params, inputResponses: accepted, requestState }, as);

  /** One character of the seal is another; the last would hold bits that nobody looks at. */
  const changed = (state: string) => {
    const at = state.length - 5;
    return `${state.slice(0, at)}${state[at] === 'A' ? 'B' : 'A'}${state.slice(at + 1)}`;
  };

  const asksAgain = { result: { resultType: 'input_required' } };
  const refused = { error: { code: -32602 } };

  it('counts once: whoever brings it again is asked again', async () => {
    const state = await ask();
    expect(await bring(state)).toMatchObject({ result: { resultType: 'complete' } });
    const before = backend.requests;
    expect(await bring(state)).toMatchObject(asksAgain);
    expect(backend.requests).toBe(before);
  });

  it('counts once also when it is brought twice at the same time', async () => {
    const state = await ask();
    const before = backend.requests;
    const answers = await Promise.all([bring(state), bring(state), bring(state)]);
    expect(answers.map(({ result }) => result?.resultType).sort()).toEqual([
      'complete',
      'input_required',
      'input_required',
    ]);
    expect(backend.requests).toBe(before + 1);
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ['with other arguments', async () => bring(await ask(), call({ title: 'June' })), refused],
    ['by somebody else', async () => bring(await ask(), may, await gateway.token('operator', 'eve')), refused],
    ['with a state that was changed', async () => bring(changed(await ask())), refused],
    ['without a state', async () => send('tools/call', { ...may, inputResponses: accepted }), asksAgain],
    [
      'with the state of another tool',
      async () => {
        await gateway.admin('PATCH', '/admin/tools/create_booking', { requires_confirmation: true });
        const customer = { name: 'Ada Byron', email: 'ada@example.com' };
        const args = { vehicleId: 'V-1', slot: '2026-12-01T10:00:00Z', customer };
        return bring(await ask({ name: 'create_booking', arguments: args }));
      },
      refused,
    ],
  ])('is none %s', async (_, attempt, expected) => {
    const before = backend.requests;
    expect(await attempt()).toMatchObject(expected);
    expect(backend.requests).toBe(before);
  });

  it('is none for a tool that has changed since', async () => {
    const state = await ask();
    const description = 'Now does something else.';
    await gateway.patch({ description });
    // An instance trusts what it has read for some seconds.
    const listed = async () => JSON.stringify((await send('tools/list', {})).result);
    await expect.poll(listed, { timeout: 15_000, interval: 250 }).toContain(description);
    const before = backend.requests;
    expect(await bring(state)).toMatchObject(asksAgain);
    expect(backend.requests).toBe(before);
    await gateway.patch({ description: null });
  });

  it('is asked for in a task of a tool that takes long', async () => {
    const capabilities = { ...able, extensions: { [extension]: {} } };
    const { result: task } = await send('tools/call', may, token, capabilities);
    expect(task).toMatchObject({ resultType: 'task' });
    const taskId = task?.taskId;
    const look = async () => (await send('tasks/get', { taskId }, token, capabilities)).result;
    const soon = { timeout: 20_000, interval: 100 };
    await expect.poll(async () => (await look())?.status, soon).toBe('input_required');
    const [question] = Object.keys(((await look())?.inputRequests ?? {}) as object);
    const inputResponses = { [String(question)]: { action: 'accept', content: {} } };
    await send('tasks/update', { taskId, inputResponses }, token, capabilities);
    await expect.poll(async () => (await look())?.status, soon).toBe('completed');
    expect(await look()).toMatchObject({ result: { structuredContent: { path: '/reports' } } });
  });
});
