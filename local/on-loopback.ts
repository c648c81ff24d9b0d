import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A server that listens on a free port of this machine alone. */
export interface OnLoopback {
  port: number;
  /** `http://127.0.0.1:<port>`. */
  url: string;
  /** Ends it, with the connections that are still open. */
  close(): Promise<void>;
}

/** Lets a server, of `node:http` or `node:https`, listen on a free port of 127.0.0.1. */
export async function onLoopback(server: Server | TlsServer): Promise<OnLoopback> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
