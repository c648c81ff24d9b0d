import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** `wanted` if it is free on 127.0.0.1, any free port for 0. Rejects with `EADDRINUSE` when it is taken. */
export function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
