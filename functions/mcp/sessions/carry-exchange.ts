import type {
  JSONRPCMessage,
  JSONRPCNotification,
  JSONRPCRequest,
  McpServer,
  MessageExtraInfo,
  RequestId,
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
  /** Requests of the server that the client has been sent already, by their id on the wire. */
  asked: ReadonlyMap<string, string>;
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
  server: McpServer,
  exchange: Exchange,
  outlet: Outlet,
  { log, mail, clock, failed }: CarryDeps,
): Promise<void> {
  const { session, requests, extra, deadline, asked } = exchange;
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const open = new Set<RequestId>(requests.map(({ id }) => id));
  const leaving = new AbortController();
  let unanswered = 0;
  let questions = 0;
  let ended = false;
  let sending = Promise.resolve();

  const phase = (): Phase => (unanswered > 0 ? 'asking' : 'working');

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
    sending = sending.catch((error: Error) => {
      failed(error);
      end();
    });
    return sending;
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
    if (holder) await log.release(outlet.name, holder);
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

  async function ask(request: JSONRPCRequest): Promise<void> {
    const wireId = wireIdOf(request, questions, exchange, outlet.name.stream);
    questions += 1;
    unanswered += 1;
    // A stream that was taken over may have asked this already, and then the client is at it.
    if (!asked.has(wireId)) await send({ ...request, id: wireId }, false);
    if (!(await hold())) return;
    const answer = await poll(() => mail.answerTo(session.id, wireId), leaving.signal);
    if (ended) return;
    if (!answer) return leave();
    unanswered -= 1;
    // From here on the server may act, so nobody may begin anew.
    if (!(await hold())) return;
    transport.onmessage?.(answerMessage(request.id, answer), extra);
  }

  const transport: Transport = {
    sessionId: session.id,
    start: async () => {},
    close: async () => transport.onclose?.(),
    async send(message) {
      if (ended) return;
      if (!('method' in message)) return settle(message.id as RequestId, message);
      if (!('id' in message)) return send(message, false);
      ask(message).catch((error: Error) => {
        failed(error);
        end();
      });
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
  // A call that takes its time gets a stream, so that a lost connection does not lose its result.
  const opening = setTimeout(() => void inTurn(() => outlet.open(phase())), beatMs);
  const limit = setTimeout(() => {
    if (unanswered > 0) leaving.abort();
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

/** Servers count their requests from 0, and there is one for each exchange: so the exchange's name comes first. */
function wireIdOf({ method, params }: JSONRPCRequest, index: number, { asked }: Exchange, stream: string): string {
  const id = `${stream}:${index}`;
  const before = asked.get(id);
  // The answer to another question than the one that was asked must never be taken for one to this.
  return before === undefined || before === JSON.stringify({ method, params }) ? id : `${id}:again`;
}

/** What `Exchange.asked` is made of: the requests of the server among the messages of a stream. */
export function askedBy(messages: readonly (JSONRPCMessage | undefined)[]): Map<string, string> {
  const requests = messages.filter((message) => message !== undefined && 'method' in message && 'id' in message);
  return new Map(
    (requests as (JSONRPCRequest | JSONRPCNotification)[]).map((request) => [
      String((request as JSONRPCRequest).id),
      JSON.stringify({ method: request.method, params: request.params }),
    ]),
  );
}

function answerMessage(id: RequestId, answer: Answer): JSONRPCMessage {
  return { jsonrpc: '2.0', id, ...answer } as JSONRPCMessage;
}
