import {
  isInitializeRequest,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type McpServerFactory,
  type MessageExtraInfo,
} from '@modelcontextprotocol/server';
import type { Clock } from '../../gateway/clock.ts';
import { GatewayError } from '../../gateway/errors.ts';
import { jsonAnswer } from '../../http/answer.ts';
import type { PlainAnswer, PlainRequest } from '../../http/plain.ts';
import type { StateStore } from '../../state/store.ts';
import { callerFrom, principalOf } from '../caller.ts';
import { guardWith } from '../guard.ts';
import type { Subscriptions } from '../subscriptions/subscriptions.ts';
import { askedBy, carryExchange, type Exchange, isWireId } from './carry-exchange.ts';
import { primes } from './event-stream.ts';
import { findSession } from './find-session.ts';
import { initialize } from './initialize.ts';
import { mailbox } from './mailbox.ts';
import { type Outlet, outletOf } from './outlet.ts';
import { resumeStream } from './resume-stream.ts';
import { type Session, sessionStore } from './session-store.ts';
import { streamLog } from './stream-log.ts';

/** The 2025-era endpoint with sessions (MCP 2025-11-25, Streamable HTTP). */
export interface SessionEndpoint {
  post(request: PlainRequest, message: unknown, extra: MessageExtraInfo): Promise<PlainAnswer>;
  /** Resumes a stream after an event. */
  get(request: PlainRequest, lastEventId: string, extra: MessageExtraInfo): Promise<PlainAnswer>;
}

/** What sessions are kept by. */
export interface SessionState {
  state: StateStore;
  clock: Clock;
}

interface SessionDeps extends SessionState {
  /** Makes a server for one exchange. */
  serve: McpServerFactory;
  /** Where changes are seen; absent: a session has nothing to subscribe to. */
  subscriptions?: Subscriptions | undefined;
  failed: (error: Error) => void;
}

const maxBatch = 100;
/** They are kept with the session, and read with each of its requests. */
const maxInitializeBytes = 100_000;
/** What is kept back of the function's time to leave a stream in good order. */
const reserveMs = 500;
/** API Gateway ends a stream on which nothing happens for five minutes. */
const longestMs = 240_000;
const versionsWithBatches = ['2025-03-26', '2024-11-05'];
const subscribing = ['resources/subscribe', 'resources/unsubscribe'];
const levels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

