import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A place at which others wait until they are let pass: for tests of what happens in between. */
export interface Gate {
  /** A GET of it is answered when the asker may pass. */
  url: string;
  /** Lets one pass: who waits, or who comes next. */
  open(): void;
  close(): Promise<void>;
}

export async function startGate(): Promise<Gate> {
  const waiting: ServerResponse[] = [];
  let permits = 0;
  const proceed = () => {
    for (; permits > 0 && waiting.length > 0; permits -= 1) waiting.shift()?.end();
  };
  const server = createServer((_, response) => {
    waiting.push(response);
    proceed();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => {
      permits += 1;
      proceed();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
