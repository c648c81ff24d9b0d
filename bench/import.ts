// `node bench/import.ts [FOLDER]`, and a part of `npm run bench`: what an import costs against parsing and
// dereferencing the same document, how its time grows with the number of operations, and how much memory it takes.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { largestIn, syntheticDocument } from './import-documents.ts';
import { interleaved, table } from './measure.ts';

const corpus = join(import.meta.dirname, '../../shared/corpus/dev');
const largestUpload = 20 * 1_048_576;
const sizes = [10, 100, 1_000, 10_000];
const run = promisify(execFile);

/** What a process that did nothing else measured: CPU milliseconds, and megabytes at its peak. */
interface Measured {
  first: number;
  later: number;
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
  const costs = (key: 'first' | 'later', times: number, wanted: number) => {
    const cost = (what: string) => async () => (await measured(what, largest.file, times))[key];
    return interleaved({ import: cost('import'), library: cost('library'), plain: cost('plain') }, wanted);
  };
  const row = (label: string, { import: own, library, plain }: Record<'import' | 'library' | 'plain', number>) => [
    label,
    own.toFixed(0),
    library.toFixed(0),
    judged(own / library, 1.5),
    plain.toFixed(0),
    (own / plain).toFixed(2),
  ];
  const head = ['run', 'import', 'json-schema-ref-parser', '×', 'plain walk', '×'];
  const rows = [
    row('first of a process', await costs('first', 0, rounds)),
    row('later ones', await costs('later', 15, 3)),
  ];
  const { peak } = await measured('import', largest.file, 0);
  return [
    `Import of ${basename(largest.file)} (${largest.operations} operations) against parsing and dereferencing it, CPU ms`,
    '',
    table(head, rows),
    '',
    `Peak memory of a process that imports it: ${judged(peak, 512, 0)} MB`,
  ].join('\n');
}

async function growth(directory: string): Promise<string> {
  const files = sizes.map((operations) => [operations, write(directory, operations)] as const);
  const costs = (key: 'first' | 'later', times: (operations: number) => number) =>
    interleaved(
      Object.fromEntries(
        files.map(([operations, file]) => [
          operations,
          async () => ((await measured('import', file, times(operations)))[key] * 1_000) / operations,
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
