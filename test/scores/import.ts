// Imports every document of a folder and checks what must hold of all tools. Exits with 1 below the marks.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { findDocuments } from './calls/find-documents.ts';
import { type Judgement, judgeDocument } from './import/judge-document.ts';
import { knownOperations } from './import/known-operations.ts';
import { readBundle } from './import/read-bundle.ts';

/** Of all operations, how many have to be tools; the others are skipped with a reason. */
const leastTools = 0.99;
const shownFaults = 50;

const [folder] = process.argv.slice(2);
if (folder === undefined || !existsSync(folder)) {
  console.error(
    folder === undefined ? 'Say where the documents are: npm run score:import -- FOLDER' : `There is no ${folder}.`,
  );
  process.exit(1);
}

const known = knownOperations(folder);
const judged = findDocuments(folder).map(({ name, file }) => {
  const judgement = judgeDocument(readBundle(folder, file), known.get(file));
  printLine(name, judgement);
  return { name, ...judgement };
});

const sum = (of: (judgement: Judgement) => number): number => judged.reduce((total, one) => total + of(one), 0);
const operations = sum((one) => one.operations);
const tools = sum((one) => one.tools.length);
const share = operations === 0 ? 0 : tools / operations;
console.log();
printTotals();

const faults = judged.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
if (judged.length === 0) faults.push(`${basename(folder)} has no documents`);
if (share < leastTools) faults.push(`only ${(share * 100).toFixed(2)} % of operations are tools`);
for (const fault of faults.slice(0, shownFaults)) console.log(fault.slice(0, 500));
if (faults.length > shownFaults) console.log(`… and ${faults.length - shownFaults} more`);
process.exitCode = faults.length > 0 ? 1 : 0;

function printLine(name: string, { operations, tools, lowered, skipped, ms, faults }: Judgement): void {
  const counts = [
    `${operations} operations`.padStart(16),
    `${tools.length} tools`.padStart(12),
    `${lowered} lowered`.padStart(13),
    `${skipped} skipped`.padStart(13),
    `${Math.round(ms)} ms`.padStart(9),
    faults.length > 0 ? `  ${faults.length} faults` : '',
  ];
  console.log(`${name.padEnd(44)}${counts.join('')}`);
}

function printTotals(): void {
  const inSafe = judged.flatMap((one) => one.tools).filter(({ client_schema }) => client_schema);
  const imported = judged.filter((one) => !one.faults.some((fault) => fault.startsWith('not imported'))).length;
  const totals: [string, string | number][] = [
    ['documents imported', `${imported}/${judged.length}`],
    ['operations that are tools', `${tools}/${operations} (${(share * 100).toFixed(2)} %)`],
    ['skipped with a reason', sum((one) => one.skipped)],
    ['lowered', sum((one) => one.lowered)],
    ['tools with a safe form of their own', inSafe.length],
    ['tools with aliases', inSafe.filter(({ aliases }) => aliases).length],
    ['import time', `${Math.round(sum((one) => one.ms))} ms`],
  ];
  for (const [what, value] of totals) console.log(`${what.padEnd(44)}${value}`);
}
