import type { Received } from './exchange.ts';
import { TableFailure } from './failure.ts';

// Of the errors that DynamoDB's documentation calls "OK to retry", those that a request of the port can meet with a
// status of 400; a status of 500 and more, or 429, says so by itself.
const passing = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionInProgressException',
]);

const mistimed = new Set(['InvalidSignatureException', 'RequestExpired', 'RequestTimeTooSkewed']);

/** DynamoDB refuses a signature that is five minutes off; one that is less than four was refused for another reason. */
const skew_ms = 240_000;

/** The failure that an answer tells of: `{"__type": "com.amazonaws…#Code", "message": "…"}`, if DynamoDB wrote it. */
export function failureOf({ status, headers, body }: Received): TableFailure {
  const { code, message } = readError(body);
  const isPassing = status >= 500 || status === 429 || passing.has(code);
  const details = `status ${status}, request id ${headers['x-amzn-requestid'] ?? 'none'}`;
  return new TableFailure(code, `${message} (${details})`, isPassing ? 'later' : 'not');
}

/**
 * The server's time, epoch milliseconds, if it refused a signature of the time `at` and the two are so far apart that
 * this must be the reason.
 */
export function correctedTime({ status, headers, body }: Received, at: number): number | undefined {
  if (status === 200) return undefined;
  const time = Date.parse(headers.date ?? '');
  return mistimed.has(readError(body).code) && Math.abs(time - at) > skew_ms ? time : undefined;
}

function readError(body: string): { code: string; message: string } {
  const error = parse(body);
  const { __type: type, message, Message } = error;
  const code = typeof type === 'string' ? type.slice(type.indexOf('#') + 1) : '';
  const text = [message, Message].find((candidate) => typeof candidate === 'string');
  return { code: code || 'UnreadableError', message: text || 'DynamoDB gave no reason' };
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
