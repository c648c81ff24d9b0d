import { randomUUID } from 'node:crypto';
import type { JSONRPCNotification } from '@modelcontextprotocol/server';
import { GatewayError } from '../../gateway/errors.ts';
import type { PlainAnswer, PlainRequest } from '../../http/plain.ts';
import { type EventStream, eventOf, eventStream, keepAlive, primes, primingEvent } from '../sessions/event-stream.ts';
import { findSession } from '../sessions/find-session.ts';
import { streamAnswer } from '../sessions/outlet.ts';
import { type Session, sessionStore } from '../sessions/session-store.ts';
import type { Caller } from '../tool-room.ts';
import { claimSlot } from './claim-slot.ts';
import { eventIdOf, type Position, positionOf } from './event-id.ts';
import { digestOf, type Subscriptions, stampsOf } from './subscriptions.ts';
import { isList, type Stamps, watchChanges } from './watch-changes.ts';

/** As often as the SDK does it on its streams. */
const keepAliveMs = 15_000;

/**
 * Answers `GET /mcp` of a 2025-era client with a stream that tells what changes (MCP 2025-11-25, listening for messages
 * from the server), until the function's time or four minutes are over or the session ends. With `Last-Event-ID` it
 * goes on where the client was, on any instance.
 *
 * A client may open several streams, and a message must go out on one of them only. Here that is the one opened last,
 * and an earlier one ends: nobody knows whether its client is still there, and what is sent to nobody is lost. Throws
 * `not_acceptable` to who takes no events, `conflict` when the principal has too many streams open, and what
 * `findSession` throws.
 */
export async function standingStream(
  request: PlainRequest,
  caller: Caller,
  subscriptions: Subscriptions,
  failed: (error: Error) => void,
): Promise<PlainAnswer> {
  checkAccept(request);
  const { state, clock, pollMs } = subscriptions;
  const sessions = sessionStore(state, clock);
  const session = await findSession(request, sessions);
  const { until, free } = await claimSlot(caller, subscriptions, session.id);
  try {
    const connection = randomUUID();
    await sessions.change(caller.principal, session.id, () => ({ connection }));
    const position = positionOf(request.headers['last-event-id'] ?? '') ?? beginningOf(connection);
    // Read before the client is answered: from then on nothing may escape it.
    const told = await toldAt(position, session, caller, subscriptions);

    const look = async (): Promise<Stamps | undefined> => {
      const current = await sessions.find(caller.principal, session.id);
      if (current?.connection !== connection) return undefined;
      const { subscriptions: subscribed = {} } = current;
      for (const [uri, stamp] of Object.entries(subscribed)) if (!told.has(uri)) told.set(uri, stamp);
      return stampsOf(subscriptions, caller, Object.keys(subscribed));
    };
    const events = eventStream();
    // A client that cannot be primed is sent something too: headers leave with the first byte.
    events.write(primes(session) ? primingEvent(eventIdOf(position, told)) : keepAlive);
    const beat = setInterval(() => events.write(keepAlive), keepAliveMs);
    const over = AbortSignal.timeout(Math.max(0, until - clock()));
    const finished = watchChanges(told, look, teller(events, position, told), pollMs, over)
      .catch(failed)
      .then(free)
      .catch(failed)
      .finally(() => {
        clearInterval(beat);
        events.end();
      });
    return { ...streamAnswer(events), finished };
  } catch (error) {
    await free();
    throw error;
  }
}

/** Whether a `GET` is for this stream: it comes back from it, or from no stream. */
export function isOfStandingStream(lastEventId: string | undefined): boolean {
  return !lastEventId || positionOf(lastEventId) !== undefined;
}

/** RFC 9110 section 12.5.1: a client that says nothing takes everything. */
function checkAccept({ headers: { accept = '*/*' } }: PlainRequest): void {
  const types = accept.split(',').map((part) => part.split(';')[0]?.trim().toLowerCase());
  if (types.some((type) => type === 'text/event-stream' || type === 'text/*' || type === '*/*')) return;
  const message = 'What follows would be a stream: the Accept header must list text/event-stream.';
  throw new GatewayError('not_acceptable', message, { field: 'Accept' });
}

function beginningOf(stream: string): Position {
  return { stream, number: 0, told: new Map() };
}

/** What the client knows of: by the position from which it comes back, or else what there is now. */
async function toldAt(
  position: Position,
  { subscriptions: subscribed = {} }: Session,
  caller: Caller,
  subscriptions: Subscriptions,
): Promise<Map<string, string>> {
  const told = new Map([...(await stampsOf(subscriptions, caller, [])), ...Object.entries(subscribed)]);
  for (const [topic, stamp] of told) told.set(topic, position.told.get(digestOf(topic)) ?? stamp);
  return told;
}

/** What sends the events that follow a position. `told` has what the client knows with each of them. */
function teller(events: EventStream, { stream, number: sent }: Position, told: Position['told']) {
  let number = sent;
  return (topic: string): void => {
    number += 1;
    events.write(eventOf(eventIdOf({ stream, number }, told), notificationAbout(topic)));
  };
}

function notificationAbout(topic: string): JSONRPCNotification {
  return isList(topic)
    ? { jsonrpc: '2.0', method: `notifications/${topic}/list_changed` }
    : { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: topic } };
}
