import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import dynalite from 'dynalite';

export interface EmbeddedDynamo {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`; any region and keys will do. */
  endpoint: string;
  /** Ends the connections and closes the files. */
  close(): Promise<void>;
}

export interface EmbeddedDynamoOptions {
  /** Directory in which the tables survive a restart, made if it is missing; without it they live in memory. */
  path?: string;
  /** Any free port by default. */
  port?: number;
}

/**
 * Starts DynamoDB inside this process, on 127.0.0.1 only. It has no TTL, transactions or streams; the gateway needs
 * none of them. One process at a time can have a directory open: throws when another has it.
 */
export async function startEmbeddedDynamo({ path, port = 0 }: EmbeddedDynamoOptions = {}): Promise<EmbeddedDynamo> {
  if (path !== undefined) {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await checkUnused(path);
  }
  const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: actual } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${actual}`,
    async close() {
      const closed = promisify(server.close.bind(server))();
      // The server waits for connections, and clients keep them open.
      server.closeIdleConnections();
      const impatience = setTimeout(() => server.closeAllConnections(), 1_000);
      await closed.finally(() => clearTimeout(impatience));
    },
  };
}

/** The server itself would end the process at its first request, and not say why. */
async function checkUnused(path: string): Promise<void> {
  const { Level } = createRequire(createRequire(import.meta.url).resolve('dynalite'))('level');
  const store = new Level(path);
  try {
    await store.open();
  } catch (cause) {
    throw new Error(`The tables in ${path} cannot be opened. Is another gateway using them?`, { cause });
  }
  await store.close();
}
