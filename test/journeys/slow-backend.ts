import { createServer, type ServerResponse } from 'node:http';
import { onLoopback } from '../../local/on-loopback.ts';

/** An OpenAPI document of a service that makes reports: `get_report` says itself that it takes long. */
export const reportsDocument = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Reports', version: '1.0.0' },
  paths: {
    '/reports/{id}': {
      get: {
        operationId: 'get_report',
        'x-mcp-long-running': true,
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'The report.' } },
      },
    },
    '/reports': {
      post: {
        operationId: 'make_report',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
            },
          },
        },
        responses: { 201: { description: 'The report.' } },
      },
    },
  },
});

/** The service. What is asked of a path that is held waits until it is let go, or until whoever asked has left. */
export async function startSlowBackend() {
  const held = new Map<string, ServerResponse[]>();
  const left: string[] = [];
  let requests = 0;
  const answer = (path: string, response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ path }));
  const server = createServer((request, response) => {
    requests += 1;
    const path = request.url ?? '';
    const waiting = held.get(path);
    response.on('close', () => response.writableFinished || left.push(path));
    if (waiting) waiting.push(response);
    else answer(path, response);
  });
  const { url, close } = await onLoopback(server);
  return {
    url,
    /** How many there were. */
    get requests() {
      return requests;
    },
    /** Paths that somebody asked for and did not wait for. */
    left,
    hold: (path: string) => void held.set(path, []),
    waiting: (path: string) => held.get(path)?.length ?? 0,
    letGo: (path: string) => {
      const waiting = held.get(path) ?? [];
      held.delete(path);
      for (const response of waiting) answer(path, response);
    },
    close,
  };
}
