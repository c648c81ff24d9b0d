import * as z from 'zod/mini';
import { systemClock } from './gateway/clock.ts';
import { openState } from './gateway/deps.ts';
import { logger, wrapped } from './gateway/telemetry.ts';
import { guardWith } from './mcp/guard.ts';
import { guardedRoom } from './mcp/guarded-room.ts';
import { openRoom } from './mcp/open-room.ts';
import { runTask } from './mcp/tasks/run-task.ts';
import { taskStore } from './mcp/tasks/task-store.ts';

const [{ tools, states }, state] = await Promise.all([openRoom(process.env), openState(process.env, systemClock)]);
const failed = (error: Error) => logger.warn('task_fault', { error });
const room = guardedRoom(tools, guardWith(failed));
const deps = { tasks: taskStore(state, systemClock), room, states, clock: systemClock, failed };

const eventSchema = z.strictObject({ task_id: z.string() });

/** No route: `post-mcp` has Lambda invoke it for each task that it begins, and nobody waits for its answer. */
export const handler = wrapped('run-task', (event, context) => {
  const { task_id } = z.parse(eventSchema, event);
  return runTask(task_id, Date.now() + context.getRemainingTimeInMillis(), deps);
});
