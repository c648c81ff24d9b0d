import type { IncomingHttpHeaders } from 'node:http';
import { TableFailure } from './failure.ts';

/** Milliseconds and bytes. */
export interface ExchangeLimits {
  /** For name, TCP and TLS together. */
  connect_ms: number;
  /** For the whole exchange, the wait for a free connection and the last byte of the answer included. */
  answer_ms: number;
  answer_bytes: number;
}

/** What came back, whatever its status. */
export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Sends one POST. Rejects with a `TableFailure` when no whole answer came in time. */
export type Exchange = (headers: Record<string, string>, body: Buffer) => Promise<Received>;

// Bounds what one instance keeps open; a request beyond them waits for a connection.
const pool = { keepAlive: true, scheduling: 'lifo', maxSockets: 64, maxFreeSockets: 16 } as const;

/** Exchanges with one host on connections that are kept. `service` is what failures call it. */
export function openExchange(
  { protocol, hostname, port }: URL,
  limits: ExchangeLimits,
  service = 'DynamoDB',
  path = '/',
): Exchange {
  const isTls = protocol === 'https:';
  // Not by `import`, which reads every export: reading `http.WebSocket` loads Node's web stack, which costs as much as
  // an empty function.
  const { Agent, request } = process.getBuiltinModule(isTls ? 'node:https' : 'node:http');
  const agent = new Agent(pool);
  const target = {
    method: 'POST',
    path,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    agent,
    rejectUnauthorized: true,
  };

  /** A function that was frozen finds its kept connections closed, and when one of them is, so are the others. */
  const dropIdle = () => {
    for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  };

  return (headers, body) =>
    new Promise((resolve, reject) => {
      const outgoing = request({ ...target, headers });
      let connecting: NodeJS.Timeout | undefined;
      let answered = false;
      // A promise settles once, so whatever is reported after the first outcome is of no consequence.
      const end = () => {
        clearTimeout(deadline);
        clearTimeout(connecting);
      };
      const fail = (failure: TableFailure) => {
        end();
        reject(failure);
        outgoing.destroy();
        dropIdle();
      };
      const late = (what: string, ms: number) =>
        fail(new TableFailure('TimeoutError', `${service} ${what} within ${ms} ms`, 'later'));
      const lost = (cause: Error) => {
        const isStale = outgoing.reusedSocket && !answered;
        fail(new TableFailure('NetworkError', `No answer: ${cause.message}`, isStale ? 'at once' : 'later', cause));
      };

      const deadline = setTimeout(late, limits.answer_ms, 'did not answer', limits.answer_ms);
      outgoing.on('socket', (socket) => {
        if (outgoing.reusedSocket) return;
        connecting = setTimeout(late, limits.connect_ms, 'took no connection', limits.connect_ms);
        socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
      });
      outgoing.on('error', lost);
      outgoing.on('response', (incoming) => {
        answered = true;
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size <= limits.answer_bytes) return;
          fail(new TableFailure('AnswerTooLarge', `${service} sent more than ${limits.answer_bytes} bytes`, 'not'));
        });
        incoming.on('error', lost);
        incoming.on('end', () => {
          end();
          const { statusCode: status = 0, headers } = incoming;
          resolve({ status, headers, body: Buffer.concat(chunks).toString() });
        });
      });
      outgoing.end(body);
    });
}
