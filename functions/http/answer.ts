import { type ErrorCode, tellable } from '../gateway/errors.ts';
import type { PlainAnswer } from './plain.ts';

/** A JSON answer that no cache keeps. */
export function jsonAnswer(value: unknown, status = 200, headers: Record<string, string> = {}): PlainAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

/** Done, and there is nothing to say. */
export function noContent(): PlainAnswer {
  return { status: 204, headers: { 'cache-control': 'no-store' }, body: '' };
}

/** A refusal or failure as an HTTP answer; anything unforeseen becomes `internal` and tells nothing but its request id. */
export function errorAnswer(error: unknown, requestId: string): PlainAnswer {
  const known = tellable(error);
  const { code, message, field, details } = known;
  return jsonAnswer(
    { error: { code, message, field, details, request_id: requestId } },
    statusOf(code),
    headersOf(code),
  );
}

/** The same for a JSON-RPC endpoint. The code is outside the ranges that JSON-RPC and MCP reserve, but for parse and request errors. */
export function jsonRpcErrorAnswer(error: unknown, requestId: string): PlainAnswer {
  const known = tellable(error);
  const { code, message, field, details } = known;
  const data = { code, field, request_id: requestId, ...details };
  return jsonAnswer(
    { jsonrpc: '2.0', id: null, error: { code: jsonRpcCode(code), message, data } },
    statusOf(code),
    headersOf(code),
  );
}

/** Exhaustive on purpose: a new code does not compile until it has a status. */
function statusOf(code: ErrorCode): number {
  switch (code) {
    case 'bad_request':
      return 400;
    case 'unauthenticated':
      return 401;
    case 'forbidden':
      return 403;
    case 'not_found':
      return 404;
    case 'method_not_allowed':
      return 405;
    case 'not_acceptable':
      return 406;
    case 'conflict':
      return 409;
    case 'too_large':
      return 413;
    case 'unsupported_media_type':
      return 415;
    case 'invalid':
      return 422;
    case 'internal':
      return 500;
    case 'unavailable':
      return 503;
  }
}

function headersOf(code: ErrorCode): Record<string, string> {
  if (code === 'unavailable') return { 'retry-after': '1' };
  return code === 'method_not_allowed' ? { allow: 'POST' } : {};
}

/** JSON-RPC 2.0 section 5.1; codes of our own stay clear of -32768..-32000 (MCP 2026-07-28, error codes). */
function jsonRpcCode(code: ErrorCode): number {
  switch (code) {
    case 'bad_request':
    case 'invalid':
    case 'unsupported_media_type':
      return -32600;
    case 'internal':
    case 'unavailable':
      return -32603;
    case 'unauthenticated':
    case 'forbidden':
    case 'not_found':
    case 'method_not_allowed':
    case 'not_acceptable':
    case 'conflict':
    case 'too_large':
      return -31000 - statusOf(code);
  }
}
