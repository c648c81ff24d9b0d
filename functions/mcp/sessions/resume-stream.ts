import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/server';
import type { Clock } from '../../gateway/clock.ts';
import { GatewayError } from '../../gateway/errors.ts';
import type { PlainAnswer } from '../../http/plain.ts';
import { type EventStream, eventOf, eventStream, primingEvent } from './event-stream.ts';
import { type Outlet, resumedOutlet, streamAnswer } from './outlet.ts';
import { poll } from './poll.ts';
import type { KeptEvent, KeptExchange, StreamLog, StreamName } from './stream-log.ts';

/** What is left to do for a stream whose instance is gone while the client was being asked. */
export interface Abandoned {
  /** Those that were not answered. */
  requests: JSONRPCRequest[];
  /** The messages that went out. */
  sent: readonly (JSONRPCMessage | undefined)[];
  outlet: Outlet;
}

export interface ResumeOptions {
  session: string;
  /** The last event that the client has seen. */
  lastEventId: string;
  /** Whether the client understands an event without a message (since 2025-11-25). */
  primes: boolean;
  /** Epoch milliseconds after which this instance waits no longer; the client will come back. */
  deadline: number;
  clock: Clock;
}

/**
 * Continues a stream after the event that a client saw last: first what was kept, then what the instance that carries
 * the exchange adds. When that one is gone, `continueWith` goes on in its place if nothing was done yet; else the client
 * is told that the outcome is unknown. Throws `bad_request` for an event of no stream of this session.
 */
export async function resumeStream(
  { session, lastEventId, primes, deadline, clock }: ResumeOptions,
  log: StreamLog,
  continueWith: (abandoned: Abandoned) => Promise<void>,
  failed: (error: Error) => void,
): Promise<PlainAnswer> {
  const { stream, number: seen } = parseEventId(lastEventId);
  const name = { session, stream };
  if (!(await log.find(name))) throw unknownEvent();

  const events = eventStream();
  // Where nothing follows in time, the client comes back with the same id.
  if (primes) events.write(primingEvent(lastEventId));
  const waiting = new AbortController();
  const limit = setTimeout(() => waiting.abort(), deadline - clock());
  const following = { name, seen, events, log, clock, signal: waiting.signal };
  const finished = follow(following, continueWith)
    .catch(failed)
    .finally(() => {
      clearTimeout(limit);
      events.end();
    });
  return { ...streamAnswer(events), finished };
}

/** A stream, and how far the client has seen it. */
interface Following {
  name: StreamName;
  seen: number;
  events: EventStream;
  log: StreamLog;
  clock: Clock;
  signal: AbortSignal;
}

async function follow(following: Following, continueWith: (abandoned: Abandoned) => Promise<void>): Promise<void> {
  const { name, seen, events, log, signal } = following;
  const sent: (JSONRPCMessage | undefined)[] = [];
  while (!signal.aborted) {
    const next = await poll(() => nextEvent(following, sent.length + 1), signal);
    if (!next) return;
    if (next.event) {
      sent.push(next.event.message);
      if (sent.length > seen && next.event.message)
        events.write(eventOf(`${name.stream}_${sent.length}`, next.event.message));
      if (next.event.is_last) return;
      continue;
    }
    const holder = await log.takeOver(name);
    if (!holder) continue;
    const outlet = resumedOutlet(name, holder, sent.length, events, log);
    const { phase, is_whole } = next.exchange;
    const requests = unanswered(next.exchange, sent);
    return phase === 'asking' && is_whole ? continueWith({ requests, sent, outlet }) : giveUp(requests, outlet);
  }
}

type Next = { event: KeptEvent } | { event?: undefined; exchange: KeptExchange };

/** The next event, or the exchange if its instance is gone; `undefined` while there is neither. */
async function nextEvent({ name, log, clock }: Following, number: number): Promise<Next | undefined> {
  const event = await log.event(name, number);
  if (event) return { event };
  const exchange = await log.find(name);
  if (!exchange || exchange.held_until >= clock()) return undefined;
  // It may have added an event between the two looks.
  const late = await log.event(name, number);
  return late ? { event: late } : { exchange };
}

function unanswered({ requests }: KeptExchange, sent: readonly (JSONRPCMessage | undefined)[]): JSONRPCRequest[] {
  const answered = new Set(sent.flatMap((message) => (message && !('method' in message) ? [message.id] : [])));
  return requests.filter(({ id }) => !answered.has(id));
}

/** Answers without doing anything again. */
async function giveUp(requests: JSONRPCRequest[], outlet: Outlet): Promise<void> {
  for (const [index, request] of requests.entries()) {
    await outlet.send(interrupted(request), index === requests.length - 1, 'working');
  }
}

function interrupted({ id, method }: JSONRPCRequest): JSONRPCMessage {
  const text =
    'The instance of the gateway that carried this call is gone, and whether the call took effect is not known. ' +
    'Look before repeating it.';
  if (method !== 'tools/call') return { jsonrpc: '2.0', id, error: { code: -32603, message: text } };
  const kind = { kind: 'interrupted', message: text };
  return {
    jsonrpc: '2.0',
    id,
    result: { content: [{ type: 'text', text }], structuredContent: kind, isError: true },
  };
}

function parseEventId(id: string): { stream: string; number: number } {
  const [, stream, number] = /^([0-9a-f-]{36})_(\d{1,9})$/.exec(id) ?? [];
  if (stream === undefined) throw unknownEvent();
  return { stream, number: Number(number) };
}

function unknownEvent(): GatewayError {
  return new GatewayError('bad_request', 'Last-Event-ID names no event of this session that is still kept.', {
    field: 'Last-Event-ID',
  });
}
