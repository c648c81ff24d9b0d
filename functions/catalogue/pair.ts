export type Schema = Record<string, unknown>;

/** A part of the input before and after, and the way to it. */
export interface Pair {
  before: Schema;
  after: Schema;
  at: string;
}
