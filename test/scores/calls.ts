// Calls every tool of every document of a folder through the gateway, three times, with Prism serving the same
// document behind it, and compares what arrived with what the document says. Exits with 1 below the marks.

import { printDocument, printExplanations, printTotals } from './calls/print-outcome.ts';
import { scoreFolder } from './calls/score-folder.ts';
import { totalsOf } from './calls/totals.ts';

const marks = { accepted: 0.98, right: 0.97 };
const [folder = '../shared/corpus/dev', only = ''] = process.argv.slice(2);

const scores = await scoreFolder(folder, only, printDocument);
printExplanations(scores);
const totals = totalsOf(scores);
printTotals(totals);

const isGood =
  totals.accepted >= marks.accepted * totals.calls &&
  totals.right >= marks.right * totals.operations &&
  totals.refused === totals.withouts &&
  !scores.some(({ problem }) => problem?.startsWith('ours'));
// What Prism or a client library left open should not keep the process.
process.exit(isGood ? 0 : 1);
