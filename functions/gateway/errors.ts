/** Every way in which the gateway itself refuses or fails. `http/answer.ts` gives each its status. */
export type ErrorCode =
  | 'bad_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'conflict'
  | 'too_large'
  | 'unsupported_media_type'
  | 'invalid'
  | 'unavailable'
  | 'internal';

export interface ErrorOptions {
  /** The input that is wrong, as a dotted path: `base_url`, `paths./pets.get`. */
  field?: string;
  /** Further facts that are safe to send. */
  details?: Record<string, unknown>;
  /** Logged, never sent. */
  cause?: unknown;
}

/** A failure with a stable code and a message that is safe to send to the caller. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.details = options.details;
  }
}

/** What may be told of an error: itself if it was meant to be told, else that something failed inside. */
export function tellable(error: unknown): GatewayError {
  if (error instanceof GatewayError && error.code !== 'internal') return error;
  return new GatewayError('internal', 'Something failed inside the gateway. Quote the request id when reporting it.');
}
