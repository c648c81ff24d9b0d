// Asks for tools in a user's words, in one document and among all of a folder, and prints how often they are found.
// Exits with 1 below the marks.

import { existsSync } from 'node:fs';
import { searchIndex } from '../../functions/catalogue/search-index.ts';
import { type Found, find, measure, type Search } from './search/measure.ts';
import { openCorpus } from './search/open-corpus.ts';
import { queries } from './search/queries.ts';

const [folder, ...options] = process.argv.slice(2);
if (folder === undefined || !existsSync(folder)) {
  console.error(
    folder === undefined
      ? 'Say where the documents are: npm run score:search -- FOLDER [--misses]'
      : `There is no ${folder}.`,
  );
  process.exit(1);
}

/** Of the requests, how many have to find a tool that would do among the first five. */
const leastRecall = { own: 0.65, among: 0.5, named: 0.62 };

const corpus = openCorpus(folder);
const all = [...corpus.values()].flat();
const begun = performance.now();
const index = searchIndex(all);
const buildMs = performance.now() - begun;

const faults: string[] = [];
const own: Found[] = [];
const among: Found[] = [];
const named: Found[] = [];
const queryMs: number[] = [];
for (const [spec, asked] of Object.entries(queries)) {
  const tools = corpus.get(spec);
  if (!tools) {
    faults.push(`${folder} has no ${spec}`);
    continue;
  }
  const names = new Set(tools.map(({ name }) => name));
  const small = searchIndex(tools);
  for (const [words, ...wanted] of asked) {
    faults.push(...wanted.filter((name) => !names.has(name)).map((name) => `${spec} has no tool ${name}`));
    own.push(find({ words, index: small, spec, wanted }));
    among.push(timed({ words, index, spec, wanted }));
    named.push(timed({ words: `${words} (${productOf(spec)})`, index, spec, wanted }));
  }
}

console.log(`${own.length} requests, ${all.length} tools of ${corpus.size} documents\n`);
console.log(`${''.padEnd(44)}  recall@1  recall@5    MRR`);
printMeasures('in its own document', own);
printMeasures('among all documents', among);
printMeasures('among all documents, naming the product', named);
printCost();
if (options.includes('--misses')) printMisses();
for (const [condition, found] of Object.entries({ own, among, named })) {
  if (measure(found).recall < leastRecall[condition as keyof typeof leastRecall])
    faults.push(`too few are found in the condition "${condition}"`);
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;

function timed(search: Search): Found {
  const begun = performance.now();
  const found = find(search);
  queryMs.push(performance.now() - begun);
  return found;
}

/** What a person calls the API of a document: the name's first word. */
function productOf(spec: string): string {
  return spec.split('-').find((word) => !['oai', 'redocly'].includes(word)) ?? spec;
}

/** Every other request is held out: the index was improved by looking at the rest. */
function printMeasures(condition: string, found: readonly Found[]): void {
  const halves: [string, readonly Found[]][] = [
    [condition, found],
    ['  the half that it was improved on', found.filter((_, at) => at % 2 === 0)],
    ['  the half held out', found.filter((_, at) => at % 2 === 1)],
  ];
  for (const [what, half] of halves) {
    const { first, recall, reciprocal } = measure(half);
    console.log(`${what.padEnd(44)}${percent(first)}${percent(recall)}${reciprocal.toFixed(3).padStart(7)}`);
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`.padStart(10);
}

function printCost(): void {
  const median = queryMs.sort((a, b) => a - b)[queryMs.length >> 1] ?? 0;
  console.log(
    `\nindex of ${all.length} tools: ${buildMs.toFixed(0)} ms; a search in it: ${median.toFixed(2)} ms (median)`,
  );
}

function printMisses(): void {
  for (const [condition, found] of Object.entries({ own, among, named })) {
    console.log(`\nnot among the first five, ${condition}:`);
    found.forEach(({ words, spec, wanted, rank = 0, hits }, at) => {
      if (rank >= 1 && rank <= 5) return;
      console.log(`  ${at % 2 ? 'held' : 'seen'} ${spec}: ${words}\n    wants ${wanted.join(', ')} (${rank || '-'})`);
      console.log(`    got ${hits.join(', ')}`);
    });
  }
}
