import { hash } from 'node:crypto';
import type {
  JSONRPCMessage,
  JSONRPCRequest,
  McpServer,
  MessageExtraInfo,
  RequestId,
  Server,
  Transport,
} from '@modelcontextprotocol/server';
import type { Clock } from '../../gateway/clock.ts';
import type { Answer, Mailbox } from './mailbox.ts';
import type { Outlet } from './outlet.ts';
import { poll } from './poll.ts';
import { rehydrate } from './rehydrate.ts';
import type { Session } from './session-store.ts';
import type { Phase, StreamLog } from './stream-log.ts';

const beatMs = 2_000;

/** The requests of one POST, on their way to their answers. */
export interface Exchange {
  session: Session;
  requests: JSONRPCRequest[];
  /** What the server is told about the HTTP request. */
  extra: MessageExtraInfo;
  /** Epoch milliseconds after which this instance waits no longer. */
  deadline: number;
  /** Ids on the wire of the questions that the client has been sent already. */
  asked: ReadonlySet<string>;
}

export interface CarryDeps {
  log: StreamLog;
  mail: Mailbox;
  clock: Clock;
  failed: (error: Error) => void;
}

/**
 * Feeds the requests to a server that is told the session's `initialize` first, and sends what it says to the outlet.
 * Requests of the server are answered through the mailbox, so the client's answer may reach any instance. When the
 * time is up while the client is being asked, the stream is left for another instance to take over. Resolves when
 * nothing more will be sent.
 */
export async function carryExchange(
  server: McpServer | Server,
  exchange: Exchange,
  outlet: Outlet,
  { log, mail, clock, failed }: CarryDeps,
): Promise<void> {
  const { session, requests, extra, deadline, asked } = exchange;
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const open = new Set<RequestId>(requests.map(({ id }) => id));
  const leaving = new AbortController();
  /** Questions to the client that it has not answered, with the request that each is for. */
  const pending = new Set<{ by: RequestId | undefined }>();
  /** How many questions there were for each request. */
  const questions = new Map<RequestId | undefined, number>();
  let ended = false;
  let sending = Promise.resolve();

  const isAsking = (id: RequestId) => [...pending].some(({ by }) => by === id);
  const phase = (): Phase => (pending.size > 0 && [...open].every(isAsking) ? 'asking' : 'working');

  function end(): void {
    if (ended) return;
    ended = true;
    leaving.abort();
    clearInterval(beat);
    clearTimeout(opening);
    clearTimeout(limit);
    outlet.detach();
    finish();
  }

  /** One after the other, as the events of a stream are numbered. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    sending = sending.then(async () => {
      if (!ended) await work();
    });
    sending = sending.catch(fail);
    return sending;
  }

  function fail(error: Error): void {
    failed(error);
    outlet.fail(error);
    end();
  }

  function send(message: JSONRPCMessage | undefined, isLast: boolean): Promise<void> {
    return inTurn(async () => {
      await outlet.send(message, isLast, phase());
      if (isLast) end();
    });
  }

  /** Gives up the stream for another instance, which continues when the client comes back. */
  async function leave(): Promise<void> {
    const holder = outlet.holder();
    if (holder) await log.release(outlet.name, holder, phase());
    end();
  }

  /** False when another instance has taken over. */
  async function hold(): Promise<boolean> {
    const holder = outlet.holder();
    const isOurs = holder === undefined || (await log.hold(outlet.name, holder, phase()));
    if (!isOurs) end();
    return isOurs;
  }

  function settle(id: RequestId, message?: JSONRPCMessage): Promise<void> {
    if (!open.delete(id)) return Promise.resolve();
    const isLast = open.size === 0;
    return message || isLast ? send(message, isLast) : Promise.resolve();
  }

  async function ask(request: JSONRPCRequest, by: RequestId | undefined): Promise<void> {
    const number = questions.get(by) ?? 0;
    questions.set(by, number + 1);
    const wireId = wireIdOf(request, by, number, outlet.name.stream);
    const question = { by };
    pending.add(question);
    // A stream that was taken over may have asked this already, and then the client is at it.
    if (!asked.has(wireId)) await send({ ...request, id: wireId }, false);
    if (!(await hold())) return;
    const answer = await poll(() => mail.answerTo(session.id, wireId), leaving.signal);
    if (ended) return;
    if (!answer) return leave();
    pending.delete(question);
    // From here on the server may act, so nobody may begin anew.
    if (!(await hold())) return;
    transport.onmessage?.(answerMessage(request.id, answer), extra);
  }

  const transport: Transport = {
    sessionId: session.id,
    start: async () => {},
    close: async () => transport.onclose?.(),
    async send(message, options) {
      if (ended) return;
      if (!('method' in message)) return settle(message.id as RequestId, message);
      if (!('id' in message)) return send(message, false);
      ask(message, options?.relatedRequestId).catch(fail);
    },
  };

  /** Says that this instance is still there, and looks whether the client has changed its mind. */
  async function tick(): Promise<void> {
    if (!outlet.holder() || !(await hold())) return;
    for (const id of open) {
      const cancellation = await mail.cancellationOf(session.id, id);
      if (!cancellation) continue;
      const params = { requestId: id, ...cancellation };
      transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, extra);
      await settle(id);
    }
  }

  const beat = setInterval(() => void tick().catch(failed), beatMs);
  // A call that takes its time gets a stream, so that a lost connection does not lose its result. It goes on without.
  const opening = setTimeout(() => void inTurn(() => outlet.open(phase()).catch(failed)), beatMs);
  const limit = setTimeout(() => {
    if (pending.size > 0) leaving.abort();
  }, deadline - clock());

  const closeStream = () =>
    void inTurn(async () => {
      await outlet.open(phase());
      outlet.detach();
    });

  try {
    await rehydrate(server, transport, session, extra);
    for (const request of requests) {
      transport.onmessage?.(request, { ...extra, closeSSEStream: closeStream });
    }
    await finished;
  } finally {
    end();
    await server.close();
  }
}

/**
 * Servers count their requests from 0, and there is one for each exchange: so the exchange's name comes first. What is
 * asked comes last, and for which request: an instance that takes over may ask in another order, or something else, and
 * must not take the answer that there is to one question for that to another.
 */
function wireIdOf(
  { method, params }: JSONRPCRequest,
  by: RequestId | undefined,
  number: number,
  stream: string,
): string {
  // What the server counts itself says nothing of what it asks.
  const { progressToken, ..._meta } = params?._meta ?? {};
  const digest = hash('sha256', JSON.stringify([by ?? null, method, { ...params, _meta }]), 'base64url');
  return `${stream}:${number}:${digest.slice(0, 16)}`;
}

/** Whether an answer with this id may be one to a question of ours. */
export function isWireId(id: RequestId): boolean {
  return /^[0-9a-f-]{36}:\d{1,9}:[\w-]{16}$/.test(String(id));
}

/** What `Exchange.asked` is made of: the questions among the messages of a stream. */
export function askedBy(messages: readonly (JSONRPCMessage | undefined)[]): Set<string> {
  return new Set(
    messages.flatMap((message) => (message && 'method' in message && 'id' in message ? [String(message.id)] : [])),
  );
}

function answerMessage(id: RequestId, answer: Answer): JSONRPCMessage {
  return { jsonrpc: '2.0', id, ...answer } as JSONRPCMessage;
}
