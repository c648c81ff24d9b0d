import { createMcpHandler } from '@modelcontextprotocol/server';
import { GatewayError } from '../gateway/errors.ts';
import type { PlainAnswer, PlainRequest } from '../http/plain.ts';
import { authInfoOf } from './caller.ts';
import { guardedRoom } from './guarded-room.ts';
import { type ServerFace, serverFactory } from './server.ts';
import type { Caller, ToolRoom } from './tool-room.ts';

/** What is kept back of the function's time to record the outcome and to answer. */
const reserveMs = 1_500;

export type McpEndpoint = (request: PlainRequest, message: unknown) => Promise<PlainAnswer>;

/**
 * `POST /mcp` for both protocol eras, stateless. Only between here and the SDK do web `Request` and `Response`
 * exist. `message` is the parsed body. `failed` is told of faults that the SDK has turned into an answer.
 */
export function mcpEndpoint(
  url: string,
  face: ServerFace,
  room: ToolRoom,
  failed: (error: Error) => void,
): McpEndpoint {
  const handler = createMcpHandler(serverFactory(face, guardedRoom(room, failed)), { onerror: failed });
  return async (request, message) => {
    checkIds(message);
    const caller = callerOf(request);
    // Without a signal: a Lambda is not told when its client leaves. A call ends by its own deadline, and its stream with it.
    const response = await handler.fetch(new Request(url, { method: 'POST', headers: request.headers }), {
      authInfo: authInfoOf(caller),
      parsedBody: message,
    });
    return toAnswer(response);
  };
}

function callerOf({ principal, requestId, deadline }: PlainRequest): Caller {
  if (!principal) throw new GatewayError('unauthenticated', 'The caller is not authenticated.');
  return { principal, requestId, deadline: deadline - reserveMs };
}

/** Numbers past 2^53 would come back changed, and the client could not match the answer to its request. */
function checkIds(message: unknown): void {
  for (const each of Array.isArray(message) ? message : [message]) {
    const id = (each as { id?: unknown } | null)?.id;
    if (typeof id === 'number' && !Number.isSafeInteger(id)) {
      throw new GatewayError('bad_request', 'A JSON-RPC id must be a string or an integer within ±(2^53 - 1).', {
        field: 'id',
      });
    }
  }
}

async function toAnswer(response: Response): Promise<PlainAnswer> {
  const headers = Object.fromEntries(response.headers);
  // The connection is API Gateway's to manage.
  delete headers.connection;
  headers['cache-control'] ??= 'no-store';
  const isStream = headers['content-type']?.startsWith('text/event-stream') ?? false;
  return {
    status: response.status,
    headers,
    body: isStream && response.body ? response.body : await response.text(),
  };
}
