import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { schemaForm } from '../catalogue/schema-form.ts';
import { GatewayError } from '../gateway/errors.ts';
import type { PlainAnswer, PlainRequest } from '../http/plain.ts';
import { authInfoOf, principalOf } from './caller.ts';
import { guardWith } from './guard.ts';
import { guardedRoom } from './guarded-room.ts';
import type { Library } from './library/library.ts';
import type { RequestStates } from './request-state.ts';
import { type ServerFace, serverFactory } from './server.ts';
import { type SessionState, sessionEndpoint } from './sessions/session-endpoint.ts';
import type { Subscriptions } from './subscriptions/subscriptions.ts';
import { guardedDesk } from './tasks/guarded-desk.ts';
import { openTaskDesk, type TaskState } from './tasks/task-desk.ts';
import type { Caller, ToolRoom } from './tool-room.ts';

/** What is kept back of the function's time to record the outcome and to answer. */
const reserveMs = 1_500;

/** `/mcp`: messages, and the streams that were broken off. */
export interface McpEndpoint {
  /** `message` is the parsed body. */
  post(request: PlainRequest, message: unknown): Promise<PlainAnswer>;
  /** Resumes a stream of a 2025-era client, or opens the one on which it is told of changes. */
  get(request: PlainRequest): Promise<PlainAnswer>;
}

export interface EndpointOptions {
  url: string;
  face: ServerFace;
  room: ToolRoom;
  /** Opens what clients bring back for the next round of a request. */
  states: RequestStates;
  /** Told of faults that have been turned into an answer. */
  failed: (error: Error) => void;
  /** Where sessions of 2025-era clients are kept; absent: such clients are served without. */
  sessions?: SessionState;
  /** Where tasks are kept, and who works on them; absent: every call is answered at once. */
  tasks?: TaskState;
  /** Opens what there is beside tools, when it is first asked for; absent: there are tools alone. */
  library?: () => Promise<Library>;
  /** Where changes are seen; absent: clients are told of none. */
  subscriptions?: Subscriptions;
}

/**
 * `/mcp` for both protocol eras. Clients of 2026-07-28 are served without sessions. Only between here and the SDK do
 * web `Request` and `Response` exist.
 */
export function mcpEndpoint(options: EndpointOptions): McpEndpoint {
  const { url, face, room, states, failed, sessions, tasks, library, subscriptions } = options;
  const guard = guardWith(failed);
  const serve = serverFactory(face, guardedRoom(room, guard), watched(states, failed), {
    tasks: tasks && guardedDesk(openTaskDesk(room, tasks, failed), guard),
    library: library && { open: library, guard },
    // Without a session there is nobody to tell.
    tellsChanges: { modern: !!subscriptions, legacy: !!(subscriptions && sessions) },
  });
  const handler = createMcpHandler(serve, { onerror: failed });
  const legacy = sessions && sessionEndpoint({ ...sessions, serve, subscriptions, failed });

  const toWeb = ({ headers }: PlainRequest) => new Request(url, { method: 'POST', headers });

  return {
    async post(request, message) {
      checkIds(message);
      const caller = { ...callerOf(request), params: paramsOf(message) };
      const authInfo = authInfoOf(caller);
      // Without a signal: a Lambda is not told when its client leaves. A call ends by its own deadline, and its stream with it.
      const web = toWeb(request);
      if (bringsState(message)) await states.ready();
      if (legacy && (await isLegacyRequest(web, message)))
        return legacy.post(request, message, { authInfo, request: web });
      if (subscriptions && isListen(message)) {
        const { listen } = await import('./subscriptions/listen.ts');
        const listening = await listen(web, message, caller, serve, subscriptions, failed);
        return { ...(await toAnswer(listening.response)), finished: listening.finished };
      }
      return toAnswer(await handler.fetch(web, { authInfo, parsedBody: message }));
    },
    async get(request) {
      const lastEventId = request.headers['last-event-id'];
      if (legacy && subscriptions) {
        const { isOfStandingStream, standingStream } = await import('./subscriptions/standing-stream.ts');
        if (isOfStandingStream(lastEventId)) return standingStream(request, callerOf(request), subscriptions, failed);
      }
      if (legacy && lastEventId) {
        const extra = { authInfo: authInfoOf(callerOf(request)), request: toWeb(request) };
        return legacy.get(request, lastEventId, extra);
      }
      const message = 'There is no stream beside those that answer a POST.';
      throw new GatewayError('method_not_allowed', message);
    },
  };
}

/** Those of a single request: a batch has several. */
function paramsOf(message: unknown): unknown {
  return (message as { params?: unknown } | null)?.params;
}

function bringsState(message: unknown): boolean {
  return (paramsOf(message) as { requestState?: unknown } | undefined)?.requestState !== undefined;
}

/** The SDK tells nobody of a state that cannot be opened: it may be forged. */
function watched(states: RequestStates, failed: (error: Error) => void): RequestStates {
  return {
    ...states,
    open: async (sealed, context) => {
      try {
        return await states.open(sealed, context);
      } catch (error) {
        failed(new Error('The state of a request was refused.', { cause: error }));
        throw error;
      }
    },
  };
}

function isListen(message: unknown): boolean {
  return (message as { method?: unknown } | null)?.method === 'subscriptions/listen';
}

function callerOf(request: PlainRequest): Caller {
  const { requestId, query, deadline } = request;
  return { principal: principalOf(request), requestId, schemas: schemaForm(query), deadline: deadline - reserveMs };
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
