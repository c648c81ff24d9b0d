import { ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { Clock } from '../../gateway/clock.ts';
import type { StateStore } from '../../state/store.ts';
import type { Caller, ToolRoom } from '../tool-room.ts';
import { isBegun, isOver, type Task, type TaskCall } from './task.ts';
import { taskStore } from './task-store.ts';

/** Sets a worker to a task: in this process, or as a function of its own. Resolves when it is certain to begin. */
export type StartWork = (taskId: string) => Promise<void>;

/** What the client asks to be done as a task. */
export type AskedTask = Pick<TaskCall, 'tool' | 'args' | 'capabilities' | 'answers'>;

/** What clients do with tasks. What is not theirs does not exist: `undefined`. */
export interface TaskDesk {
  /** Rejects when no worker can be had: then nothing is done. */
  create(caller: Caller, call: AskedTask): Promise<Task>;
  get(caller: Caller, id: string): Promise<Task | undefined>;
  /** Takes answers to what is asked; once all are there, the work goes on. */
  update(caller: Caller, id: string, answers: Record<string, unknown>): Promise<Task | undefined>;
  cancel(caller: Caller, id: string): Promise<Task | undefined>;
}

/** What tasks are kept by, and who works on them. */
export interface TaskState {
  state: StateStore;
  clock: Clock;
  start: StartWork;
}

/** A worker may take this long to begin. */
const startMs = 15_000;
const maxRuns = 3;

/** `failed` is told of workers that could not be had for a task whose client will look again. */
export function openTaskDesk(
  room: Pick<ToolRoom, 'find'>,
  { state, clock, start }: TaskState,
  failed: (error: Error) => void,
): TaskDesk {
  const tasks = taskStore(state, clock);

  /** Work whose worker is gone is begun again where that can do no harm; else the client is told. */
  async function recover(caller: Caller, abandoned: Task): Promise<Task | undefined> {
    const { annotations } = (await room.find(caller, abandoned.tool)) ?? {};
    const isHarmless = annotations?.readOnlyHint === true || annotations?.idempotentHint === true;
    const beginsAgain = !isBegun(abandoned) || (isHarmless && abandoned.runs < maxRuns);
    let isOurs = false;
    const task = await tasks.change(abandoned.id, (found) => {
      isOurs = isAbandoned(found, clock());
      if (!isOurs) return undefined;
      // Whoever looks while the next worker is on its way has none started.
      return beginsAgain ? { held_until: 0 } : { status: 'completed', result: unknownOutcome };
    });
    if (isOurs && beginsAgain) await start(abandoned.id).catch(failed);
    return task;
  }

  return {
    async create({ principal, schemas, requestId }, call) {
      const task = await tasks.create({ ...call, principal, schemas, request_id: requestId });
      try {
        await start(task.id);
        return task;
      } catch (error) {
        // A worker that is there even so has begun, or will find that there is nothing to do.
        const left = await tasks.change(task.id, (found) => (found.runs > 0 ? undefined : notStarted));
        if (left && left.runs > 0) return left;
        throw error;
      }
    },

    async get(caller, id) {
      const task = await tasks.find(caller.principal, id);
      return task && isAbandoned(task, clock()) ? recover(caller, task) : task;
    },

    async update({ principal }, id, answers) {
      if (!(await tasks.find(principal, id))) return undefined;
      let goesOn = false;
      const task = await tasks.change(id, (found) => {
        goesOn = false;
        const given = Object.entries(found.questions).filter(([key]) => Object.hasOwn(answers, key));
        if (found.status !== 'input_required' || given.length === 0) return undefined;
        const open = Object.entries(found.questions).filter(([key]) => !Object.hasOwn(answers, key));
        goesOn = open.length === 0;
        return {
          status: goesOn ? 'working' : 'input_required',
          questions: Object.fromEntries(open),
          answers: { ...found.answers, ...Object.fromEntries(given.map(([key]) => [toolKey(key), answers[key]])) },
        };
      });
      if (goesOn) await start(id).catch(failed);
      return task;
    },

    async cancel({ principal }, id) {
      if (!(await tasks.find(principal, id))) return undefined;
      return tasks.change(id, (found) => (isOver(found) ? undefined : { status: 'cancelled', questions: {} }));
    },
  };
}

const unknownOutcome = {
  content: [
    {
      type: 'text',
      text:
        'Whoever worked on this task did not come to its end, and whether the call took effect is not known. ' +
        'Look before repeating it.',
    },
  ],
  isError: true,
};

const notStarted: Partial<Task> = {
  status: 'failed',
  error: { code: ProtocolErrorCode.InternalError, message: 'No worker could be started. Nothing was sent.' },
};

function isAbandoned(task: Task, now: number): boolean {
  return task.status === 'working' && now > (isBegun(task) ? task.held_until : task.updated_at + startMs);
}

/** `2:user_name` → `user_name`. */
function toolKey(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}
