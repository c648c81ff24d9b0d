import type { ClientRequest } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../gateway/clock.ts';
import { agentFor, closeStale, noteUse, type Scheme, transportFor } from './agents.ts';
import { explainFault, isReset } from './explain-fault.ts';
import { guardedLookup, type Resolve } from './guarded-lookup.ts';
import { startPatience } from './patience.ts';
import type { OutgoingCall } from './prepare.ts';
import { readReply } from './read-reply.ts';
import type { SendFailure, SendResult } from './send-result.ts';

/** Milliseconds and bytes. */
export interface SendLimits {
  /** For name, TCP and TLS together, and for the wait for a free connection. */
  connect_timeout_ms: number;
  /** For the first byte of the answer's body or its end, and again between any two pieces of the body. */
  read_timeout_ms: number;
  max_response_bytes: number;
  /** Epoch milliseconds at which the call ends, whatever state it is in. */
  deadline: number;
  /** Ends the call when it aborts. */
  cancelled?: AbortSignal | undefined;
}

export interface SendDeps {
  clock: Clock;
  /** Admits plain HTTP and loopback addresses: for one machine only. */
  allowLocal: boolean;
  /** Finds the addresses of a host; the operating system's resolver if absent. */
  resolve?: Resolve;
}

/** Where a call goes, taken apart once. */
export interface Target {
  scheme: Scheme;
  /** Without the brackets of an IPv6 literal. */
  hostname: string;
  port: string;
  path: string;
}

export interface Exchange {
  call: OutgoingCall;
  target: Target;
  limits: SendLimits;
  deps: SendDeps & { resolve: Resolve };
  /** Whether the call may be sent again when nothing is known of its effect. */
  repeatable: boolean;
}

export interface Attempted {
  result: SendResult;
  /** A kept connection broke before the first byte of the answer: the server had most likely closed it already. */
  lostUnseen: boolean;
}

/** Sends a call once and reads its answer. Never rejects. */
export function attempt(exchange: Exchange, options: { freshConnection: boolean }): Promise<Attempted> {
  const { call, limits, deps } = exchange;
  const started = deps.clock();
  const request = open(exchange, options.freshConnection);
  if (request instanceof Error) return Promise.resolve({ result: explainFault(request, false), lostUnseen: false });

  return new Promise((resolve) => {
    let sent = false;
    let answered = false;
    let bytesBefore = 0;
    // A promise settles once, so whatever is reported after the first outcome is of no consequence.
    const settle = (result: SendResult, lostUnseen = false) => {
      patience.end();
      limits.cancelled?.removeEventListener('abort', cancel);
      resolve({ result, lostUnseen });
    };
    /** Gives up the exchange with its connection, which is in no state to be used again. */
    const abandon = (failure: Pick<SendFailure, 'kind' | 'message'>) => {
      settle({ ok: false, ...failure, sent });
      request.destroy();
    };
    const cancel = () => abandon(cancelled);
    limits.cancelled?.addEventListener('abort', cancel);
    const patience = startPatience(limits.deadline - started, (message) =>
      abandon({ kind: 'backend_timeout', message }),
    );
    const connected = (socket: Socket) => {
      sent = true;
      bytesBefore = socket.bytesRead;
      patience.allow(limits.read_timeout_ms, `The backend did not answer within ${limits.read_timeout_ms} ms.`);
    };
    const fault = (error: Error) => {
      // From here on the answer's own stream tells how it ends.
      if (answered) return;
      const lostUnseen = request.reusedSocket && isReset(error) && request.socket?.bytesRead === bytesBefore;
      settle(explainFault(error, sent), lostUnseen);
    };

    patience.allow(limits.connect_timeout_ms, `The backend took no connection within ${limits.connect_timeout_ms} ms.`);
    onConnected(request, connected);
    request.on('error', fault);
    // Every exchange ends so, and an error costs more than the look whether it is one.
    request.on('close', () => {
      if (!answered) fault(new Error('The connection closed.'));
    });
    request.on('upgrade', (_incoming, socket) => {
      socket.destroy();
      abandon({ kind: 'backend_reply_unreadable', message: 'The backend answered with a change of protocol.' });
    });
    request.on('response', async (incoming) => {
      answered = true;
      const { socket } = incoming;
      const reading = await readReply(incoming, {
        method: call.method,
        maxBytes: limits.max_response_bytes,
        progressed: () =>
          patience.allow(limits.read_timeout_ms, `The backend’s answer stopped for ${limits.read_timeout_ms} ms.`),
      });
      if (!reading.ok) return abandon(reading);
      const now = deps.clock();
      noteUse(socket, now);
      settle({ ok: true, reply: { ...reading.reply, duration_ms: now - started } });
    });
    // Node writes the head in the encoding of a body that is text, which would turn Latin-1 headers into UTF-8.
    request.end(typeof call.body === 'string' ? Buffer.from(call.body) : call.body);
  });
}

/** Said when whoever wanted the answer does not any more. */
export const cancelled = { kind: 'cancelled', message: 'The call was cancelled.' } as const;

function open(exchange: Exchange, freshConnection: boolean): ClientRequest | Error {
  const { call, target, deps } = exchange;
  const agent = agentFor(target.scheme, deps.allowLocal);
  if (!exchange.repeatable) closeStale(agent, deps.clock());
  const options: RequestOptions = {
    method: call.method,
    hostname: target.hostname,
    port: target.port,
    path: target.path,
    headers: framed(call),
    lookup: guardedLookup(deps.resolve, deps.allowLocal),
    agent: freshConnection ? false : agent,
    rejectUnauthorized: true,
  };
  try {
    return transportFor(target.scheme).request(options);
  } catch (cause) {
    return cause as Error;
  }
}

/** Node frames the body of a DELETE or a GET only when its length is given. */
function framed({ method, headers, body }: OutgoingCall): Record<string, string> {
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  const isExpected = body !== undefined || method === 'POST' || method === 'PUT' || method === 'PATCH';
  return {
    ...headers,
    'accept-encoding': 'identity',
    ...(isExpected && { 'content-length': String(length) }),
  };
}

/** A kept connection is there at once; a new one when TCP, and TLS where there is TLS, are done. */
function onConnected(request: ClientRequest, connected: (socket: Socket) => void): void {
  request.on('socket', (socket) => {
    if (request.reusedSocket) connected(socket);
    else socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', () => connected(socket));
  });
}
