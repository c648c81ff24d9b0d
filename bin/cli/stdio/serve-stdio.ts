import {
  type JSONRPCMessage,
  ReadBuffer,
  StreamableHTTPClientTransport,
  serializeMessage,
} from '@modelcontextprotocol/client';
import { type Forwarder, forwarder } from './forwarder.ts';

/** How long requests may still be answered after stdin has ended. A client that is in a hurry sends a signal. */
const patienceMs = 30_000;

/** A stream that breaks is resumed; a laptop that wakes up takes a moment to find its network. */
const reconnectionOptions = {
  initialReconnectionDelay: 500,
  reconnectionDelayGrowFactor: 1.5,
  maxReconnectionDelay: 10_000,
  maxRetries: 8,
};

/** Serves the client on stdin and stdout until stdin ends. On stdout there is nothing but messages of the protocol. */
export async function serveStdio(url: URL, token: string): Promise<void> {
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    reconnectionOptions,
  });
  const gateway = await forwarder(transport, {
    write: (message) => process.stdout.write(serializeMessage(message)),
    say,
  });
  const leave = () => void gateway.close().finally(() => process.exit());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
  // The client is gone, and nobody reads any more.
  process.stdout.once('error', leave);

  await forwardAll(process.stdin, gateway).catch((error: Error) => say(error.message));
  await Promise.race([gateway.settled(), passed(patienceMs)]);
  await gateway.close();
}

async function forwardAll(input: AsyncIterable<Buffer>, gateway: Forwarder): Promise<void> {
  const buffer = new ReadBuffer();
  for await (const chunk of input) {
    buffer.append(chunk);
    for (const message of messagesIn(buffer)) gateway.take(message);
  }
}

function* messagesIn(buffer: ReadBuffer): Generator<JSONRPCMessage> {
  for (;;) {
    try {
      const message = buffer.readMessage();
      if (!message) return;
      yield message;
    } catch {
      say('A line on stdin is no message of JSON-RPC 2.0, and was left out. There are no batches.');
    }
  }
}

function say(line: string): void {
  console.error(`gatehouse: ${line}`);
}

/** Keeps no process alive. */
function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
