import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import type { Principal } from '../../auth/principal.ts';
import type { Clock } from '../../gateway/clock.ts';
import { changeEntry, type StateStore } from '../../state/store.ts';
import { ownerOf } from '../owner-of.ts';
import { type Task, type TaskCall, taskSchema, taskTtlMs } from './task.ts';

/** A table item holds 400 KB. */
const maxTaskBytes = 350_000;

/** Tasks by their id, each its principal's alone: to anyone else it does not exist. */
export interface TaskStore {
  /** Keeps a new task before its id is told to anyone. */
  create(call: TaskCall): Promise<Task>;
  find(principal: Principal, id: string): Promise<Task | undefined>;
  /**
   * Changes a task as `change` says, which may be asked again when others change it too; `undefined` leaves it. Gives
   * the task as it is then, or `undefined` when there is none.
   */
  change(id: string, change: (task: Task) => Partial<Task> | undefined): Promise<Task | undefined>;
}

export function taskStore(state: StateStore, clock: Clock): TaskStore {
  const endOf = ({ created_at }: Task) => Math.ceil((created_at + taskTtlMs) / 1_000) + 60;

  return {
    async create(call) {
      const now = clock();
      const task: Task = {
        ...call,
        id: randomUUID(),
        status: 'working',
        created_at: now,
        updated_at: now,
        held_until: 0,
        runs: 0,
        questions: {},
      };
      await state.create(keyOf(task.id), storable(task), endOf(task));
      return task;
    },

    async find(principal, id) {
      const entry = isId(id) ? await state.get(keyOf(id)) : undefined;
      const task = entry && z.parse(taskSchema, entry.value);
      return task && ownerOf(task.principal) === ownerOf(principal) ? task : undefined;
    },

    async change(id, change) {
      if (!isId(id)) return undefined;
      let left: Task | undefined;
      let made: Task | undefined;
      const isChanged = await changeEntry(state, keyOf(id), ({ value }) => {
        const found = z.parse(taskSchema, value);
        const part = change(found);
        made = part && { ...found, ...part, updated_at: clock() };
        left = made ? undefined : found;
        return made && { value: storable(made), expires_at: endOf(made) };
      });
      return isChanged ? made : left;
    },
  };
}

function isId(id: string): boolean {
  return /^[0-9a-f-]{36}$/.test(id);
}

function keyOf(id: string): string {
  return `TASK#${id}`;
}

/** A result that no item holds is told as what it is: the call took effect, and its result is lost. */
function storable(task: Task): Task {
  if (!task.result || Buffer.byteLength(JSON.stringify(task)) <= maxTaskBytes) return task;
  const text = `The tool has done its work, but its result is larger than the ${maxTaskBytes} bytes that a task keeps. Ask for less.`;
  return { ...task, result: { content: [{ type: 'text', text }], isError: true } };
}
