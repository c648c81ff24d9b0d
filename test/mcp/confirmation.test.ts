import { afterEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { aTool } from '../contract/sample.ts';
import { type ConfirmingGateway, confirmingGateway, type Message } from './confirming-gateway.ts';

const limits = { type: 'object', properties: { 'amount[max]': { type: 'number' }, amount_max: { type: 'number' } } };

/** Pays somebody, if asked to by someone who may. */
function pay(changes: Parameters<typeof aTool>[1] = {}) {
  const argument = (name: string) => ({
    argument: name,
    in: 'query' as const,
    name,
    style: 'form' as const,
    explode: true,
  });
  return aTool('pay', {
    requires_confirmation: true,
    input_schema: { type: 'object', properties: { to: { type: 'string' }, note: { type: 'string' }, limits } },
    binding: {
      kind: 'http',
      backend: 'dealers',
      api_endpoint: '/v1/pay',
      http_method: 'POST',
      parameters: [argument('to')],
    },
    ...changes,
  });
}

let gateway: ConfirmingGateway;
afterEach(() => gateway.close());

const toBob = { name: 'pay', arguments: { to: 'bob' } };
const yes = { confirm: { action: 'accept', content: {} } };
const questionIn = (result: Record<string, unknown> | undefined) =>
  (result?.inputRequests as { confirm?: { params: { message: string } } } | undefined)?.confirm?.params.message ?? '';

async function ask(params: Record<string, unknown> = toBob): Promise<string> {
  const { message } = await gateway.modern('tools/call', params);
  expect(message.result).toMatchObject({ resultType: 'input_required' });
  return String(message.result?.requestState);
}

describe('a consent', () => {
  it('is none after ten minutes', async () => {
    gateway = await confirmingGateway([pay()]);
    const requestState = await ask();
    const later = Date.now() + 601_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    const { message } = await gateway.modern('tools/call', { ...toBob, inputResponses: yes, requestState });
    vi.restoreAllMocks();
    expect(message.error?.code).toBe(-32602);
    expect(gateway.sent).toEqual([]);
  });

  it('is none to the same words in the other form of schemas, where they name something else', async () => {
    gateway = await confirmingGateway([pay()]);
    const requestState = await ask();
    const again = { ...toBob, inputResponses: yes, requestState };
    const { message } = await gateway.modern('tools/call', again, { query: { schemas: 'lossless' } });
    expect(message.error?.code).toBe(-32602);
    expect(gateway.sent).toEqual([]);
  });

  it('is none after a no', async () => {
    gateway = await confirmingGateway([pay()]);
    const requestState = await ask();
    const no = { confirm: { action: 'decline' } };
    const declined = await gateway.modern('tools/call', { ...toBob, inputResponses: no, requestState });
    expect(declined.message.result).toMatchObject({ structuredContent: { kind: 'declined_by_user' } });
    const { message } = await gateway.modern('tools/call', { ...toBob, inputResponses: yes, requestState });
    expect(message.result).toMatchObject({ resultType: 'input_required' });
    expect(gateway.sent).toEqual([]);
  });

  it('that cannot be counted is not taken: nothing is sent', async () => {
    let isDown = false;
    gateway = await confirmingGateway([pay()], {
      through: (state) => ({
        ...state,
        create: async (...entry) => {
          if (isDown) throw new GatewayError('unavailable', 'A table of the gateway did not answer; try again.');
          return state.create(...entry);
        },
      }),
    });
    const requestState = await ask();
    isDown = true;
    const { message } = await gateway.modern('tools/call', { ...toBob, inputResponses: yes, requestState });
    expect(message.error?.data).toMatchObject({ code: 'unavailable' });
    expect(gateway.sent).toEqual([]);
  });
});

describe('the key of request states', () => {
  it('that cannot be read is an outage and not a forged state', async () => {
    let isDown = false;
    const readKey = async () => {
      if (isDown) throw new GatewayError('unavailable', 'Secrets cannot be read now.');
      return 'k'.repeat(40);
    };
    gateway = await confirmingGateway([pay()], { readKey });
    const requestState = await ask();
    isDown = true;
    const params = { ...toBob, inputResponses: yes, requestState };
    expect((await gateway.modern('tools/call', params)).message.error).toMatchObject({
      message: 'Secrets cannot be read now.',
    });
    expect((await gateway.modern('tools/call', toBob)).message.error?.data).toMatchObject({ code: 'unavailable' });
    isDown = false;
    expect((await gateway.modern('tools/call', params)).message.result).toMatchObject({ resultType: 'complete' });
    expect(gateway.sent).toHaveLength(1);
  });

  it('that was replaced opens nothing that the former one sealed', async () => {
    let key = 'a'.repeat(40);
    gateway = await confirmingGateway([pay()], { readKey: async () => key });
    const requestState = await ask();
    key = 'b'.repeat(40);
    const { message } = await gateway.modern('tools/call', { ...toBob, inputResponses: yes, requestState });
    expect(message.error?.code).toBe(-32602);
    expect(gateway.faults.map(String)).toEqual([expect.stringContaining('state of a request was refused')]);
    expect(gateway.sent).toEqual([]);
  });
});

describe('the question', () => {
  const askedFor = async (args: Record<string, unknown>) => {
    const { message } = await gateway.modern('tools/call', { name: 'pay', arguments: args });
    return questionIn(message.result);
  };

  it('names the tool, the backend and every argument', async () => {
    gateway = await confirmingGateway([pay({ title: 'Pay somebody' })]);
    const question = await askedFor({ to: 'bob' });
    expect(question).toContain('“Pay somebody” (pay), a write tool of dealers');
    expect(question).toContain('"to": "bob"');
    expect(question).not.toContain('Not all');
  });

  it('shortens a long argument, and none behind it is lost', async () => {
    gateway = await confirmingGateway([pay()]);
    const question = await askedFor({ note: 'x'.repeat(5_000), to: 'mallory' });
    expect(question).toMatch(/^Not all of the arguments is shown\./);
    expect(question).toContain('(4700 characters more)');
    expect(question).toContain('"to": "mallory"');
  });

  it('shows marks that could make a text look like another', async () => {
    gateway = await confirmingGateway([pay()]);
    expect(await askedFor({ to: 'bob\u202Eyrollam\u200B' })).toContain('"to": "bob\\u{202e}yrollam\\u{200b}"');
  });
});

describe('a client that cannot ask its user', () => {
  const unable: object[] = [{}, { elicitation: { url: {} } }];

  it.each(unable)(
    'of 2026-07-28 with the capabilities %j is told what it lacks, and the log says who tried',
    async (capabilities) => {
      gateway = await confirmingGateway([pay()]);
      const { message } = await gateway.modern('tools/call', toBob, { capabilities });
      expect(message.error).toMatchObject({ code: -32021, data: { requiredCapabilities: { elicitation: {} } } });
      expect(await gateway.records()).toMatchObject([{ kind: 'refusal', tool: 'pay', decision: 'cannot_ask_user' }]);
    },
  );

  it('of 2025-11-25 is told so by the tool, and the log says who tried', async () => {
    gateway = await confirmingGateway([pay()]);
    const session = await gateway.begin('2025-11-25', {});
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: toBob };
    const { message } = await gateway.legacy(session, call);
    expect(message.result).toMatchObject({ isError: true, structuredContent: { kind: 'cannot_ask_user' } });
    expect(await gateway.records()).toMatchObject([{ kind: 'refusal', tool: 'pay', decision: 'cannot_ask_user' }]);
  });

  it('has its task fail, whatever it answers', async () => {
    gateway = await confirmingGateway([pay({ long_running: true })]);
    const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
    const { message } = await gateway.modern('tools/call', toBob, { capabilities });
    const taskId = message.result?.taskId;
    const look = async () => (await gateway.modern('tasks/get', { taskId }, { capabilities })).message.result;
    await expect.poll(look).toMatchObject({ status: 'failed', error: { code: -32021 } });
    await gateway.modern('tasks/update', { taskId, inputResponses: yes }, { capabilities });
    expect(await look()).toMatchObject({ status: 'failed' });
    expect(gateway.sent).toEqual([]);
    expect(await gateway.records()).toMatchObject([{ kind: 'refusal', decision: 'cannot_ask_user' }]);
  });
});

