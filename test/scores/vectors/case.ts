import type { Fault } from '../../backends/judge-vector.ts';

/** One vector, tried in one way. */
export interface Case {
  /** How it was tried: on the request builder, end to end. */
  way: string;
  group: string;
  id: string;
  /** Absent when it is as the vector says. */
  fault?: Fault | undefined;
}
