import { Agent, type IncomingMessage, request } from 'node:http';

export interface Sent {
  method?: string;
  headers?: Record<string, string | string[]> | string[];
  body?: string | Uint8Array;
  agent?: Agent;
}

export interface Received {
  status: number;
  /** Lower-case names. */
  headers: IncomingMessage['headers'];
  /** As they came. */
  rawHeaders: string[];
  body: string;
}

/** One request over node:http, which neither normalises the path nor the spelling of headers. */
export async function send(url: string, path: string, sent: Sent = {}): Promise<Received> {
  const response = await open(url, path, sent);
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    body: Buffer.concat(chunks).toString(),
  };
}

/** The same, as soon as the answer's headers are there. */
export function open(url: string, path: string, { method = 'GET', headers = {}, body, agent }: Sent = {}) {
  const { hostname, port } = new URL(url);
  return new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers, agent: agent ?? new Agent() }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