describe('when another instance takes over while a client of 2025 is asked', () => {
  const call = (id: number) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: toBob });
  const questionsIn = (messages: Message[]) => messages.filter(({ method }) => method === 'elicitation/create');
  const answer = (id: unknown) => ({ jsonrpc: '2.0', id, result: { action: 'accept', content: {} } });
  /** Milliseconds: less than a client takes, so that the instance leaves the stream to another. */
  const waitMs = 2_500;

  it('the consent that was given meanwhile is taken', async () => {
    gateway = await confirmingGateway([pay()]);
    const session = await gateway.begin('2025-11-25', { elicitation: {} });
    const { messages, lastEvent: after } = await gateway.legacy(session, call(2), { waitMs });
    await gateway.legacy(session, answer(questionsIn(messages)[0]?.id));
    const { message } = await gateway.legacy(session, undefined, { after });
    expect(message).toMatchObject({ id: 2, result: { structuredContent: { done: true } } });
    expect(gateway.sent).toEqual(['POST /v1/pay?to=bob']);
  });

  it('a consent to what the tool was is none to what it has become', async () => {
    gateway = await confirmingGateway([pay()]);
    const session = await gateway.begin('2025-11-25', { elicitation: {} });
    const { messages, lastEvent: after } = await gateway.legacy(session, call(2), { waitMs });
    const { binding } = pay();
    await gateway.publish([pay({ binding: { ...binding, api_endpoint: '/v2/transfer-all', http_method: 'DELETE' } })]);
    const [asked] = questionsIn(messages);
    await gateway.legacy(session, answer(asked?.id));
    const resumed = await gateway.legacy(session, undefined, { after, waitMs });
    const [askedAgain] = questionsIn(resumed.messages);
    expect(askedAgain?.params?.message).toBe(asked?.params?.message);
    expect(askedAgain?.id).not.toBe(asked?.id);
    expect(gateway.sent).toEqual([]);
  });

  it('one consent is none to the equal call beside it', async () => {
    gateway = await confirmingGateway([pay()]);
    const session = await gateway.begin('2025-03-26', { elicitation: {} });
    const first = await gateway.legacy(session, [call(2), call(3)], { waitMs });
    const questions = questionsIn(first.messages);
    expect(questions).toHaveLength(2);
    await gateway.legacy(session, answer(questions[0]?.id));
    const second = await gateway.legacy(session, undefined, { after: first.lastEvent, waitMs });
    const third = await gateway.legacy(session, undefined, { after: second.lastEvent, waitMs });
    // It still waits for its own answer.
    expect(third.messages).toEqual([]);
    expect(gateway.sent).toEqual(['POST /v1/pay?to=bob']);
  });
});
