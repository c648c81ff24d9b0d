import * as z from 'zod/mini';
import { principalSchema } from '../../auth/principal.ts';

const jsonObject = z.record(z.string(), z.unknown());
const errorSchema = z.object({ code: z.number(), message: z.string(), data: z.optional(z.unknown()) });

/** A tool call that goes on after its answer (extension `io.modelcontextprotocol/tasks`, SEP-2663), as it is kept. */
export const taskSchema = z.object({
  id: z.string(),
  principal: principalSchema,
  /** Of the request that began it. */
  request_id: z.string(),
  tool: z.string(),
  args: jsonObject,
  /** The form of schemas that the arguments follow. */
  schemas: z.enum(['safe', 'lossless']),
  /** What the client said it can do when it called. */
  capabilities: jsonObject,
  status: z.enum(['working', 'input_required', 'completed', 'failed', 'cancelled']),
  /** Epoch milliseconds, as are all times here. */
  created_at: z.number(),
  updated_at: z.number(),
  /** Until when whoever works on it has said to be there. */
  held_until: z.number(),
  /** How often work on it was begun. */
  runs: z.number(),
  /** What the client is asked, by keys that are never used again; each names its round. */
  questions: jsonObject,
  /** What the client has answered, by the keys of the tool. */
  answers: jsonObject,
  /** What the tool wants to be told again with the answers. */
  request_state: z.optional(z.string()),
  result: z.optional(jsonObject),
  error: z.optional(errorSchema),
});
export type Task = z.infer<typeof taskSchema>;

/** The call that a task is for. */
export type TaskCall = Pick<
  Task,
  'principal' | 'request_id' | 'tool' | 'args' | 'schemas' | 'capabilities' | 'answers'
>;

/** Milliseconds for which a task and its result are kept. */
export const taskTtlMs = 3_600_000;
const pollIntervalMs = 1_000;

/** A task as `tools/call` gives it: without questions and results, which belong to `tasks/get`. */
export function seedOf({ id, status, created_at, updated_at }: Task) {
  return {
    taskId: id,
    status,
    createdAt: new Date(created_at).toISOString(),
    lastUpdatedAt: new Date(updated_at).toISOString(),
    ttlMs: taskTtlMs,
    pollIntervalMs,
  };
}

/** A task as `tasks/get` gives it. */
export function detailsOf(task: Task) {
  return {
    ...seedOf(task),
    ...(task.status === 'input_required' && { inputRequests: task.questions }),
    ...(task.result && { result: task.result }),
    ...(task.error && { error: task.error }),
  };
}

/** Whether somebody took up the work since the client last had a say. */
export function isBegun({ held_until }: Task): boolean {
  return held_until !== 0;
}

/** Whether nothing will change any more. */
export function isOver({ status }: Task): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
