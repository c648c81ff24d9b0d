import { type DocumentScore, type Totals, totalsOf } from './totals.ts';

export function printDocument(score: DocumentScore): void {
  const { tools, operations, right, calls, accepted, refused, withouts } = totalsOf([score]);
  const numbers = [
    `${String(tools).padStart(4)} tools`,
    `${String(calls).padStart(5)} calls`,
    `${percent(accepted, calls)} accepted`,
    `${percent(right, operations)} of operations right`,
    `${refused}/${withouts} refused`,
  ];
  console.log(
    `${score.name.padEnd(40).slice(0, 40)} ${numbers.join('  ')}${score.problem === undefined ? '' : `  ${score.problem}`}`,
  );
}

/** Every operation that is not all right, with the reason. */
export function printExplanations(scores: DocumentScore[]): void {
  for (const { name, operations } of scores) {
    for (const { outcome, explanations } of operations) {
      for (const { owner, cause, evidence } of explanations) {
        console.log(`${name} ${outcome.method} ${outcome.path}\n  ${owner}: ${cause} (${evidence})`);
      }
    }
  }
}

export function printTotals(totals: Totals): void {
  console.log(`\n${totals.documents} documents, ${totals.operations} operations, ${totals.tools} tools`);
  console.log(`calls accepted: ${totals.accepted} of ${totals.calls} (${percent(totals.accepted, totals.calls)})`);
  console.log(
    `operations with all calls right: ${totals.right} of ${totals.operations} (${percent(totals.right, totals.operations)})`,
  );
  console.log(`calls without a required argument that were refused: ${totals.refused} of ${totals.withouts}`);
  if (totals.withheld > 0) {
    console.log(`parameters judged by our own reading alone, since Prism ends on theirs: ${totals.withheld}`);
  }
  console.log('\noperations that are not all right, by cause:');
  for (const [cause, count] of [...totals.causes].sort(([, a], [, b]) => b - a)) {
    console.log(`${String(count).padStart(5)}  ${cause}`);
  }
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '    – ' : `${((100 * part) / whole).toFixed(1).padStart(5)} %`;
}
