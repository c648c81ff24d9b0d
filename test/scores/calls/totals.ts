import type { Explanation } from './explain.ts';
import type { OperationOutcome } from './outcome.ts';

/** What became of a document: numbers, and what is wrong with which operation. */
export interface DocumentScore {
  name: string;
  operations: { outcome: OperationOutcome; explanations: Explanation[] }[];
  /** Why it could not be imported, or not be served by Prism. */
  problem?: string | undefined;
  /** How many parameters Prism was not told the shape of. */
  withheld: number;
}

export interface Totals {
  documents: number;
  tools: number;
  operations: number;
  right: number;
  calls: number;
  accepted: number;
  withouts: number;
  refused: number;
  withheld: number;
  /** How many operations are not right, by owner and cause. */
  causes: Map<string, number>;
}

export function totalsOf(scores: DocumentScore[]): Totals {
  const operations = scores.flatMap((score) => score.operations);
  const calls = operations.flatMap(({ outcome }) => outcome.calls);
  const made = calls.filter((call) => call.kind !== 'without');
  const withouts = calls.filter((call) => call.kind === 'without');
  const causes = new Map<string, number>();
  for (const { explanations } of operations) {
    for (const { owner, cause } of explanations) {
      causes.set(`${owner}: ${cause}`, (causes.get(`${owner}: ${cause}`) ?? 0) + 1);
    }
  }
  return {
    documents: scores.length,
    tools: operations.filter(({ outcome }) => outcome.tool !== undefined).length,
    operations: operations.length,
    right: operations.filter(({ explanations }) => explanations.length === 0).length,
    calls: made.length,
    accepted: made.filter((call) => call.request !== undefined && call.violations.length === 0).length,
    withouts: withouts.length,
    refused: withouts.filter((call) => call.faults.length === 0).length,
    withheld: scores.reduce((sum, score) => sum + score.withheld, 0),
    causes,
  };
}
