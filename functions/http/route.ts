import { Readable } from 'node:stream';
import middy, { type MiddlewareObj } from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { Context } from 'aws-lambda';
import type { AdminScope, Principal } from '../auth/principal.ts';
import { GatewayError } from '../gateway/errors.ts';
import { logger, observed } from '../gateway/telemetry.ts';
import { errorAnswer, jsonRpcErrorAnswer } from './answer.ts';
import { requestIdOf, toPlainRequest } from './event.ts';
import type { PlainAnswer, PlainRequest } from './plain.ts';

type Answer = (request: PlainRequest) => PlainAnswer | Promise<PlainAnswer>;

/** What API Gateway's proxy integration takes back. */
interface ProxyResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** No early timeout: each step has its own deadline, and a timer a request costs more than it would tell. */
const options = { timeoutEarlyInMillis: 0 };

type ToAnswer = (error: unknown, requestId: string) => PlainAnswer;

/**
 * A Lambda handler for a buffered route: event in, plain request to `answer`, its answer or error out. With `takesBytes`
 * a body may be bytes.
 */
export function route(name: string, answer: Answer, toAnswer: ToAnswer = errorAnswer, takesBytes = false) {
  const { before, end } = observed(name);
  return middy(options)
    .use({ before, after: end, onError: end })
    .use(answeringErrors(toAnswer, buffered))
    .handler(async (event: unknown, context: Context) =>
      buffered(await answer(toPlainRequest(event, context.getRemainingTimeInMillis(), takesBytes))),
    );
}

/** The same for a route whose answers may be streamed, which are the JSON-RPC ones. */
export function streamingRoute(name: string, answer: Answer) {
  const { before, end } = observed(name);
  const unfinished = new WeakMap<Context, Promise<void>>();
  return middy({
    ...options,
    executionMode: executionModeStreamifyResponse,
    requestEnd: async (request) => {
      await unfinished.get(request.context);
      end(request);
    },
  })
    .use({ before })
    .use(answeringErrors(jsonRpcErrorAnswer, streamed))
    .handler(async (event: unknown, context: Context) => {
      const given = await answer(toPlainRequest(event, context.getRemainingTimeInMillis()));
      if (given.finished) unfinished.set(context, given.finished);
      return streamed(given);
    });
}

/**
 * A route that only an API key with `scope` may use. API Gateway has verified the key; this checks what it allows, and
 * tells `answer` the key's name.
 */
export function adminRoute(
  name: string,
  scope: AdminScope,
  answer: (request: PlainRequest, by: string) => ReturnType<Answer>,
  { takesBytes = false } = {},
) {
  const allowed: Answer = (request) => {
    const { scopes, subject } = requirePrincipal(request, 'key');
    if (!scopes.includes(scope)) {
      throw new GatewayError('forbidden', `This key lacks the scope ${scope}.`, { details: { scope } });
    }
    return answer(request, subject);
  };
  return route(name, allowed, errorAnswer, takesBytes);
}

/**
 * The caller of a route that is not public. The authorizer has let the request pass, so its absence is a fault of
 * the deployment: refuse. Throws `unauthenticated`.
 */
export function requirePrincipal(request: PlainRequest, kind: Principal['kind']): Principal {
  if (request.principal?.kind !== kind) throw new GatewayError('unauthenticated', 'The caller is not authenticated.');
  return request.principal;
}

/** A path parameter, which the contract guarantees. Throws `internal` when the contract and the function disagree. */
export function parameter({ parameters }: PlainRequest, name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new GatewayError('internal', `The route has no parameter ${name}.`);
  return value;
}

function answeringErrors<T>(toAnswer: ToAnswer, send: (a: PlainAnswer) => T) {
  const middleware: MiddlewareObj = {
    onError: (request) => {
      const { error } = request;
      if (!(error instanceof GatewayError) || error.code === 'internal')
        logger.error('internal_error', { error: error as Error });
      request.response = send(toAnswer(error, requestIdOf(request.event) ?? request.context.awsRequestId));
    },
  };
  return middleware;
}

function buffered({ status, headers, body }: PlainAnswer): ProxyResult {
  if (typeof body !== 'string') throw new GatewayError('internal', 'A buffered route was given a stream.');
  return { statusCode: status, headers, body };
}

function streamed({ status, headers, body }: PlainAnswer) {
  return { statusCode: status, headers, body: typeof body === 'string' ? body : Readable.from(body) };
}
