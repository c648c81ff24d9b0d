import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived; `body` is parsed. */
export interface Arrived {
  method: string;
  headers: Record<string, string | string[] | undefined>;
  body: { id?: string | number; method?: string; params?: Record<string, unknown> };
  /** Resolves when the client has hung up, or has had its answer. */
  closed: Promise<void>;
}

/** Answers HTTP requests as a test wants it, and remembers them in order. */
export async function scriptedGateway(script: (request: Arrived, response: ServerResponse) => void) {
  const arrived: Arrived[] = [];
  const server = createServer(async (incoming, response) => {
    let text = '';
    for await (const chunk of incoming) text += String(chunk);
    const closed = new Promise<void>((resolve) => response.on('close', resolve));
    const { method = '', headers } = incoming;
    const request = { method, headers, body: text === '' ? {} : JSON.parse(text), closed };
    arrived.push(request);
    script(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    arrived,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export function json(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** The result of the request that arrived. */
export function result(response: ServerResponse, { body }: Arrived, value: unknown, headers?: Record<string, string>) {
  json(response, 200, { jsonrpc: '2.0', id: body.id, result: value }, headers);
}

/** One event, with an id from which a stream can be resumed. */
export function event(id: string, message?: unknown): string {
  return `id: ${id}\nretry: 10\ndata: ${message === undefined ? '' : JSON.stringify(message)}\n\n`;
}
