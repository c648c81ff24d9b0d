import type {
  JSONRPCMessage,
  JSONRPCRequest,
  McpServer,
  MessageExtraInfo,
  Server,
  Transport,
} from '@modelcontextprotocol/server';

export interface Initialized {
  answer: JSONRPCMessage;
  /** The version that was agreed on; absent when the server refused. */
  protocolVersion: string | undefined;
}

/** Lets a fresh server answer `initialize`. */
export async function initialize(
  server: McpServer | Server,
  request: JSONRPCRequest,
  extra: MessageExtraInfo,
): Promise<Initialized> {
  const { promise, resolve } = Promise.withResolvers<JSONRPCMessage>();
  const transport: Transport = {
    start: async () => {},
    close: async () => transport.onclose?.(),
    send: async (message) => resolve(message),
  };
  await server.connect(transport);
  transport.onmessage?.(request, extra);
  const answer = await promise;
  await server.close();
  const version = 'result' in answer ? answer.result.protocolVersion : undefined;
  return { answer, protocolVersion: typeof version === 'string' ? version : undefined };
}
