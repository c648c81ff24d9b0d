import {
  CLIENT_CAPABILITIES_META_KEY,
  isInputRequiredResult,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Clock } from '../../gateway/clock.ts';
import { authInfoOf } from '../caller.ts';
import { canAskUser } from '../can-ask-user.ts';
import type { RequestStates } from '../request-state.ts';
import type { Caller, ToolRoom } from '../tool-room.ts';
import { isBegun, isOver, type Task } from './task.ts';
import type { TaskStore } from './task-store.ts';

/** While a worker is there it says so this often; who has not for five times as long is gone. */
const beatMs = 2_000;
const holdMs = 5 * beatMs;

/** What a worker keeps back of its time: to record a call that ran into its deadline, and at last to let go of the task. */
const reserveMs = 5_000;
const partingMs = 2_000;

export interface RunTaskDeps {
  tasks: TaskStore;
  room: ToolRoom;
  clock: Clock;
  failed: (error: Error) => void;
  /** Opens what a tool has sealed for its next round. */
  states: RequestStates;
}

/**
 * Works on a task until it is over or has to ask the client, and gives it up when the time is over: `deadline`, in epoch
 * milliseconds. Does nothing for a task that someone else works on. What the tool answers is kept, unless the task was
 * cancelled meanwhile.
 */
export async function runTask(id: string, deadline: number, deps: RunTaskDeps): Promise<void> {
  const { tasks, clock, failed } = deps;
  let mayWork = false;
  const task = await tasks.change(id, (found) => {
    mayWork = found.status === 'working' && found.held_until < clock();
    return mayWork ? { held_until: clock() + holdMs, runs: found.runs + 1 } : undefined;
  });
  if (!task || !mayWork) return;
  // Another worker may have taken over meanwhile, and what is on its way may arrive when this one has let go.
  const isOurs = (found: Task) => found.status === 'working' && found.runs === task.runs;

  const unwanted = new AbortController();
  const beat = setInterval(() => {
    tasks
      .change(id, (found) => {
        if (isOver(found)) unwanted.abort();
        return isOurs(found) && isBegun(found) ? { held_until: clock() + holdMs } : undefined;
      })
      .catch(failed);
  }, beatMs);
  const timeUp = Promise.withResolvers<Partial<Task>>();
  // Held until now by somebody who has begun: whoever looks for the task next decides what can be done.
  const parting = setTimeout(() => timeUp.resolve({ held_until: clock() }), deadline - partingMs - clock());
  try {
    const done = outcomeOf(task, deadline - reserveMs, unwanted.signal, deps);
    const outcome = await Promise.race([done, timeUp.promise]);
    await tasks.change(id, (found) => (isOurs(found) ? outcome : undefined));
  } finally {
    unwanted.abort();
    clearInterval(beat);
    clearTimeout(parting);
  }
}

async function outcomeOf(
  task: Task,
  deadline: number,
  cancelled: AbortSignal,
  { room, failed, states }: RunTaskDeps,
): Promise<Partial<Task>> {
  const { principal, schemas, request_id: requestId } = task;
  const canAsk = canAskUser(task.capabilities);
  const caller = { principal, schemas, requestId, taskId: task.id, deadline, canAsk, cancelled };
  try {
    const context = await contextOf(task, caller, states);
    const result = await room.call(caller, task.tool, task.args, context);
    if (!result) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${task.tool}`);
    if (!isInputRequiredResult(result)) return { status: 'completed', result: { ...result }, held_until: 0 };
    const questions = Object.entries(result.inputRequests ?? {});
    return {
      status: 'input_required',
      questions: Object.fromEntries(questions.map(([key, question]) => [`${task.runs}:${key}`, question])),
      ...(result.requestState !== undefined && { request_state: result.requestState }),
      held_until: 0,
    };
  } catch (error) {
    if (!(error instanceof ProtocolError)) failed(error instanceof Error ? error : new Error(String(error)));
    return { status: 'failed', error: errorOf(error), held_until: 0 };
  }
}

function errorOf(error: unknown): NonNullable<Task['error']> {
  if (error instanceof ProtocolError) {
    const { code, message, data } = error;
    return { code, message, ...(data !== undefined && { data }) };
  }
  return { code: ProtocolErrorCode.InternalError, message: 'Something failed inside the gateway.' };
}

/** What a tool is told of the request when the request is long over. */
async function contextOf(task: Task, caller: Caller, states: RequestStates): Promise<ServerContext> {
  let state: unknown;
  const context = {
    mcpReq: {
      id: task.id,
      method: 'tools/call',
      signal: caller.cancelled,
      envelope: { [CLIENT_CAPABILITIES_META_KEY]: task.capabilities },
      inputResponses: task.answers,
      requestState: () => state,
      notify: async () => {},
      log: async () => {},
    },
    http: { authInfo: authInfoOf({ ...caller, params: { name: task.tool, arguments: task.args } }) },
  } as unknown as ServerContext;
  if (task.request_state !== undefined) {
    // An answer may take longer than its question can be opened. The tool then asks again.
    state = await states.open(task.request_state, context).catch(() => undefined);
  }
  return context;
}
