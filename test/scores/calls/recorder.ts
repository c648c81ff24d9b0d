import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { onLoopback } from '../../../local/on-loopback.ts';
import type { Prism } from './prism.ts';
import type { RecordedRequest } from './read-request.ts';

/** A request that left the gateway, and what the server behind said to it. */
export interface Exchange {
  request: RecordedRequest;
  reply: { status: number; headers: Record<string, string | string[] | undefined>; body: string };
}

export interface Recorder {
  /** The base URL of a document's backend. */
  urlOf(document: string): string;
  /** What Prism has before the path of a tool's operation. */
  setPrefix(tool: string, prefix: string): void;
  /** Takes what a tool has sent since it was last asked. */
  take(tool: string): Exchange[];
  close(): Promise<void>;
}

const patienceMs = 30_000;

/**
 * A server that keeps every request to a backend as it arrived and passes it on to Prism, if there is one. The first
 * segment of the path is the document's name.
 */
export async function startRecorder(prism: Pick<Prism, 'url'> = { url: async () => undefined }): Promise<Recorder> {
  const agent = new Agent({ keepAlive: true });
  const exchanges = new Map<string, Exchange[]>();
  const prefixes = new Map<string, string>();

  const server = createServer(async (incoming, outgoing) => {
    const recorded = await record(incoming);
    const tool = String(incoming.headers['x-mcp-tool-name']);
    const url = await prism.url();
    const target = (prefixes.get(tool) ?? '') + recorded.target;
    const reply = url === undefined ? nobody : await forward({ ...recorded, target }, url, agent);
    exchanges.set(tool, [...(exchanges.get(tool) ?? []), { request: recorded, reply }]);
    answer(outgoing, reply);
  });
  const { url, close } = await onLoopback(server);

  return {
    urlOf: (document) => `${url}/${document}`,
    setPrefix: (tool, prefix) => {
      prefixes.set(tool, prefix);
    },
    take: (tool) => {
      const taken = exchanges.get(tool) ?? [];
      exchanges.delete(tool);
      return taken;
    },
    close: async () => {
      agent.destroy();
      await close();
    },
  };
}

/** Said in Prism's place, and in its way. */
const nobody: Exchange['reply'] = {
  status: 503,
  headers: {},
  body: JSON.stringify({ violations: [{ place: 'document', code: 'unserved', message: 'it is not served' }] }),
};

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { rawHeaders, method = '', url = '' } = incoming;
  const headers = rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  );
  return { method, target: url.replace(/^\/[^/?]*/, ''), headers, body: Buffer.concat(chunks) };
}

function forward(
  { method, target, headers, body }: RecordedRequest,
  url: string,
  agent: Agent,
): Promise<Exchange['reply']> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: 599, headers: {}, body: error.message });
    const { hostname, port } = new URL(url);
    const kept = headers.filter(([name]) => name.toLowerCase() !== 'connection');
    const options = { agent, hostname, port, method, path: target || '/', headers: kept.flat(), timeout: patienceMs };
    const onward = request(options, async (response) => {
      const chunks: Buffer[] = [];
      response.on('error', failed);
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
    });
    onward.on('timeout', () => onward.destroy(new Error('Prism did not answer')));
    onward.on('error', failed);
    onward.end(body);
  });
}

/** What the gateway needs to see of it: whether the call was taken. */
function answer(outgoing: ServerResponse, { status, body }: Exchange['reply']): void {
  const isGood = status >= 200 && status < 300;
  outgoing.writeHead(isGood || status >= 400 ? status : 200, { 'content-type': 'text/plain' });
  outgoing.end(isGood ? 'taken' : body.slice(0, 2_000));
}
