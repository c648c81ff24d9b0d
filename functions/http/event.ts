import { fromAuthorizerContext } from '../auth/context.ts';
import { GatewayError } from '../gateway/errors.ts';
import type { PlainRequest } from './plain.ts';
import { isProxyEvent, type ProxyEvent } from './proxy-event.ts';

/**
 * An API Gateway v1 proxy event as a plain request. `remainingMs` is what is left of the function's time; with
 * `takesBytes` a body that API Gateway takes for bytes is given as such. Throws `bad_request` for a text that is not
 * UTF-8 and `internal` for an event that is none.
 */
export function toPlainRequest(event: unknown, remainingMs: number, takesBytes = false): PlainRequest {
  if (!isProxyEvent(event)) throw new GatewayError('internal', 'The function was not invoked by API Gateway.');
  const principal = fromAuthorizerContext(event.requestContext.authorizer ?? {});
  return {
    method: event.httpMethod.toUpperCase(),
    path: event.path,
    headers: joinHeaders(event),
    query: event.queryStringParameters ?? {},
    parameters: event.pathParameters ?? {},
    ...bodyOf(event, takesBytes),
    ...(principal && { principal }),
    requestId: event.requestContext.requestId,
    deadline: Date.now() + remainingMs,
  };
}

/** API Gateway's id of the request, which its answer carries too; `undefined` for an event that is none. */
export function requestIdOf(event: unknown): string | undefined {
  return isProxyEvent(event) ? event.requestContext.requestId : undefined;
}

function joinHeaders({ headers, multiValueHeaders }: ProxyEvent): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) joined[name.toLowerCase()] = value;
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    const key = name.toLowerCase();
    // What is there once is mostly there already; an event may also have one of the two maps only.
    if (values.length > 1 || (values.length === 1 && joined[key] === undefined)) joined[key] = values.join(', ');
  }
  return joined;
}

function bodyOf({ body, isBase64Encoded }: ProxyEvent, takesBytes: boolean): Pick<PlainRequest, 'body' | 'bytes'> {
  if (!isBase64Encoded) return { body: wellFormed(body ?? '') };
  const bytes = Buffer.from(body ?? '', 'base64');
  return takesBytes ? { body: '', bytes } : { body: decodeUtf8(bytes) };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notUtf8(cause);
  }
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw notUtf8(undefined);
  return text;
}

function notUtf8(cause: unknown): GatewayError {
  return new GatewayError('bad_request', 'The body is not valid UTF-8. Send it as UTF-8 text.', {
    field: 'body',
    cause,
  });
}
