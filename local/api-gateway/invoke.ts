import type { Writable } from 'node:stream';

/** How a function is invoked: what Lambda's API takes beside the event. */
export interface Invocation {
  /** Epoch milliseconds at which its host gives up on the function. */
  deadlineMs: number;
  /**
   * Present when the answer is streamed: takes the bytes that the function writes, metadata frame first, and is ended
   * when the function ends its stream. Absent: the answer is what the promise resolves with.
   */
  stream?: Writable;
  /** The tracing header, where whoever invokes has one beside the event. */
  traceId?: string | undefined;
}

/**
 * Runs a function by its name. Resolves when it has finished, with its result as it came through JSON; rejects with
 * its error's message when it fails.
 */
export type Invoke = (functionName: string, event: unknown, invocation: Invocation) => Promise<unknown>;

/** The event is larger than Lambda takes. API Gateway tells the client that its request is. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
}

/** Told of what the client only sees as a 5xx. */
export type Report = (message: string, cause?: unknown) => void;
