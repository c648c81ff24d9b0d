import { describe, expect, it } from 'vitest';
import type { Principal } from '../../functions/auth/principal.ts';
import { mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { runTask } from '../../functions/mcp/tasks/run-task.ts';
import { taskStore } from '../../functions/mcp/tasks/task-store.ts';
import { memoryState } from '../../functions/state/memory.ts';
import { fixtureFace } from '../conformance/fixture-face.ts';
import { fixtureRoom } from '../conformance/fixture-room.ts';
import { movableClock } from '../contract/state.ts';
import { ada } from './session-instances.ts';

const extension = 'io.modelcontextprotocol/tasks';

/** A gateway whose workers begin only when the test says so, each time with what it then is. */
function world() {
  const clock = movableClock();
  const state = memoryState(clock);
  const started: string[] = [];
  const faults: Error[] = [];
  const failed = (error: Error) => void faults.push(error);
  const start = async (id: string) => void started.push(id);
  const endpoint = mcpEndpoint({
    url: 'http://127.0.0.1/mcp',
    face: fixtureFace,
    room: fixtureRoom(state),
    failed,
    tasks: { state, clock, start },
  });
  const worker = { tasks: taskStore(state, clock), room: fixtureRoom(state), clock, failed };
  return {
    clock,
    started,
    faults,
    work: (id: string) => runTask(id, clock() + 60_000, worker),
    async send(method: string, params: Record<string, unknown>, principal: Principal = ada) {
      const name = String(params.name ?? params.taskId ?? '');
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': { elicitation: {}, extensions: { [extension]: {} } },
      };
      const message = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } };
      const answer = await endpoint.post(
        {
          method: 'POST',
          path: '/mcp',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            'mcp-protocol-version': '2026-07-28',
            'mcp-method': method,
            'mcp-name': name,
          },
          query: {},
          parameters: {},
          body: '',
          principal,
          requestId: 'r',
          deadline: Date.now() + 10_000,
        },
        message,
      );
      return JSON.parse(String(answer.body));
    },
    async begin(name: string, args: Record<string, unknown>): Promise<string> {
      const { result } = await this.send('tools/call', { name, arguments: args });
      expect(result).toMatchObject({ resultType: 'task', status: 'working' });
      return result.taskId;
    },
  };
}

function withoutId(answer: unknown): string {
  return JSON.stringify(answer).replaceAll(/[0-9a-f-]{36}/g, '');
}

describe('a task', () => {
  it('is kept before its id is told, worked on once, and gives its result', async () => {
    const here = world();
    const id = await here.begin('slow_compute', { seconds: 0, label: 'x' });
    expect(here.started).toEqual([id]);
    expect((await here.send('tasks/get', { taskId: id })).result).toMatchObject({ status: 'working', taskId: id });
    await Promise.all([here.work(id), here.work(id)]);
    expect((await here.send('tasks/get', { taskId: id })).result).toMatchObject({
      status: 'completed',
      result: { content: [{ type: 'text', text: 'Computed x in 0 s.' }] },
    });
  });

  it('waits for answers without a worker, and takes them one by one', async () => {
    const here = world();
    const id = await here.begin('multi_input', {});
    await here.work(id);
    const asked = (await here.send('tasks/get', { taskId: id })).result;
    expect(asked.status).toBe('input_required');
    const [first, second] = Object.keys(asked.inputRequests) as [string, string];
    const named = (name: string) => ({ action: 'accept', content: { name } });
    await here.send('tasks/update', { taskId: id, inputResponses: { [first]: named('Ada'), nonsense: named('x') } });
    expect(Object.keys((await here.send('tasks/get', { taskId: id })).result.inputRequests)).toEqual([second]);
    expect(here.started).toHaveLength(1);
    await here.send('tasks/update', { taskId: id, inputResponses: { [second]: named('Byron') } });
    expect(here.started).toHaveLength(2);
    await here.work(id);
    expect((await here.send('tasks/get', { taskId: id })).result.result.content[0].text).toBe('Ada and Byron');
  });

  it('that was cancelled keeps no result, however its worker ends', async () => {
    const here = world();
    const id = await here.begin('slow_compute', { seconds: 0.05 });
    const working = here.work(id);
    expect((await here.send('tasks/cancel', { taskId: id })).result).toMatchObject({ resultType: 'complete' });
    await working;
    const { result } = await here.send('tasks/get', { taskId: id });
    expect(result.status).toBe('cancelled');
    expect(result.result).toBeUndefined();
    expect((await here.send('tasks/cancel', { taskId: id })).result).toMatchObject({ resultType: 'complete' });
  });

  it('whose worker never began is given to another when the client looks', async () => {
    const here = world();
    const id = await here.begin('slow_compute', { seconds: 0 });
    here.clock.advance(60_000);
    await here.send('tasks/get', { taskId: id });
    expect(here.started).toEqual([id, id]);
    await here.work(id);
    expect((await here.send('tasks/get', { taskId: id })).result.status).toBe('completed');
  });

  it('whose worker died is not begun again where that may do harm: the client is told', async () => {
    const here = world();
    const id = await here.begin('slow_compute', { seconds: 0.3 });
    const working = here.work(id);
    await new Promise(setImmediate);
    here.clock.advance(60_000);
    const { result } = await here.send('tasks/get', { taskId: id });
    expect(here.started).toEqual([id]);
    expect(result).toMatchObject({ status: 'completed', result: { isError: true } });
    expect(result.result.content[0].text).toContain('is not known');
    await working;
    expect((await here.send('tasks/get', { taskId: id })).result).toMatchObject({ result: { isError: true } });
  });

  it('does not exist for anyone but its principal', async () => {
    const here = world();
    const id = await here.begin('slow_compute', { seconds: 0 });
    const eve = { ...ada, subject: 'eve' };
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const answer = await here.send(method, { taskId: id, inputResponses: {} }, eve);
      const unknown = await here.send(method, { taskId: crypto.randomUUID(), inputResponses: {} }, eve);
      expect(answer.error.code).toBe(-32602);
      expect(withoutId(answer)).toEqual(withoutId(unknown));
    }
  });

  it('is gone after its hour', async () => {
    const here = world();
    const id = await here.begin('slow_compute', { seconds: 0 });
    await here.work(id);
    here.clock.advance(3_600_000);
    expect((await here.send('tasks/get', { taskId: id })).result.status).toBe('completed');
    here.clock.advance(120_000);
    expect((await here.send('tasks/get', { taskId: id })).error.code).toBe(-32602);
  });
});
