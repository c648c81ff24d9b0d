import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../functions/gateway/clock.ts';
import { taskStore } from '../../functions/mcp/tasks/task-store.ts';
import { type FixtureProcess, type FixtureProcesses, startProcesses } from '../conformance/processes.ts';

let world: FixtureProcesses;
let alive: FixtureProcess[];
/** By method of the protocol, or of HTTP where there is no message: who got the last one. */
let carriers: Map<string, FixtureProcess>;
let turn = 0;

beforeEach(async () => {
  world = await startProcesses(3);
  alive = [...world.processes];
  carriers = new Map();
});
afterEach(() => world.close());

/** Sends each request to the next of the processes that are alive, as a load balancer does. */
const send: typeof fetch = (_, init) => {
  const carrier = alive[turn % alive.length] as FixtureProcess;
  turn += 1;
  const { method } = JSON.parse(String(init?.body ?? '{}')) as { method?: string };
  carriers.set(method ?? String(init?.method), carrier);
  return fetch(`${carrier.url}/mcp`, init);
};

/** Ends the process that got the last message of a method, without notice. */
async function killCarrierOf(method: string): Promise<void> {
  const carrier = carriers.get(method);
  alive = alive.filter((each) => each !== carrier);
  await carrier?.kill();
}

const identity = { name: 'journey', version: '1.0.0' };
const capabilities = { elicitation: {} };
const endpoint = new URL('http://127.0.0.1/mcp');

async function legacyClient(through: typeof fetch = send): Promise<LegacyClient> {
  const client = new LegacyClient(identity, { capabilities });
  await client.connect(new LegacyTransport(endpoint, { fetch: through }) as Parameters<LegacyClient['connect']>[0]);
  return client;
}

describe('a client finishes although the process that served it dies while the user is being asked', () => {
  it('when it is a client of 2025, whose stream another process takes over', async () => {
    const client = await legacyClient();
    const asked: string[] = [];
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      asked.push(params.message);
      await killCarrierOf('tools/call');
      return { action: 'accept', content: { name: 'Ada' } };
    });
    const { content } = await client.callTool({ name: 'test_input_required_result_elicitation', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
    expect(asked).toEqual(['What is your name?']);
    expect(alive).toHaveLength(2);
  });

  it('when it is a client of 2026, which carries the state of the call itself', async () => {
    const client = new ModernClient(identity, { capabilities, versionNegotiation: { mode: 'auto' } });
    await client.connect(new ModernTransport(endpoint, { fetch: send }));
    const answers = [{ name: 'Ada' }, { color: 'green' }];
    client.setRequestHandler('elicitation/create', async () => {
      if (alive.length > 1) await killCarrierOf('tools/call');
      return { action: 'accept', content: answers.shift() ?? {} };
    });
    const { content } = await client.callTool({ name: 'test_input_required_result_multi_round', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: 'Ada likes green.' }]);
    expect(alive).toHaveLength(1);
  });
});

describe('a client whose stream breaks off in the middle of a call', () => {
  const call = { name: 'write_slowly', arguments: { steps: 5, step_ms: 300 } };

  it('is told that the outcome is not known, when the process has died with it', async () => {
    const client = await legacyClient();
    const result = await client.callTool(call, undefined, { onprogress: () => void killCarrierOf('tools/call') });
    expect(result).toMatchObject({ isError: true, structuredContent: { kind: 'interrupted' } });
    expect(alive).toHaveLength(2);
  });

  it('gets the rest through another process, when only the connection has broken', async () => {
    const client = await legacyClient(async (input, init) => {
      const response = await send(input, init);
      const isStream = response.headers.get('content-type') === 'text/event-stream';
      return isStream && init?.method === 'POST' ? cutInTheMiddle(response) : response;
    });
    const steps: number[] = [];
    const result = await client.callTool(call, undefined, { onprogress: ({ progress }) => void steps.push(progress) });
    expect(result).toMatchObject({ content: [{ type: 'text', text: 'All 5 steps are written.' }] });
    expect(steps).toEqual([1, 2, 3, 4, 5]);
    expect(carriers.get('GET')).not.toBe(carriers.get('tools/call'));
  });
});

/** A response whose connection breaks after its first message, which comes after an event without one. */
function cutInTheMiddle({ body, status, headers }: Response): Response {
  let chunks = 0;
  const cut = new TransformStream({
    transform: (chunk, controller) => {
      controller.enqueue(chunk);
      chunks += 1;
      if (chunks === 2) controller.terminate();
    },
  });
  return new Response(body?.pipeThrough(cut), { status, headers });
}

const extension = 'io.modelcontextprotocol/tasks';

/** A request of a client of 2026 that has tasks; gives its result. */
async function ask(method: string, params: Record<string, unknown>) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { extensions: { [extension]: {} } },
  };
  const response = await send(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': String(params.name ?? params.taskId),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
  const { result } = (await response.json()) as { result: { taskId: string; status: string; result?: unknown } };
  return result;
}

describe('a task whose worker dies', () => {
  it('is begun again by another process where that does no harm, and is else said to have an unknown outcome', async () => {
    const begin = async (name: string) => {
      const { taskId } = await ask('tools/call', { name, arguments: { steps: 2, step_ms: 2_000 } });
      const carrier = carriers.get('tools/call');
      return { taskId, carrier };
    };
    const tasks = taskStore(world.state, systemClock);
    const reading = await begin('read_slowly');
    turn -= 1;
    const writing = await begin('write_slowly');
    expect(writing.carrier).toBe(reading.carrier);
    for (const { taskId } of [reading, writing]) {
      await expect.poll(async () => (await tasks.change(taskId, () => undefined))?.runs).toBe(1);
    }
    await killCarrierOf('tools/call');
    const resultOf = async ({ taskId }: { taskId: string }) => (await ask('tasks/get', { taskId })).result;
    const patience = { timeout: 25_000, interval: 500 };
    await expect
      .poll(() => resultOf(reading), patience)
      .toMatchObject({ content: [{ text: 'All 2 steps are read.' }] });
    await expect
      .poll(() => resultOf(writing), patience)
      .toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining('is not known') }],
      });
  });
});
