import {
  InsufficientScopeError,
  type JSONRPCErrorResponse,
  type RequestId,
  SdkHttpError,
} from '@modelcontextprotocol/client';
import * as z from 'zod';

/** The gateway's own code for what is not there, of which the session is one. */
export const notFoundCode = codeOf(404);
const internalError = -32_603;

/** What a gateway says when it refuses: as JSON-RPC, or as its other routes do. */
const refusal = z.object({
  error: z.object({ code: z.union([z.number(), z.string()]), message: z.string(), data: z.optional(z.unknown()) }),
});

/** What HTTP refused, or the network lost, as the answer to the request that it happened to. Shows no header. */
export function explainFailure(id: RequestId, error: unknown): JSONRPCErrorResponse {
  if (error instanceof InsufficientScopeError) return refused(id, 403, undefined);
  if (error instanceof SdkHttpError) return refused(id, error.status, error.data.text);
  return failed(id, internalError, `The gateway cannot be reached: ${reasonOf(error)}.`);
}

/** The answer to a request whose stream has ended without one, and could not be resumed. */
export function brokenOff(id: RequestId): JSONRPCErrorResponse {
  const message =
    'The connection to the gateway broke off before the answer came. What was asked for may have been done.';
  return failed(id, internalError, message);
}

function refused(id: RequestId, status: number, text: unknown): JSONRPCErrorResponse {
  const said = refusal.safeParse(parseJson(text)).data?.error;
  if (typeof said?.code === 'number') {
    const { code, message, data } = said;
    return { jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } };
  }
  return failed(id, codeOf(status), [adviceOn(status), said?.message].filter((part) => part).join(' '));
}

function adviceOn(status: number): string {
  switch (status) {
    case 401:
      return 'The gateway does not accept the token (HTTP 401): it may have expired. Set GATEHOUSE_TOKEN anew and start again.';
    case 403:
      return 'The gateway does not let this token in (HTTP 403): it may be for something else, or lack a scope.';
    case 404:
      return 'There is no MCP endpoint at this address (HTTP 404): --url is the whole of it, as in https://mcp.example.com/mcp.';
    case 429:
      return 'The gateway has had too many requests (HTTP 429): try again later.';
    default:
      return `The gateway answered HTTP ${status}.`;
  }
}

/** Outside the ranges that JSON-RPC and MCP reserve, as the gateway itself numbers them. */
function codeOf(status: number): number {
  return -31_000 - status;
}

function failed(id: RequestId, code: number, message: string): JSONRPCErrorResponse {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
