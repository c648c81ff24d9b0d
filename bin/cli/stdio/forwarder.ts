import { randomUUID } from 'node:crypto';
import type { JSONRPCMessage, JSONRPCRequest, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { openExchanges, type Response } from './exchanges.ts';
import { explainFailure, notFoundCode } from './explain-failure.ts';

/** MCP 2026-07-28: an argument that a header must repeat was not repeated. */
const headerMismatch = -32_020;
const versionKey = 'io.modelcontextprotocol/protocolVersion';

/** A client's messages on their way to the gateway. */
export interface Forwarder {
  take(message: JSONRPCMessage): void;
  /** Resolves when nothing is under way that has an end. */
  settled(): Promise<void>;
  /** Ends the session, and all that is under way with it. */
  close(): Promise<void>;
}

export interface Client {
  write(message: JSONRPCMessage): void;
  /** Tells the user, who does not see the messages. */
  say(line: string): void;
}

/**
 * Passes messages between a client and the gateway as they are. Of its own it does what the client would have to do if
 * it spoke HTTP: headers that repeat arguments, a new session when the old one is over, and errors for what HTTP refuses.
 */
export async function forwarder(transport: StreamableHTTPClientTransport, client: Client): Promise<Forwarder> {
  const exchanges = openExchanges(transport);
  const underWay = new Set<Promise<void>>();
  let handshake: JSONRPCRequest | undefined;
  let reopening: Promise<void> | undefined;
  let inOrder: Promise<void> = Promise.resolve();

  transport.onmessage = (message) => ('method' in message ? client.write(message) : exchanges.settle(message));
  await transport.start();

  async function forward(request: JSONRPCRequest): Promise<void> {
    if (request.method === 'initialize') handshake = request;
    const session = transport.sessionId;
    let response = await exchanges.ask(request);
    if (codeOf(response) === notFoundCode && session) {
      await leaveSession(session);
      response = await exchanges.ask(request);
    }
    if (codeOf(response) === headerMismatch && request.method === 'tools/call') {
      await listTools(request);
      response = await exchanges.ask(request);
    }
    if (!response) return;
    client.write(response);
    if ('error' in response) client.say(`${request.method}: ${response.error.message}`);
  }

  /** A client on stdin knows of no sessions, so a new one is begun in its place (MCP 2025-11-25, session management). */
  async function leaveSession(session: string): Promise<void> {
    if (transport.sessionId === session) reopening ??= beginSession();
    await reopening;
    reopening = undefined;
  }

  async function beginSession(): Promise<void> {
    const response = handshake && (await exchanges.ask({ ...handshake, id: randomUUID() }));
    if (response && 'result' in response) await notify({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  /** Learns which headers the tools want, when the client calls one that it has not listed, or that has changed. */
  async function listTools({ params }: JSONRPCRequest): Promise<void> {
    let cursor: unknown;
    do {
      const page = { _meta: params?._meta, ...(typeof cursor === 'string' && { cursor }) };
      const response = await exchanges.ask({ jsonrpc: '2.0', id: randomUUID(), method: 'tools/list', params: page });
      cursor = response && 'result' in response ? response.result.nextCursor : undefined;
    } while (cursor !== undefined);
  }

  async function notify(message: JSONRPCMessage): Promise<void> {
    const isCancellation = 'method' in message && message.method === 'notifications/cancelled';
    const cancelled = isCancellation ? exchanges.cancel(message) : undefined;
    // In 2026-07-28 to hang up is to cancel.
    if (!cancelled || !isModern(cancelled.request)) {
      await transport.send(message).catch((error) => client.say(explainFailure('', error).error.message));
    }
    cancelled?.hangUp();
  }

  /** Resolves when the next message may go out: not before the session is there, or a notification has arrived. */
  async function pass(message: JSONRPCMessage): Promise<void> {
    if (!('method' in message && 'id' in message)) return notify(message);
    const done = forward(message).finally(() => underWay.delete(done));
    if (message.method !== 'subscriptions/listen') underWay.add(done);
    if (message.method === 'initialize') await done;
  }

  return {
    take(message) {
      inOrder = inOrder.then(() => pass(message));
    },
    async settled() {
      await inOrder;
      await Promise.all(underWay);
    },
    async close() {
      exchanges.close();
      await transport.terminateSession().catch(() => {});
      await transport.close();
    },
  };
}

function isModern({ params }: JSONRPCRequest): boolean {
  return typeof params?._meta?.[versionKey] === 'string';
}

function codeOf(response: Response | undefined): number | undefined {
  return response && 'error' in response ? response.error.code : undefined;
}
