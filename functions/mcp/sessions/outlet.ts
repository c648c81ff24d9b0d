import { randomUUID } from 'node:crypto';
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/server';
import { jsonAnswer } from '../../http/answer.ts';
import type { PlainAnswer } from '../../http/plain.ts';
import { type EventStream, eventOf, eventStream, primingEvent } from './event-stream.ts';
import type { Phase, StreamLog, StreamName } from './stream-log.ts';

/** Where the messages of one exchange go: into one JSON answer, or into a stream that can be resumed. */
export interface Outlet {
  /** Known as soon as it is decided which of the two it is. */
  answer: Promise<PlainAnswer>;
  /** Says that there will be no answer, where none has been begun. */
  fail(error: Error): void;
  name: StreamName;
  /** The holder of the stream, once there is one. */
  holder(): string | undefined;
  /** Sends a message; the last one ends the answer. Throws when another instance has taken the stream over. */
  send(message: JSONRPCMessage | undefined, isLast: boolean, phase: Phase): Promise<void>;
  /** Begins the stream although there is nothing to say yet. */
  open(phase: Phase): Promise<void>;
  /** Ends the HTTP answer. What is sent afterwards is kept for a client that resumes. */
  detach(): void;
}

export interface OutletOptions {
  session: string;
  requests: JSONRPCRequest[];
  /** Whether the requests came as a batch (2025-03-26), whose answer is a list. */
  isBatch: boolean;
  /** Whether the client understands an event without a message (since 2025-11-25). */
  primes: boolean;
}

/**
 * Answers with plain JSON when all there is to send is the response, else with a stream. Only a stream costs requests to
 * the table.
 */
export function outletOf({ session, requests, isBatch, primes }: OutletOptions, log: StreamLog): Outlet {
  const name = { session, stream: randomUUID() };
  const { promise, resolve, reject } = Promise.withResolvers<PlainAnswer>();
  const responses: JSONRPCMessage[] = [];
  let stream: Continuation | undefined;

  async function open(phase: Phase): Promise<Continuation> {
    if (stream) return stream;
    const events = eventStream();
    stream = continuation(name, await log.begin(name, requests, phase), 0, events, log);
    if (primes) events.write(primingEvent(`${name.stream}_0`));
    resolve(streamAnswer(events));
    for (const response of responses.splice(0)) await stream.send(response, false);
    return stream;
  }

  function whole(): PlainAnswer {
    // All requests were cancelled: there is nothing to say.
    if (responses.length === 0) return { status: 202, headers: {}, body: '' };
    return jsonAnswer(isBatch ? responses : responses[0]);
  }

  return {
    answer: promise,
    fail: reject,
    name,
    holder: () => stream?.holder,
    async send(message, isLast, phase) {
      if (stream || (message && 'method' in message)) {
        await (await open(phase)).send(message, isLast);
        return;
      }
      if (message) responses.push(message);
      if (isLast) resolve(whole());
    },
    async open(phase) {
      // Without an id there is nothing to resume from.
      if (primes) await open(phase);
    },
    detach: () => stream?.events.end(),
  };
}

/** The outlet of an instance that has taken over a stream of which `sent` events are kept. */
export function resumedOutlet(
  name: StreamName,
  holder: string,
  sent: number,
  events: EventStream,
  log: StreamLog,
): Outlet {
  const stream = continuation(name, holder, sent, events, log);
  return {
    answer: Promise.resolve(streamAnswer(events)),
    fail: () => {},
    name,
    holder: () => holder,
    send: (message, isLast) => stream.send(message, isLast),
    open: async () => {},
    detach: () => events.end(),
  };
}

interface Continuation {
  holder: string;
  events: EventStream;
  send(message: JSONRPCMessage | undefined, isLast: boolean): Promise<void>;
}

/** Keeps each event before it is sent: an id that a client has seen must be one that it can resume from. */
function continuation(
  name: StreamName,
  holder: string,
  sent: number,
  events: EventStream,
  log: StreamLog,
): Continuation {
  let number = sent;
  return {
    holder,
    events,
    async send(message, isLast) {
      number += 1;
      const isOurs = await log.append(name, number, { ...(message && { message }), is_last: isLast });
      if (!isOurs) {
        events.end();
        throw new Error('Another instance has taken over this stream.');
      }
      if (message) events.write(eventOf(`${name.stream}_${number}`, message));
      if (isLast) events.end();
    },
  };
}

/** A streamed answer that no proxy holds back. */
export function streamAnswer({ body }: EventStream): PlainAnswer {
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  };
  return { status: 200, headers, body };
}
