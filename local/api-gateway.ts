import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerBuffered, setHead } from './api-gateway/answer-buffered.ts';
import { answerStreamed } from './api-gateway/answer-streamed.ts';
import { authorizers } from './api-gateway/authorizers.ts';
import { type Contract, readContract } from './api-gateway/contract.ts';
import { faultOf } from './api-gateway/fault-of.ts';
import { gatewayResponse, type Refusal } from './api-gateway/gateway-response.ts';
import { requestHeaders } from './api-gateway/headers.ts';
import type { Invoke, Report } from './api-gateway/invoke.ts';
import { matchOperation } from './api-gateway/match-operation.ts';
import { type ApiIdentity, type Arrival, addForwardedHeaders, proxyEvent } from './api-gateway/proxy-event.ts';

export interface ApiGatewayOptions {
  /** The parsed `openapi/gateway.yaml`. */
  document: unknown;
  invoke: Invoke;
  /** 0, the default, takes any free port. */
  port?: number;
  /** Where clients reach the gateway, without a trailing slash; its own address by default. */
  publicUrl?: string;
  stage?: string;
  /** Epoch milliseconds, for the age of cached authorizer results. */
  clock?: () => number;
  /** Told why a client got a 5xx; writes to standard error by default. */
  report?: Report;
  /** After so long without a byte a stream is cut; five minutes by default, as for regional endpoints. */
  streamIdleMs?: number;
}

export interface ApiGateway {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Takes no more connections, gives the requests under way a second, then drops what is left. */
  close(): Promise<void>;
}

const host = '127.0.0.1';
const maxBodyBytes = 10 * 1_048_576;
const maxHeaderBytes = 10_240;
const closingGraceMs = 1_000;

/**
 * A stand-in for an API Gateway REST API on a custom domain with an empty base path: the paths of the document, v1
 * proxy events, REQUEST authorizers, gateway responses, streamed answers, and the limits that clients meet. It
 * listens on loopback only. Throws when the document cannot be served.
 */
export async function startApiGateway(options: ApiGatewayOptions): Promise<ApiGateway> {
  const contract = readContract(options.document);
  const server = createServer({ maxHeaderSize: maxHeaderBytes });
  const url = await listen(server, options.port ?? 0);
  server.on('request', frontDoor(contract, options, url));
  return { url, close: () => close(server) };
}

function frontDoor(contract: Contract, options: ApiGatewayOptions, url: string) {
  const { invoke, clock = Date.now, report = reportToStandardError, streamIdleMs = 300_000 } = options;
  const publicUrl = options.publicUrl ?? url;
  const { binaryTypes } = contract;
  const api: ApiIdentity = { stage: options.stage ?? 'local', publicUrl: new URL(publicUrl), binaryTypes };
  const substitutions = { resource_metadata_url: `${publicUrl}/.well-known/oauth-protected-resource/mcp` };
  const authorize = authorizers({ invoke, api, clock, report });

  return async (request: IncomingMessage, response: ServerResponse) => {
    const requestId = randomUUID();
    const refuse = (refusal: Refusal) =>
      sendRefusal(response, gatewayResponse(contract.gatewayResponses, refusal, { requestId, substitutions }));
    response.setHeader('x-amzn-RequestId', requestId);
    // A client that leaves is no error of the gateway's; without a listener it would end the process.
    response.on('error', () => {});
    try {
      const body = await readBody(request);
      if (!body) return refuse('REQUEST_TOO_LARGE');
      const arrival = toArrival(request, body, requestId, api);
      const match = matchOperation(contract.operations, arrival.method, arrival.path);
      if (!match) return refuse('MISSING_AUTHENTICATION_TOKEN');
      const { operation } = match;
      const authorization = operation.authorizer && (await authorize(operation.authorizer, arrival, match));
      if (authorization?.allowed === false) return refuse(authorization.refusal);
      const fault = faultOf(arrival, operation.required);
      if (fault) return refuse(fault);
      const exchange = {
        operation,
        event: proxyEvent(arrival, match, api, authorization?.context),
        response,
        refuse,
      };
      if (operation.transfer === 'STREAM') await answerStreamed(exchange, { invoke, report, idleMs: streamIdleMs });
      else await answerBuffered(exchange, { invoke, report });
    } catch (error) {
      // Only the request can fail here, and only by its client leaving before it was complete.
      if (!request.destroyed) report('A request could not be served', error);
      response.destroy();
    }
  };
}

/** The whole body, or `undefined` when it is too large. It is read to its end even so, for the client to hear why. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size <= maxBodyBytes ? Buffer.concat(chunks) : undefined;
}

function toArrival(request: IncomingMessage, body: Buffer, requestId: string, api: ApiIdentity): Arrival {
  const [path = '', ...query] = (request.url ?? '').split('?');
  const sourceIp = request.socket.remoteAddress ?? host;
  const headers = requestHeaders(request.rawHeaders);
  addForwardedHeaders(headers, sourceIp, api);
  return {
    requestId,
    time: Date.now(),
    method: request.method ?? '',
    path,
    query: new URLSearchParams(query.join('?')),
    headers,
    body,
    sourceIp,
  };
}

function sendRefusal(response: ServerResponse, { status, headers, body }: ReturnType<typeof gatewayResponse>): void {
  // A function may have left headers behind that turned out not to be sendable.
  for (const name of response.getHeaderNames()) {
    if (name !== 'x-amzn-requestid') response.removeHeader(name);
  }
  setHead(response, status, new Map(Object.entries(headers).map(([name, value]) => [name, [value]])));
  response.end(body);
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  return `http://${host}:${address.port}`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that becomes idle from now on would otherwise be kept for the client's next request.
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const end = setTimeout(() => server.closeAllConnections(), closingGraceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(end);
}

function reportToStandardError(message: string, cause?: unknown): void {
  console.error(message, ...(cause === undefined ? [] : [cause]));
}
