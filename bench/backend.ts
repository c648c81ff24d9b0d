import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const reply = JSON.stringify({
  items: Array.from({ length: 10 }, (_, id) => ({ id, name: `Item ${id}`, state: 'open', owner: 'bench' })),
  total: 10,
});

/** The API behind the measured tools: one page of ten items, whatever is asked. */
export async function startBackend(): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) });
    response.end(reply);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/**
 * Keeps this process's event loop turning until the returned function is called. Otherwise a request finds it asleep, and
 * waking a sleeping processor of a virtual machine is charged to whoever writes to the socket: the more, the longer the
 * measured work took.
 */
export function stayAwake(): () => void {
  let next = setImmediate(function turn() {
    next = setImmediate(turn);
  });
  return () => clearImmediate(next);
}
