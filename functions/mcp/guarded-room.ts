import type { Guard } from './guard.ts';
import type { ToolRoom } from './tool-room.ts';

/** A room whose failures a client may see. */
export function guardedRoom(room: ToolRoom, guard: Guard): ToolRoom {
  return {
    list: (caller, after) => guard(caller, () => room.list(caller, after)),
    find: (caller, name) => guard(caller, () => room.find(caller, name)),
    taskSupport: (caller, name, args) => guard(caller, () => room.taskSupport(caller, name, args)),
    call: (caller, name, args, context) => guard(caller, () => room.call(caller, name, args, context)),
  };
}