export function sessionEndpoint({ state, clock, serve, subscriptions, failed }: SessionDeps): SessionEndpoint {
  const sessions = sessionStore(state, clock);
  const log = streamLog(state, clock);
  const mail = mailbox(state, clock);
  const guard = guardWith(failed);
  const deadlineOf = ({ deadline }: PlainRequest) => Math.min(deadline - reserveMs, clock() + longestMs);

  async function begin(request: PlainRequest, message: JSONRPCRequest, extra: MessageExtraInfo): Promise<PlainAnswer> {
    const bytes = Buffer.byteLength(JSON.stringify(message.params ?? {}));
    if (bytes > maxInitializeBytes) {
      const text = `The parameters of \`initialize\` may have ${maxInitializeBytes} bytes; these have ${bytes}.`;
      throw new GatewayError('too_large', text, { field: 'params' });
    }
    const { answer, protocolVersion } = await initialize(await serve(contextOf(extra)), message, extra);
    if (protocolVersion === undefined) return jsonAnswer(answer);
    const agreed = { initialize: message.params ?? {}, protocol_version: protocolVersion };
    const { id } = await sessions.begin(principalOf(request), agreed);
    return jsonAnswer(answer, 200, { 'mcp-session-id': id });
  }

  /** What needs no answer: answers of the client, and notifications. */
  async function take(session: Session, message: JSONRPCMessage): Promise<void> {
    if (isJSONRPCResultResponse(message) && isWireId(message.id)) {
      await mail.putAnswer(session.id, String(message.id), { result: message.result });
    } else if (isJSONRPCErrorResponse(message) && message.id !== undefined && isWireId(message.id)) {
      await mail.putAnswer(session.id, String(message.id), { error: message.error });
    } else if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled') {
      const { requestId, reason } = message.params ?? {};
      if (typeof requestId !== 'string' && typeof requestId !== 'number') return;
      await mail.cancel(session.id, requestId, typeof reason === 'string' ? reason.slice(0, 1_000) : undefined);
    }
  }

  async function carry(exchange: Exchange, outlet: Outlet): Promise<PlainAnswer> {
    const { session, requests, extra } = exchange;
    const server = await serve(contextOf(extra));
    if (subscriptions && requests.some(({ method }) => subscribing.includes(method))) {
      const { serveSubscriptions } = await import('../subscriptions/serve-subscriptions.ts');
      const { resources } = subscriptions;
      serveSubscriptions(server, session.id, callerFrom(extra.authInfo), { sessions, resources, guard });
    }
    const finished = carryExchange(server, exchange, outlet, { log, mail, clock, failed });
    return { ...(await Promise.race([outlet.answer, failing(finished)])), finished };
  }

  return {
    async post(request, message, extra) {
      const isBatch = Array.isArray(message);
      const messages = parseMessages(message);
      const requests = messages.filter((each) => isJSONRPCRequest(each));
      const first = requests.find(({ method }) => method === 'initialize');
      if (first && isBatch) throw new GatewayError('bad_request', '`initialize` must not be part of a batch.');
      if (first && !isInitializeRequest(first)) {
        const needs =
          '`initialize` needs `protocolVersion`, `capabilities`, and `clientInfo` with `name` and `version`.';
        throw new GatewayError('bad_request', needs, { field: 'params' });
      }
      if (first) return begin(request, first, extra);

      const session = await findSession(request, sessions);
      if (isBatch && !versionsWithBatches.includes(session.protocol_version)) {
        throw new GatewayError('bad_request', `Protocol version ${session.protocol_version} has no batches.`);
      }
      for (const each of messages) await take(session, each);
      if (requests.length === 0) return { status: 202, headers: {}, body: '' };
      for (const { method, params } of requests) {
        const level = method === 'logging/setLevel' ? params?.level : undefined;
        if (typeof level === 'string' && levels.includes(level))
          await sessions.change(principalOf(request), session.id, () => ({ log_level: level }));
      }
      const outlet = outletOf({ session: session.id, requests, isBatch, primes: primes(session) }, log);
      return carry({ session, requests, extra, deadline: deadlineOf(request), asked: new Set() }, outlet);
    },

    async get(request, lastEventId, extra) {
      const session = await findSession(request, sessions);
      const options = {
        session: session.id,
        lastEventId,
        primes: primes(session),
        deadline: deadlineOf(request),
        clock,
      };
      return resumeStream(
        options,
        log,
        async ({ requests, sent, outlet }) => {
          const { finished } = await carry(
            { session, requests, extra, deadline: deadlineOf(request), asked: askedBy(sent) },
            outlet,
          );
          await finished;
        },
        failed,
      );
    },
  };
}

function parseMessages(message: unknown): JSONRPCMessage[] {
  const messages = Array.isArray(message) ? message : [message];
  if (messages.length === 0 || messages.length > maxBatch) {
    throw new GatewayError('bad_request', `A batch has 1 to ${maxBatch} messages; this one has ${messages.length}.`);
  }
  const isMessage = (each: unknown): each is JSONRPCMessage =>
    isJSONRPCRequest(each) ||
    isJSONRPCNotification(each) ||
    isJSONRPCResultResponse(each) ||
    isJSONRPCErrorResponse(each);
  if (!messages.every(isMessage)) throw new GatewayError('bad_request', 'This is not a JSON-RPC 2.0 message.');
  return messages;
}

function contextOf({ authInfo, request }: MessageExtraInfo) {
  return { era: 'legacy' as const, ...(authInfo && { authInfo }), ...(request && { requestInfo: request }) };
}

/** Never fulfilled: only a failure matters to who waits for the answer. */
async function failing(finished: Promise<void>): Promise<never> {
  await finished;
  return new Promise<never>(() => {});
}
