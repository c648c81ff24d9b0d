import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onLoopback } from '../../local/on-loopback.ts';

type Behaviour = (response: ServerResponse, socket: Socket) => void;

/** What can go wrong behind a gateway, by path. */
const behaviours: Record<string, Behaviour> = {
  '/slow': () => {},
  '/garbage': (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"half":'),
  '/no-http': (_, socket) => socket.end('neither HTTP nor sense\r\n\r\n'),
  '/reset': (_, socket) => socket.resetAndDestroy(),
  '/huge': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(1_048_576, 0x20);
    for (let written = 0; written < 10; written += 1) response.write(chunk);
    response.end();
  },
  '/redirect': (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  '/failing': (response) =>
    response
      .writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '7' })
      .end('{"title":"Closed for stocktaking","detail":"Back at noon."}'),
  '/image': (response) =>
    response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0x89, 0x50, 0x4e, 0x47])),
  '/bytes': (response) =>
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.from([0, 1, 2])),
  '/text': (response) => response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('grüezi'),
  '/nothing': (response) => response.writeHead(204).end(),
};

/** An OpenAPI document with one GET operation for each behaviour: `slow`, `garbage`, … */
export const unrulyDocument = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Unruly', version: '1.0.0' },
  paths: Object.fromEntries(
    Object.keys(behaviours).map((path) => [
      path,
      { get: { operationId: `get_${path.slice(1)}`, responses: { 200: { description: 'Whatever comes.' } } } },
    ]),
  ),
});

export async function startUnrulyBackend() {
  const server = createServer((request, response) => behaviours[request.url ?? '']?.(response, request.socket));
  const { url, close } = await onLoopback(server);
  return { url, close };
}
