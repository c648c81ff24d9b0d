import { createServer, request as send } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { onLoopback } from '../../local/on-loopback.ts';

export interface RoundRobin {
  /** `http://127.0.0.1:<port>` */
  url: string;
  close(): Promise<void>;
}

/**
 * Sends each request to the next of the targets, whoever it comes from, and passes the answer back as it comes. `headers`
 * are added to what the client sends.
 */
export async function startRoundRobin(
  targets: readonly string[],
  headers: Record<string, string> = {},
): Promise<RoundRobin> {
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    const target = targets[turn % targets.length] ?? '';
    turn += 1;
    const { method, url } = incoming;
    // Without an agent: a connection that is kept could be gone by the time of the next request.
    const passed = send(`${target}${url}`, { method, agent: false, headers: { ...incoming.headers, ...headers } });
    passed.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      pipeline(answer, outgoing).catch(() => outgoing.destroy());
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  const { url, close } = await onLoopback(server);
  return { url, close };
}
