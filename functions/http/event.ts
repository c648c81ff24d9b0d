import * as z from 'zod/mini';
import { fromAuthorizerContext } from '../auth/context.ts';
import { GatewayError } from '../gateway/errors.ts';
import type { PlainRequest } from './plain.ts';

const textMap = z.nullish(z.record(z.string(), z.string()));

/** The parts of an API Gateway v1 proxy event that a request is made of. */
const proxyEventSchema = z.object({
  httpMethod: z.string(),
  path: z.string(),
  headers: textMap,
  multiValueHeaders: z.nullish(z.record(z.string(), z.array(z.string()))),
  queryStringParameters: textMap,
  pathParameters: textMap,
  body: z.nullish(z.string()),
  isBase64Encoded: z.optional(z.boolean()),
  requestContext: z.object({
    requestId: z.string(),
    authorizer: z.nullish(z.record(z.string(), z.unknown())),
  }),
});

/**
 * An API Gateway v1 proxy event as a plain request. `remainingMs` is what is left of the function's time.
 * Throws `bad_request` for a body that is not UTF-8 and `internal` for an event that is none.
 */
export function toPlainRequest(event: unknown, remainingMs: number): PlainRequest {
  const parsed = z.safeParse(proxyEventSchema, event);
  if (!parsed.success) throw new GatewayError('internal', 'The function was not invoked by API Gateway.');
  const { data } = parsed;
  const principal = fromAuthorizerContext(data.requestContext.authorizer ?? {});
  return {
    method: data.httpMethod.toUpperCase(),
    path: data.path,
    headers: joinHeaders(data),
    query: data.queryStringParameters ?? {},
    parameters: data.pathParameters ?? {},
    body: data.isBase64Encoded ? decodeUtf8(data.body ?? '') : wellFormed(data.body ?? ''),
    ...(principal && { principal }),
    requestId: data.requestContext.requestId,
    deadline: Date.now() + remainingMs,
  };
}

/** API Gateway's id of the request, which its answer carries too; also of an event that is otherwise none. */
export function requestIdOf(event: unknown): string | undefined {
  return z.safeParse(identifiedSchema, event).data?.requestContext.requestId;
}

const identifiedSchema = z.object({ requestContext: z.object({ requestId: z.string() }) });

function joinHeaders({ headers, multiValueHeaders }: z.infer<typeof proxyEventSchema>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) joined[name.toLowerCase()] = value;
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    if (values.length > 1) joined[name.toLowerCase()] = values.join(', ');
  }
  return joined;
}

function decodeUtf8(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
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
