import type { Guard } from '../guard.ts';
import type { TaskDesk } from './task-desk.ts';

/** A desk whose failures a client may see. */
export function guardedDesk(desk: TaskDesk, guard: Guard): TaskDesk {
  return {
    create: (caller, call) => guard(caller, () => desk.create(caller, call)),
    get: (caller, id) => guard(caller, () => desk.get(caller, id)),
    update: (caller, id, answers) => guard(caller, () => desk.update(caller, id, answers)),
    cancel: (caller, id) => guard(caller, () => desk.cancel(caller, id)),
  };
}
