import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';

/** A server on 127.0.0.1 that counts what reaches it, and is stopped after the test. */
export interface TestServer {
  url: string;
  port: number;
  connections: number;
  requests: number;
}

const running: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of running.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Answers each request after the rules of HTTP. */
export function httpServer(listener: RequestListener): Promise<TestServer> {
  return listen('http', (counts) => createHttpServer(counted(counts, listener)));
}

export function httpsServer(identity: { cert: string; key: string }, listener: RequestListener): Promise<TestServer> {
  return listen('https', (counts) => createHttpsServer(identity, counted(counts, listener)));
}

/** Does to each connection what it likes, once a whole request head has come. */
export function rawServer(serve: (socket: Socket, counts: TestServer) => void): Promise<TestServer> {
  return listen('http', (counts) =>
    createTcpServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => {
        if (!data.toString('latin1').includes('\r\n\r\n')) return;
        counts.requests += 1;
        serve(socket, counts);
      });
    }),
  );
}

/** Takes connections and says nothing. */
export function muteServer(): Promise<TestServer> {
  return listen('http', () => createTcpServer());
}

/** The body of a request as text. */
export async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function counted(counts: TestServer, listener: RequestListener): RequestListener {
  return (incoming, outgoing) => {
    counts.requests += 1;
    listener(incoming, outgoing);
  };
}

async function listen(scheme: string, create: (counts: TestServer) => Server): Promise<TestServer> {
  const counts: TestServer = { url: '', port: 0, connections: 0, requests: 0 };
  const server = create(counts);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    counts.connections += 1;
    sockets.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({ server, sockets });
  counts.port = (server.address() as AddressInfo).port;
  counts.url = `${scheme}://127.0.0.1:${counts.port}`;
  return counts;
}
