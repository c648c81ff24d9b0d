import { type CallToolResult, inputRequired } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runTask } from '../../functions/mcp/tasks/run-task.ts';
import { openTaskDesk } from '../../functions/mcp/tasks/task-desk.ts';
import { taskStore } from '../../functions/mcp/tasks/task-store.ts';
import type { Caller, ToolRoom } from '../../functions/mcp/tool-room.ts';
import { memoryState } from '../../functions/state/memory.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { states } from '../conformance/request-state.ts';
import { movableClock } from '../contract/state.ts';
import { ada } from './session-instances.ts';
import { smallRoom } from './small-room.ts';

afterEach(() => vi.useRealTimers());

const caller: Caller = { principal: ada, requestId: 'r', schemas: 'safe', deadline: 0 };
const done: CallToolResult = { content: [{ type: 'text', text: 'done' }] };
const question = inputRequired({
  inputRequests: {
    name: inputRequired.elicit({ message: 'Name?', requestedSchema: { type: 'object', properties: {} } }),
  },
});
type Answer = Awaited<ReturnType<ToolRoom['call']>>;

/** Tasks of one tool, of whose calls each is answered when the test does. */
function world(annotations: object = {}, through: (state: StateStore) => StateStore = (state) => state) {
  const clock = movableClock();
  const state = through(memoryState(clock));
  const calls: PromiseWithResolvers<Answer>[] = [];
  const room: ToolRoom = {
    ...smallRoom({ slow: { annotations } }),
    call: () => {
      const call = Promise.withResolvers<Answer>();
      calls.push(call);
      return call.promise;
    },
  };
  const started: string[] = [];
  const failed = (error: Error) => {
    throw error;
  };
  const start = async (id: string) => void started.push(id);
  const tasks = taskStore(state, clock);
  return {
    clock,
    calls,
    started,
    tasks,
    desk: openTaskDesk(room, { state, clock, start }, failed),
    work: (id: string) => runTask(id, clock() + 60_000, { tasks, room, states, clock, failed }),
  };
}

type World = ReturnType<typeof world>;

async function begin({ desk }: World): Promise<string> {
  const { id } = await desk.create(caller, { tool: 'slow', args: {}, capabilities: {}, answers: {} });
  return id;
}

describe('a task', () => {
  it('has one worker started, when its last answer comes twice at the same moment', async () => {
    const here = world();
    const id = await begin(here);
    const working = here.work(id);
    await vi.waitFor(() => expect(here.calls).toHaveLength(1));
    here.calls[0]?.resolve(question);
    await working;
    const answers = { '1:name': { action: 'accept', content: {} } };
    await Promise.all([here.desk.update(caller, id, answers), here.desk.update(caller, id, answers)]);
    expect(here.started).toEqual([id, id]);
  });

  it('goes on when its worker says that it is there at the moment in which it has asked and been answered', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const beat = Promise.withResolvers<void>();
    let beats = 0;
    const here = world({}, (state) => ({
      ...state,
      // The first beat has read the task, and is slow to change it.
      replace: async (key, version, value, expiresAt) => {
        const isBeat = value.status === 'working' && value.runs === 1 && here.calls.length === 1;
        if (isBeat) beats += 1;
        if (isBeat && beats === 1) await beat.promise;
        return state.replace(key, version, value, expiresAt);
      },
    }));
    const id = await begin(here);
    const working = here.work(id);
    await vi.waitFor(() => expect(here.calls).toHaveLength(1));
    vi.advanceTimersByTime(2_000);
    await vi.waitFor(() => expect(beats).toBe(1));
    here.calls[0]?.resolve(question);
    await vi.waitFor(async () => expect((await here.tasks.find(ada, id))?.status).toBe('input_required'));
    await here.desk.update(caller, id, { '1:name': { action: 'accept', content: {} } });
    beat.resolve();
    await working;
    await new Promise(setImmediate);
    const second = here.work(id);
    await vi.waitFor(() => expect(here.calls).toHaveLength(2));
    here.calls[1]?.resolve(done);
    await second;
    expect(await here.desk.get(caller, id)).toMatchObject({ status: 'completed', result: done });
  });

  it('is not asked for again by a worker that was given up, while another works on it', async () => {
    const here = world({ readOnlyHint: true });
    const id = await begin(here);
    const first = here.work(id);
    await vi.waitFor(() => expect(here.calls).toHaveLength(1));
    here.clock.advance(60_000);
    await here.desk.get(caller, id);
    const second = here.work(id);
    await vi.waitFor(() => expect(here.calls).toHaveLength(2));
    here.calls[0]?.resolve(question);
    await first;
    expect(await here.desk.get(caller, id)).toMatchObject({ status: 'working' });
    here.calls[1]?.resolve(done);
    await second;
    expect(await here.desk.get(caller, id)).toMatchObject({ status: 'completed', result: done });
  });

  it('is given to another worker as soon as its own has not been there for long enough', async () => {
    const here = world({ readOnlyHint: true });
    const id = await begin(here);
    void here.work(id);
    await vi.waitFor(() => expect(here.calls).toHaveLength(1));
    // A table that does not answer for some seconds is no sign that nobody works.
    here.clock.advance(9_000);
    await here.desk.get(caller, id);
    expect(here.started).toEqual([id]);
    here.clock.advance(1_001);
    await Promise.all([here.desk.get(caller, id), here.desk.get(caller, id)]);
    await here.desk.get(caller, id);
    expect(here.started).toEqual([id, id]);
  });
});
