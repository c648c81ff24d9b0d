import type { DeclaredOperation } from './declared.ts';
import type { RecordedRequest, SentArgument } from './read-request.ts';
import type { Violation } from './verdict.ts';

/** One call of a tool, and everything that was wrong with it. */
export interface CallOutcome {
  kind: 'required' | 'everything' | 'mixed' | 'without';
  /** The required argument that a call of the kind `without` left out. */
  missing?: string;
  sent: SentArgument[];
  request?: RecordedRequest | undefined;
  /** What Prism holds against the request. */
  violations: Violation[];
  /** How the request differs from what was given, and what else went wrong on our side. */
  faults: string[];
}

/** What became of one operation of a document. */
export interface OperationOutcome {
  method: string;
  path: string;
  tool?: string | undefined;
  /** Why it makes no tool. */
  skipped?: string;
  /** Beside its calls: parameters of which no argument was made. */
  faults: string[];
  declared?: DeclaredOperation | undefined;
  calls: CallOutcome[];
}
