import type { CallToolResult } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../functions/auth/principal.ts';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { runTask } from '../../functions/mcp/tasks/run-task.ts';
import { taskStore } from '../../functions/mcp/tasks/task-store.ts';
import type { ToolRoom } from '../../functions/mcp/tool-room.ts';
import { memoryState } from '../../functions/state/memory.ts';
import { fixtureFace } from '../conformance/fixture-face.ts';
import { fixtureRoom } from '../conformance/fixture-room.ts';
import { states } from '../conformance/request-state.ts';
import { movableClock } from '../contract/state.ts';
import { ada } from './session-instances.ts';
import { smallRoom } from './small-room.ts';

const extension = 'io.modelcontextprotocol/tasks';

/**
 * A gateway whose workers begin only when the test says so, each time with what it then is. `given` is a room in place of
 * the fixtures'; `startFails` is set by tests in which no worker can be had.
 */
function world(given?: ToolRoom) {
  const clock = movableClock();
  const state = memoryState(clock);
  const started: string[] = [];
  const faults: Error[] = [];
  const failed = (error: Error) => void faults.push(error);
  const room = given ?? fixtureRoom(state);
  const trouble: { startFails?: (id: string) => Promise<void> } = {};
  const start = async (id: string) => {
    started.push(id);
    await trouble.startFails?.(id);
  };
  const endpoint = mcpEndpoint({
    url: 'http://127.0.0.1/mcp',
    face: fixtureFace,
    room,
    states,
    failed,
    tasks: { state, clock, start },
  });
  const worker = { tasks: taskStore(state, clock), room, states, clock, failed };
  return {
    clock,
    started,
    faults,
    trouble,
    work: (id: string, timeLeft = 60_000) => runTask(id, clock() + timeLeft, worker),
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

const done: CallToolResult = { content: [{ type: 'text', text: 'done' }] };

/** A room with one tool, `slow`, whose calls end when `finish` was called. */
function slowRoom(annotations: object) {
  const finished = Promise.withResolvers<void>();
  const room = smallRoom({ slow: { annotations, answer: () => done } });
  return {
    ...room,
    finish: finished.resolve,
    taskSupport: async () => ({ isRequired: false }),
    call: async (...call: Parameters<ToolRoom['call']>) => {
      const [answer] = await Promise.all([room.call(...call), finished.promise]);
      return answer;
    },
  };
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

  it('whose worker has no more time is begun again where that can do no harm', async () => {
    const room = slowRoom({ readOnlyHint: true });
    const here = world(room);
    const id = await here.begin('slow', {});
    await here.work(id, 2_010);
    expect((await here.send('tasks/get', { taskId: id })).result.status).toBe('working');
    here.clock.advance(20_000);
    await Promise.all([1, 2, 3].map(() => here.send('tasks/get', { taskId: id })));
    expect(here.started).toEqual([id, id]);
    room.finish();
    await here.work(id);
    expect((await here.send('tasks/get', { taskId: id })).result).toMatchObject({ status: 'completed', result: done });
  });

  it('whose worker has no more time is not begun again elsewhere: the client is told', async () => {
    const here = world(slowRoom({ readOnlyHint: false }));
    const id = await here.begin('slow', {});
    await here.work(id, 2_010);
    here.clock.advance(20_000);
    const { result } = await here.send('tasks/get', { taskId: id });
    expect(here.started).toEqual([id]);
    expect(result).toMatchObject({ status: 'completed', result: { isError: true } });
  });

  it('leaves its worker time to record a call that ran into its deadline', async () => {
    const room = slowRoom({});
    const here = world(room);
    const id = await here.begin('slow', {});
    room.finish();
    await here.work(id, 60_000);
    expect(room.callers).toMatchObject([
      { deadline: here.clock() + 55_000, requestId: 'r', taskId: id, principal: ada, schemas: 'safe' },
    ]);
  });

  it('for which no worker can be had is an error at once, and is never worked on', async () => {
    const room = slowRoom({});
    const here = world(room);
    here.trouble.startFails = async () => {
      throw new GatewayError('unavailable', 'No worker.');
    };
    const { error } = await here.send('tools/call', { name: 'slow', arguments: {} });
    expect(error).toMatchObject({
      code: -32603,
      message: 'No worker.',
      data: { code: 'unavailable', request_id: 'r' },
    });
    await here.work(here.started[0] ?? '');
    expect(room.callers).toEqual([]);
    expect(here.faults).toHaveLength(1);
  });

  it('whose start seemed to fail is a task even so when its worker has begun', async () => {
    const here = world();
    here.trouble.startFails = async (id) => {
      await here.work(id);
      throw new GatewayError('unavailable', 'No worker.');
    };
    const { result } = await here.send('tools/call', { name: 'slow_compute', arguments: { seconds: 0 } });
    expect(result).toMatchObject({ resultType: 'task', status: 'completed' });
  });

  it('tells nothing of failures that no client is meant to see', async () => {
    const here = world();
    here.trouble.startFails = async () => {
      throw new Error('secret-host:443 refused');
    };
    const answer = await here.send('tools/call', { name: 'slow_compute', arguments: { seconds: 0 } });
    expect(answer.error.data).toEqual({ code: 'internal', request_id: 'r' });
    expect(JSON.stringify(answer)).not.toContain('secret-host');
  });

  it('goes on after its answers also when its worker could not be had at once, whatever harm it can do', async () => {
    const here = world();
    const id = await here.begin('confirm_delete', { filename: 'a.txt' });
    await here.work(id);
    const [key = ''] = Object.keys((await here.send('tasks/get', { taskId: id })).result.inputRequests);
    here.trouble.startFails = async () => {
      throw new GatewayError('unavailable', 'No worker.');
    };
    const answer = { action: 'accept', content: { confirm: true } };
    expect((await here.send('tasks/update', { taskId: id, inputResponses: { [key]: answer } })).error).toBeUndefined();
    expect(here.faults).toHaveLength(1);
    here.trouble.startFails = async () => {};
    here.clock.advance(60_000);
    await here.send('tasks/get', { taskId: id });
    await here.work(here.started.at(-1) ?? '');
    const { result } = await here.send('tasks/get', { taskId: id });
    expect(result.result.content[0].text).toBe('Deleted a.txt.');
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
