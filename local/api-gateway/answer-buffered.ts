import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Operation } from './contract.ts';
import type { Refusal } from './gateway-response.ts';
import { answerHeaders, answerHeadersSchema, headerValues, type MultiHeaders } from './headers.ts';
import { EventTooLarge, type Invoke, type Report } from './invoke.ts';
import { TimedOut, within } from './within.ts';

/** An invocation that the client waits for. */
export interface Exchange {
  operation: Operation;
  event: unknown;
  response: ServerResponse;
  /** Answers with a gateway response; only before the first byte. */
  refuse: (refusal: Refusal) => void;
}

export interface ExchangeDeps {
  invoke: Invoke;
  report: Report;
}

const maxAnswerBytes = 10 * 1_048_576;

const resultSchema = answerHeadersSchema.extend({
  statusCode: z.int().min(100).max(599),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/**
 * Invokes the function and answers with its result, as a Lambda proxy integration does to a client that asks for none
 * of the binary media types: a result with `isBase64Encoded` reaches it as the base64 text that it is.
 */
export async function answerBuffered(exchange: Exchange, { invoke, report }: ExchangeDeps): Promise<void> {
  const { operation, event, response, refuse } = exchange;
  const { functionName, timeoutMs } = operation;
  try {
    const deadlineMs = Date.now() + timeoutMs;
    const result = resultSchema.parse(await within(timeoutMs, invoke(functionName, event, { deadlineMs })));
    const body = Buffer.from(result.body ?? '');
    if (body.length > maxAnswerBytes) {
      report(`${functionName} answered ${body.length} bytes; API Gateway passes on ${maxAnswerBytes}`);
      return refuse('ANSWER_TOO_LARGE');
    }
    const headers = answerHeaders(result);
    if (headerValues(headers, 'Content-Type').length === 0) headers.set('Content-Type', ['application/json']);
    setHead(response, result.statusCode, headers);
    response.end(body);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal !== 'REQUEST_TOO_LARGE') report(`${functionName} failed`, error);
    refuse(refusal);
  }
}

/** How the client is told that an invocation failed. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof TimedOut) return 'INTEGRATION_TIMEOUT';
  return error instanceof EventTooLarge ? 'REQUEST_TOO_LARGE' : 'FUNCTION_FAILED';
}

/** Throws for a header that HTTP cannot carry. Nothing is sent before the first byte of the body. */
export function setHead(response: ServerResponse, status: number, headers: MultiHeaders): void {
  response.statusCode = status;
  for (const [name, values] of headers) response.setHeader(name, values);
}
