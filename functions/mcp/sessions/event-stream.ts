import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import type { Session } from './session-store.ts';

/** After how long a client comes back whose stream has ended. */
const retryMs = 500;

const versionWithPriming = '2025-11-25';

/** A comment, which clients pass over and proxies take for a sign of life. */
export const keepAlive = ': keepalive\n\n';

/** The body of a streamed answer, written from one side and read from the other. */
export interface EventStream {
  body: AsyncIterable<Uint8Array>;
  /** Nothing happens when the reader has left or the stream has ended. */
  write(text: string): void;
  end(): void;
}

/** Server-sent events, or any text, in the order in which they are written. */
export function eventStream(): EventStream {
  const waiting: Uint8Array[] = [];
  let ended = false;
  let wake: () => void = () => {};

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        for (let chunk = waiting.shift(); chunk; chunk = waiting.shift()) yield chunk;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      ended = true;
    }
  }

  return {
    body: read(),
    write(text) {
      if (ended) return;
      waiting.push(Buffer.from(text));
      wake();
    },
    end() {
      ended = true;
      wake();
    },
  };
}

/** One message as an event, with the id from which a client can resume (HTML, Server-sent events). */
export function eventOf(id: string, message: JSONRPCMessage): string {
  return `event: message\nid: ${id}\ndata: ${JSON.stringify(message)}\n\n`;
}

/** Whether the session's client understands an event without a message. */
export function primes({ protocol_version }: Session): boolean {
  return protocol_version >= versionWithPriming;
}

/** An event without a message, which gives the client an id to resume from before there is anything to say. */
export function primingEvent(id: string): string {
  return `id: ${id}\nretry: ${retryMs}\ndata: \n\n`;
}
