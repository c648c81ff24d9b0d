// `node bench/import.ts [FOLDER]`, and a part of `npm run bench`: what an import costs against parsing and
// dereferencing the same document, how its time grows with the number of operations, and how much memory it takes.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { largestIn, syntheticDocument } from './import-documents.ts';
import type { Cost } from './import-once.ts';
import { interleaved, median, table } from './measure.ts';

const corpus = join(import.meta.dirname, '../../shared/corpus/dev');
const largestUpload = 20 * 1_048_576;
const sizes = [10, 100, 1_000, 10_000];
const run = promisify(execFile);

/** What a process that did nothing else measured: milliseconds, and megabytes at its peak. */
interface Measured {
  first: Cost;
  later: Cost;
  peak: number;
}

/** The tables of what imports cost. The largest document of `folder` is measured. */
export async function importTables(rounds: number, folder = corpus): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-import-'));
  try {
    return [await comparison(folder, rounds), await growth(directory), await memory(directory)].join('\n\n');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function comparison(folder: string, rounds: number): Promise<string> {
  const largest = largestIn(folder);
  if (!largest) return `Import against dereferencing: skipped, since ${folder} is not there.`;
  const { file, operations } = largest;
  const first = await inTurns(file, 'first', 0, rounds);
  const later = await inTurns(file, 'later', 15, 3);
  const row = (run: string, costs: Record<Way, Cost[]>, by: keyof Cost, target?: number) => {
    const of = (way: Way): number => median(costs[way].map((cost) => cost[by]));
    const ratio = of('import') / of('library');
    return [
      `${run}, ${by === 'cpu' ? 'CPU' : 'by the clock'}`,
      of('import').toFixed(0),
      of('library').toFixed(0),
      target === undefined ? ratio.toFixed(2) : judged(ratio, target),
      ...(['inside', 'plain'] as const).flatMap((way) => [of(way).toFixed(0), (of('import') / of(way)).toFixed(2)]),
    ];
  };
  const head = ['ms', 'import', 'json-schema-ref-parser', '×', 'without external', '×', 'plain walk', '×'];
  const rows = [
    row('first of a process', first, 'clock', 1.5),
    row('first of a process', first, 'cpu', 1.5),
    row('later ones', later, 'clock'),
    row('later ones', later, 'cpu'),
  ];
  const { peak } = await measured('import', file, 0);
  return [
    `Import of ${basename(file)} (${operations} operations) against parsing and dereferencing it`,
    '',
    table(head, rows),
    '',
    `Peak memory of a process that imports it: ${judged(peak, 512, 0)} MB`,
  ].join('\n');
}

const ways = ['import', 'library', 'inside', 'plain'] as const;
type Way = (typeof ways)[number];

/** One after the other in each round, so that a slow moment of the machine meets all of them. */
async function inTurns(file: string, key: 'first' | 'later', times: number, rounds: number) {
  const costs: Record<Way, Cost[]> = { import: [], library: [], inside: [], plain: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ways) costs[way].push((await measured(way, file, times))[key]);
  }
  return costs;
}

async function growth(directory: string): Promise<string> {
  const files = sizes.map((operations) => [operations, write(directory, operations)] as const);
  const costs = (key: 'first' | 'later', times: (operations: number) => number) =>
    interleaved(
      Object.fromEntries(
        files.map(([operations, file]) => [
          operations,
          async () => ((await measured('import', file, times(operations)))[key].cpu * 1_000) / operations,
        ]),
      ),
      3,
    );
  const first = await costs('first', () => 0);
  const later = await costs('later', (operations) => Math.max(3, 2_000 / operations));
  const rows = sizes.map((operations, index) => {
    const cost = later[operations] ?? Number.NaN;
    const smaller = later[sizes[index - 1] ?? 0];
    return [
      String(operations),
      (first[operations] ?? Number.NaN).toFixed(0),
      cost.toFixed(0),
      smaller === undefined ? '' : judged(cost / smaller, 1.1),
    ];
  });
  const head = ['operations', 'first of a process', 'later ones', '× a tenth of them'];
  return `Import of synthetic documents, CPU ms per thousand operations\n\n${table(head, rows)}`;
}

async function memory(directory: string): Promise<string> {
  const perOperation = syntheticDocument(1_000).length / 1_000;
  const file = write(directory, Math.floor(largestUpload / perOperation));
  const size = (readFileSync(file).length / 1_048_576).toFixed(1);
  const { peak } = await measured('import', file, 0);
  return `Peak memory of a process that imports ${size} MB: ${judged(peak, 512, 0)} MB`;
}

function write(directory: string, operations: number): string {
  const file = join(directory, `${operations}.json`);
  writeFileSync(file, syntheticDocument(operations));
  return file;
}

async function measured(what: string, file: string, times: number): Promise<Measured> {
  const script = join(import.meta.dirname, 'import-once.ts');
  // A heap that is collected before it grows to what a large machine would allow.
  const options = ['--max-old-space-size=320', '--disable-proto=delete', '--disable-warning=ExperimentalWarning'];
  const { stdout } = await run(process.execPath, [...options, script, what, file, String(times)]);
  return JSON.parse(stdout) as Measured;
}

function judged(value: number, target: number, digits = 2): string {
  return `${value.toFixed(digits)} (≤ ${target}${value <= target ? '' : ', missed'})`;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string', default: '7' } },
    allowPositionals: true,
  });
  console.log(await importTables(Number(values.rounds), positionals[0]));
}
