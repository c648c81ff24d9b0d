import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { tellable } from '../gateway/errors.ts';
import type { Caller, ToolRoom } from './tool-room.ts';

/**
 * A room whose failures a client may see. The SDK would send the message of whatever a handler throws; here `failed`
 * is told, and the client gets the message of a `GatewayError` or, for anything unforeseen, only its request id.
 */
export function guardedRoom(room: ToolRoom, failed: (error: Error) => void): ToolRoom {
  const guard = async <T>(caller: Caller, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      failed(error instanceof Error ? error : new Error(String(error)));
      throw asProtocolError(error, caller.requestId);
    }
  };
  return {
    list: (caller, after) => guard(caller, () => room.list(caller, after)),
    find: (caller, name) => guard(caller, () => room.find(caller, name)),
    taskSupport: (caller, name) => guard(caller, () => room.taskSupport(caller, name)),
    call: (caller, name, args, context) => guard(caller, () => room.call(caller, name, args, context)),
  };
}

function asProtocolError(error: unknown, requestId: string): ProtocolError {
  const { code, message } = tellable(error);
  return new ProtocolError(ProtocolErrorCode.InternalError, message, { code, request_id: requestId });
}
