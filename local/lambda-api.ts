import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Invoke } from './api-gateway/invoke.ts';
import { onLoopback } from './on-loopback.ts';

/** A function as callers of Lambda's API know it. */
export interface Invocable {
  /** What `invoke` calls it. */
  functionName: string;
  timeoutMs: number;
}

export interface LambdaApiOptions {
  invoke: Invoke;
  /** The function of this name, if there is one with this alias. */
  find(name: string, alias: string): Invocable | undefined;
  /** Whether the caller behind an `Authorization` header may have it invoked. */
  mayInvoke?: (authorization: string, name: string, alias: string) => boolean;
}

export interface LambdaApi {
  endpoint: string;
  close(): Promise<void>;
}

const invocationPath = /^\/2015-03-31\/functions\/([\w-]+)\/invocations\?Qualifier=([\w-]+)$/;

/**
 * Lambda's Invoke API, on loopback, as far as the gateway uses it: events for a function's alias are taken in, and the
 * function is invoked after the answer. What comes of it is told to nobody, and nothing is tried again.
 */
export async function startLambdaApi(options: LambdaApiOptions): Promise<LambdaApi> {
  const server = createServer((request, response) => {
    takeIn(request, response, options).catch(() => response.destroy());
  });
  const { url, close } = await onLoopback(server);
  return { endpoint: url, close };
}

async function takeIn(request: IncomingMessage, response: ServerResponse, options: LambdaApiOptions): Promise<void> {
  const { invoke, find, mayInvoke = () => true } = options;
  const event: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
  const [, name = '', alias = ''] = invocationPath.exec(request.url ?? '') ?? [];
  const { authorization = '', 'x-amz-invocation-type': type, 'x-amzn-trace-id': trace } = request.headers;
  if (request.method !== 'POST' || type !== 'Event') return refuse(response, 400, 'InvalidRequestContentException');
  if (!mayInvoke(authorization, name, alias)) return refuse(response, 403, 'AccessDeniedException');
  const found = find(name, alias);
  if (!found) return refuse(response, 404, 'ResourceNotFoundException');
  response.writeHead(202).end();
  const traceId = typeof trace === 'string' ? trace : undefined;
  // Its failure stands in its log.
  invoke(found.functionName, event, { deadlineMs: Date.now() + found.timeoutMs, traceId }).catch(() => {});
}

function refuse(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ Type: 'User', Message: 'No.' }));
}
