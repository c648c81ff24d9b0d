import type { Principal } from '../auth/principal.ts';

/** An HTTP request as the rooms see it: no API Gateway event, no web `Request`. */
export interface PlainRequest {
  method: string;
  /** Path without the stage, as the client sent it. */
  path: string;
  /** Lower-case names; a repeated header's values are joined by `, `. */
  headers: Record<string, string>;
  query: Record<string, string>;
  /** Decoded path parameters, by their name in `openapi/gateway.yaml`. */
  parameters: Record<string, string>;
  /** UTF-8 text; empty when there is none. */
  body: string;
  /** The body in place of `body`, on a route that takes bytes, when its media type is one of bytes. */
  bytes?: Uint8Array;
  /** Absent on public routes. */
  principal?: Principal;
  requestId: string;
  /** Epoch milliseconds at which the function is ended by its host. */
  deadline: number;
}

/** An HTTP answer as the rooms give it. `body` is text, or chunks for a streamed answer. */
export interface PlainAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | AsyncIterable<Uint8Array>;
  /** Work that goes on after the answer; the function must not end before it. */
  finished?: Promise<void>;
}
