import type {
  JSONRPCErrorResponse,
  JSONRPCNotification,
  JSONRPCRequest,
  JSONRPCResultResponse,
  RequestId,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { brokenOff, explainFailure } from './explain-failure.ts';
import { declaredHeaders } from './param-headers.ts';

export type Response = JSONRPCResultResponse | JSONRPCErrorResponse;

/** Requests that are under way to the gateway. */
export interface Exchanges {
  /** Sends a request as it is. Gives its response, or an error that stands for it, or nothing when it was cancelled. */
  ask(request: JSONRPCRequest): Promise<Response | undefined>;
  /** Gives the request that the client has cancelled, and a way to hang up on it. */
  cancel(notification: JSONRPCNotification): { request: JSONRPCRequest; hangUp(): void } | undefined;
  /** Hangs up on all. */
  close(): void;
  /** What the gateway says has come, for the request that it belongs to. */
  settle(response: Response): void;
}

interface Exchange {
  request: JSONRPCRequest;
  answer(response: Response | undefined): void;
  leaving: AbortController;
}

export function openExchanges(transport: StreamableHTTPClientTransport): Exchanges {
  const open = new Map<RequestId, Exchange>();
  const headers = declaredHeaders();

  /** What later requests need of what was agreed. */
  function heed({ method }: JSONRPCRequest, response: Response | undefined): void {
    if (!response || !('result' in response)) return;
    const { protocolVersion, tools } = response.result;
    if (method === 'initialize' && typeof protocolVersion === 'string') transport.setProtocolVersion(protocolVersion);
    if (method === 'tools/list' && Array.isArray(tools)) headers.learn(tools);
  }

  return {
    async ask(request) {
      const { promise, resolve: answer } = Promise.withResolvers<Response | undefined>();
      const leaving = new AbortController();
      open.set(request.id, { request, answer, leaving });
      transport
        .send(request, {
          headers: headers.of(request),
          requestSignal: leaving.signal,
          onRequestStreamEnd: () => answer(brokenOff(request.id)),
        })
        .catch((error) => answer(explainFailure(request.id, error)));
      const response = await promise;
      open.delete(request.id);
      heed(request, response);
      return response;
    },

    cancel({ params }) {
      const exchange = open.get(params?.requestId as RequestId);
      exchange?.answer(undefined);
      return exchange && { request: exchange.request, hangUp: () => exchange.leaving.abort() };
    },

    close() {
      for (const { answer, leaving } of open.values()) {
        answer(undefined);
        leaving.abort();
      }
    },

    settle(response) {
      if (response.id !== undefined) open.get(response.id)?.answer(response);
    },
  };
}
