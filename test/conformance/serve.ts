import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { toAuthorizerContext } from '../../functions/auth/context.ts';
import type { Principal } from '../../functions/auth/principal.ts';
import { systemClock } from '../../functions/gateway/clock.ts';
import { openState } from '../../functions/gateway/deps.ts';
import { jsonRpcErrorAnswer } from '../../functions/http/answer.ts';
import { toPlainRequest } from '../../functions/http/event.ts';
import type { PlainAnswer, PlainRequest } from '../../functions/http/plain.ts';
import { memoryState } from '../../functions/state/memory.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { fixtureGateway, fixtureWorker } from './fixture-gateway.ts';

/** Clients who listen leave without a Lambda's notice, and occupy one of their few streams for as long. */
const requestMs = 10_000;
const taskMs = 30_000;

/** The suite sends no token, so every request comes from the same caller. */
const principal: Principal = {
  kind: 'token',
  subject: 'conformance-suite',
  issuer: 'http://127.0.0.1',
  roles: [],
  groups: [],
  scopes: [],
};

export interface ConformanceServer {
  /** `http://127.0.0.1:<port>`, where `/mcp` is. */
  url: string;
  close(): Promise<void>;
}

export interface ConformanceServerOptions {
  /** Any free port by default. */
  port?: number;
  /** Kept by this process alone by default. */
  state?: StateStore;
}

/** Serves the suite's fixtures on loopback. */
export async function startServer(options: ConformanceServerOptions = {}): Promise<ConformanceServer> {
  const { port = 0, state = memoryState(systemClock) } = options;
  const server = createServer();
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const work = fixtureWorker(state);
  const answer = fixtureGateway({
    publicUrl: url,
    state,
    start: async (taskId) => void work(taskId, Date.now() + taskMs).catch(console.error),
  });

  const handle = async (incoming: IncomingMessage): Promise<PlainAnswer> => {
    const requestId = randomUUID();
    try {
      return await answer(await readRequest(incoming, requestId));
    } catch (error) {
      return jsonRpcErrorAnswer(error, requestId);
    }
  };
  server.on('request', async (incoming, outgoing) => send(await handle(incoming), outgoing));

  return {
    url,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Goes by way of the event that API Gateway would make of it. */
async function readRequest(incoming: IncomingMessage, requestId: string): Promise<PlainRequest> {
  const event = {
    httpMethod: incoming.method,
    path: incoming.url,
    multiValueHeaders: incoming.headersDistinct,
    body: (await buffer(incoming)).toString('base64'),
    isBase64Encoded: true,
    requestContext: { requestId, authorizer: toAuthorizerContext(principal) },
  };
  return toPlainRequest(event, requestMs);
}

async function send({ status, headers, body }: PlainAnswer, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(status, headers);
  if (typeof body === 'string') {
    outgoing.end(body);
    return;
  }
  // A client may leave in the middle of a stream.
  await pipeline(body, outgoing).catch(() => outgoing.destroy());
}

// As a process of its own: the port is the first argument, and the state is in a table when the environment names one.
if (import.meta.main) {
  const state = process.env.GATEHOUSE_STATE_TABLE ? await openState(process.env, systemClock) : undefined;
  const { url } = await startServer({ port: Number(process.argv[2] ?? 0), ...(state && { state }) });
  if (process.send) process.send(url);
  else console.log(`${url}/mcp`);
}
