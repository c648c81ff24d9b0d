import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { tellable } from '../gateway/errors.ts';
import type { Caller } from './tool-room.ts';

/** Does work whose failure a client may see. */
export type Guard = <T>(caller: Caller, work: () => Promise<T>) => Promise<T>;

/**
 * The SDK would send the message of whatever a handler throws. Behind a guard `failed` is told instead, and the client
 * gets the message of a `GatewayError` or, for anything unforeseen, only its request id.
 */
export function guardWith(failed: (error: Error) => void): Guard {
  return async (caller, work) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      failed(error instanceof Error ? error : new Error(String(error)));
      throw asProtocolError(error, caller.requestId);
    }
  };
}

function asProtocolError(error: unknown, requestId: string): ProtocolError {
  const { code, message } = tellable(error);
  return new ProtocolError(ProtocolErrorCode.InternalError, message, { code, request_id: requestId });
}
