import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { toAuthorizerContext } from '../../functions/auth/context.ts';
import type { Principal } from '../../functions/auth/principal.ts';
import { systemClock } from '../../functions/gateway/clock.ts';
import { jsonRpcErrorAnswer } from '../../functions/http/answer.ts';
import { toPlainRequest } from '../../functions/http/event.ts';
import { readJson } from '../../functions/http/json-body.ts';
import { checkOrigin } from '../../functions/http/origin.ts';
import type { PlainAnswer, PlainRequest } from '../../functions/http/plain.ts';
import { requirePrincipal } from '../../functions/http/route.ts';
import { mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { endSession } from '../../functions/mcp/sessions/end-session.ts';
import { runTask } from '../../functions/mcp/tasks/run-task.ts';
import { taskStore } from '../../functions/mcp/tasks/task-store.ts';
import { memoryState } from '../../functions/state/memory.ts';
import { readStamps } from './change-tools.ts';
import { fixtureFace } from './fixture-face.ts';
import { fixtureRoom } from './fixture-room.ts';

const maxMessageBytes = 1_048_576;
const requestMs = 30_000;

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
  /** The MCP endpoint. */
  url: string;
  close(): Promise<void>;
}

/** Serves the suite's fixtures on loopback by the same steps as `/mcp` of the gateway. Port 0 takes a free one. */
export async function startServer(port: number): Promise<ConformanceServer> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `${publicUrl}/mcp`;
  // A refused request is the suite's purpose, not a fault worth a line.
  const state = memoryState(systemClock);
  const sessions = { state, clock: systemClock };
  const room = fixtureRoom(state);
  const failed = () => {};
  const worker = { tasks: taskStore(state, systemClock), room, clock: systemClock, failed };
  const tasks = {
    ...sessions,
    start: async (id: string) => void runTask(id, Date.now() + requestMs, worker),
  };
  const subscriptions = { ...sessions, pollMs: 200, stamps: () => readStamps(state) };
  const endpoint = mcpEndpoint({ url, face: fixtureFace, room, failed, sessions, tasks, subscriptions });

  const handle = async (incoming: IncomingMessage): Promise<PlainAnswer> => {
    const requestId = randomUUID();
    try {
      const request = await readRequest(incoming, requestId);
      checkOrigin(request.headers, { publicUrl, allowedOrigins: [] });
      requirePrincipal(request, 'token');
      if (request.method === 'GET') return await endpoint.get(request);
      if (request.method === 'DELETE') return await endSession(request, state, systemClock);
      return await endpoint.post(request, readJson(request, maxMessageBytes));
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

if (import.meta.main) {
  const { url } = await startServer(Number(process.argv[2] ?? 3001));
  console.log(url);
}
