import { randomUUID } from 'node:crypto';
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/server';
import * as z from 'zod/mini';
import type { Clock } from '../../gateway/clock.ts';
import { changeEntry, type StateStore } from '../../state/store.ts';

const keptSeconds = 900;
const holdMs = 10_000;
/** A table item holds 400 KB. */
const maxKeptBytes = 300_000;

const message = z.custom<JSONRPCMessage>((value) => typeof value === 'object' && value !== null);

const exchangeSchema = z.object({
  /** The client's requests. */
  requests: z.array(z.custom<JSONRPCRequest>((value) => typeof value === 'object' && value !== null)),
  /** Whether the requests are as they came, or too large to be kept whole. */
  is_whole: z.boolean(),
  /** `asking`: of no request has more been done than to ask the client. Only then may another instance begin anew. */
  phase: z.enum(['asking', 'working']),
  /** The instance that carries the exchange, and until when (epoch ms) unless it says so again. */
  holder: z.string(),
  held_until: z.number(),
});
export type KeptExchange = z.infer<typeof exchangeSchema>;
export type Phase = KeptExchange['phase'];

const eventSchema = z.object({ message: z.optional(message), is_last: z.boolean() });
/** What went out on a stream; the last event may be without a message. */
export type KeptEvent = z.infer<typeof eventSchema>;

/** A stream by the session it belongs to and its own id. */
export interface StreamName {
  session: string;
  stream: string;
}

/**
 * Streams as every instance can see them, kept for a quarter of an hour: so that a client whose connection broke finds
 * the rest on any instance, and another instance can take over from one that is gone.
 */
export interface StreamLog {
  /** Begins to hold a new stream; gives the holder's name. */
  begin(name: StreamName, requests: JSONRPCRequest[], phase: Phase): Promise<string>;
  find(name: StreamName): Promise<KeptExchange | undefined>;
  /** Keeps holding, in the given phase. False when another instance has taken over. */
  hold(name: StreamName, holder: string, phase: Phase): Promise<boolean>;
  release(name: StreamName, holder: string, phase: Phase): Promise<void>;
  /** Takes over a stream that nobody holds any more; gives the new holder's name, or `undefined` to who came second. */
  takeOver(name: StreamName): Promise<string | undefined>;
  /** Keeps event `number`, counted from 1. False when there is one already: then another instance holds the stream. */
  append(name: StreamName, number: number, event: KeptEvent): Promise<boolean>;
  event(name: StreamName, number: number): Promise<KeptEvent | undefined>;
}

export function streamLog(state: StateStore, clock: Clock): StreamLog {
  const end = () => Math.floor(clock() / 1_000) + keptSeconds;

  /** Changes what is kept if `may` agrees; false when not. */
  function change(
    name: StreamName,
    may: (exchange: KeptExchange) => boolean,
    part: Partial<KeptExchange>,
  ): Promise<boolean> {
    return changeEntry(state, keyOf(name), ({ value }) => {
      const exchange = z.parse(exchangeSchema, value);
      return may(exchange) ? { value: { ...exchange, ...part }, expires_at: end() } : undefined;
    });
  }

  return {
    async begin(name, requests, phase) {
      const holder = randomUUID();
      await state.create(keyOf(name), { ...storable(requests), phase, holder, held_until: clock() + holdMs }, end());
      return holder;
    },
    async find(name) {
      const entry = await state.get(keyOf(name));
      return entry && z.parse(exchangeSchema, entry.value);
    },
    hold: (name, holder, phase) =>
      change(name, (exchange) => exchange.holder === holder, { phase, held_until: clock() + holdMs }),
    async release(name, holder, phase) {
      await change(name, (exchange) => exchange.holder === holder, { phase, held_until: 0 });
    },
    async takeOver(name) {
      const holder = randomUUID();
      const isFree = ({ held_until }: KeptExchange) => held_until < clock();
      return (await change(name, isFree, { holder, held_until: clock() + holdMs })) ? holder : undefined;
    },
    append: (name, number, event) => state.create(keyOf(name, number), storableEvent(event), end()),
    async event(name, number) {
      const entry = await state.get(keyOf(name, number));
      return entry && z.parse(eventSchema, entry.value);
    },
  };
}

function keyOf({ session, stream }: StreamName, number?: number): string {
  return `STREAM#${session}#${stream}${number === undefined ? '' : `#${number}`}`;
}

/** Requests that are too large to be kept are kept without their parameters, and cannot be begun anew. */
function storable(requests: JSONRPCRequest[]): Pick<KeptExchange, 'requests' | 'is_whole'> {
  const is_whole = Buffer.byteLength(JSON.stringify(requests)) <= maxKeptBytes;
  return { requests: is_whole ? requests : requests.map(({ params: _, ...request }) => request), is_whole };
}

/** What is too large to be kept is still sent to a client that is there; one that comes later is told. */
function storableEvent(event: KeptEvent): KeptEvent {
  if (!event.message || Buffer.byteLength(JSON.stringify(event.message)) <= maxKeptBytes) return event;
  if (!('id' in event.message) || 'method' in event.message) return { is_last: event.is_last };
  const error = { code: -32603, message: 'The result was too large to be kept for a resumed stream. Call again.' };
  return { message: { jsonrpc: '2.0', id: event.message.id, error } as JSONRPCMessage, is_last: event.is_last };
}
