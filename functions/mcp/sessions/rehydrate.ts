import type {
  JSONRPCMessage,
  JSONRPCRequest,
  McpServer,
  MessageExtraInfo,
  Server,
  Transport,
} from '@modelcontextprotocol/server';
import type { Session } from './session-store.ts';

/** A client's own ids are bound to differ: it never sees this one. */
const ownId = 'gatehouse:rehydrate';

/** Connects a fresh server and brings it to where the session's client believes it to be. */
export async function rehydrate(
  server: McpServer | Server,
  transport: Transport,
  { initialize, log_level }: Pick<Session, 'initialize' | 'log_level'>,
  extra: MessageExtraInfo,
): Promise<void> {
  await server.connect(transport);
  await ask(transport, { jsonrpc: '2.0', id: ownId, method: 'initialize', params: initialize }, extra);
  transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/initialized' }, extra);
  if (log_level === undefined) return;
  const params = { level: log_level };
  await ask(transport, { jsonrpc: '2.0', id: ownId, method: 'logging/setLevel', params }, extra);
}

/** Feeds a request of our own, and keeps the answer from going out. */
async function ask(transport: Transport, request: JSONRPCRequest, extra: MessageExtraInfo): Promise<JSONRPCMessage> {
  const { send } = transport;
  const { promise, resolve } = Promise.withResolvers<JSONRPCMessage>();
  transport.send = async (message) => resolve(message);
  transport.onmessage?.(request, extra);
  const answer = await promise;
  transport.send = send;
  return answer;
}
