/**
 * Whether a request may be sent again: `at once` when only its connection was found closed, `later` when the service
 * may be able to do it then, `not` when it would fail again.
 */
export type Repetition = 'at once' | 'later' | 'not';

/** A request that failed. `name` is the service's code, or one of ours where it did not get to say anything. */
export class TableFailure extends Error {
  override readonly name: string;
  readonly repetition: Repetition;

  constructor(name: string, message: string, repetition: Repetition, cause?: unknown) {
    super(message, { cause });
    this.name = name;
    this.repetition = repetition;
  }
}
