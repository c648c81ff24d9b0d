import type { Principal } from '../../auth/principal.ts';
import type { Clock } from '../../gateway/clock.ts';
import type { StateStore } from '../../state/store.ts';
import type { ToolRoom } from '../tool-room.ts';
import { isOver, type Task, type TaskCall } from './task.ts';
import { taskStore } from './task-store.ts';

/** Sets a worker to a task: in this process, or as a function of its own. Resolves when it is certain to begin. */
export type StartWork = (taskId: string) => Promise<void>;

/** What clients do with tasks. What is not theirs does not exist: `undefined`. */
export interface TaskDesk {
  create(call: TaskCall): Promise<Task>;
  get(principal: Principal, id: string): Promise<Task | undefined>;
  /** Takes answers to what is asked; once all are there, the work goes on. */
  update(principal: Principal, id: string, answers: Record<string, unknown>): Promise<Task | undefined>;
  cancel(principal: Principal, id: string): Promise<Task | undefined>;
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

export function openTaskDesk(room: Pick<ToolRoom, 'find'>, { state, clock, start }: TaskState): TaskDesk {
  const tasks = taskStore(state, clock);

  /** Work whose worker is gone is begun again where that can do no harm; else the client is told. */
  async function recover(task: Task): Promise<Task | undefined> {
    const { principal, schemas } = task;
    const caller = { principal, schemas, requestId: task.id, deadline: clock() + 5_000 };
    const { annotations } = (await room.find(caller, task.tool)) ?? {};
    const isHarmless = annotations?.readOnlyHint === true || annotations?.idempotentHint === true;
    if ((isHarmless || task.runs === 0) && task.runs < maxRuns) {
      await start(task.id);
      return task;
    }
    const text =
      'The instance of the gateway that worked on this task is gone, and whether the call took effect is not known. ' +
      'Look before repeating it.';
    const result = { content: [{ type: 'text', text }], isError: true };
    return tasks.change(task.id, (found) =>
      isAbandoned(found, clock()) ? { status: 'completed', result } : undefined,
    );
  }

  return {
    async create(call) {
      const task = await tasks.create(call);
      await start(task.id);
      return task;
    },

    async get(principal, id) {
      const task = await tasks.find(principal, id);
      return task && isAbandoned(task, clock()) ? recover(task) : task;
    },

    async update(principal, id, answers) {
      if (!(await tasks.find(principal, id))) return undefined;
      let goesOn = false;
      const task = await tasks.change(id, (found) => {
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
      if (goesOn) await start(id);
      return task;
    },

    async cancel(principal, id) {
      if (!(await tasks.find(principal, id))) return undefined;
      return tasks.change(id, (found) => (isOver(found) ? undefined : { status: 'cancelled', questions: {} }));
    },
  };
}

function isAbandoned(task: Task, now: number): boolean {
  return task.status === 'working' && now > Math.max(task.held_until, task.updated_at + startMs);
}

/** `2:user_name` → `user_name`. */
function toolKey(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}
