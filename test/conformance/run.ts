import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import * as z from 'zod';
import { startServer } from './serve.ts';

// Runs the official conformance suite against the gateway's protocol face: each revision's frozen requirement set, at
// that revision's wire. Exits with 1 when a scored scenario fails that is not expected to, or one that is does not.

const revisions = ['2026-07-28', '2025-11-25'];
const expectedFailures = fileURLToPath(new URL('expected-failures.yaml', import.meta.url));

const requirementsSchema = z.object({ server: z.array(z.string()).nonempty() });
const checksSchema = z.array(
  z.object({ id: z.string(), status: z.string(), description: z.string(), errorMessage: z.string().optional() }),
);
type Checks = z.infer<typeof checksSchema>;

interface Outcome {
  revision: string;
  scored: string[];
  /** Those without a failed check, which is how the suite scores. */
  passing: string[];
  /** Of those, the ones in which the suite missed something that a server need not have. */
  warned: string[];
  asExpected: boolean;
}

async function measure(revision: string, url: string): Promise<Outcome> {
  const results = await mkdtemp(join(tmpdir(), 'gatehouse-conformance-'));
  try {
    const { server: scored } = requirementsSchema.parse(
      load(await readFile(fileOfSuite(`requirements/${revision}.yaml`), 'utf8')),
    );
    const { code, output } = await runSuite(['--requirements', revision, '--output-dir', results, '--url', url]);
    const found = await readResults(results);
    const checksOf = (scenario: string) => found.get(scenario) ?? [];
    console.log(`\n\n${revision}: ${scored.length} scenarios are scored; the others are run for information.`);
    console.log(output.slice(Math.max(0, output.indexOf('=== SUMMARY ==='))));
    if (code !== 0) for (const scenario of scored) explain(scenario, checksOf(scenario));

    const passing = scored.filter((scenario) => found.has(scenario) && !has(checksOf(scenario), 'FAILURE'));
    const warned = passing.filter((scenario) => has(checksOf(scenario), 'WARNING'));
    const ran = scored.every((scenario) => checksOf(scenario).length > 0);
    return { revision, scored, passing, warned, asExpected: code === 0 && ran };
  } finally {
    await rm(results, { recursive: true });
  }
}

function fileOfSuite(path: string): string {
  return fileURLToPath(new URL(path, import.meta.resolve('@modelcontextprotocol/conformance/package.json')));
}

async function runSuite(options: string[]): Promise<{ code: number | null; output: string }> {
  const suite = spawn(
    process.execPath,
    [fileOfSuite('dist/index.js'), 'server', '--expected-failures', expectedFailures, ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const code = new Promise<number | null>((ended) => suite.on('close', ended));
  return { output: await text(suite.stdout), code: await code };
}

/** What the suite found, by scenario. It names a folder `server-<scenario>-<time>`. */
async function readResults(folder: string): Promise<Map<string, Checks>> {
  const found = new Map<string, Checks>();
  for (const name of await readdir(folder)) {
    const scenario = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(name)?.[1];
    if (scenario === undefined) throw new Error(`The suite wrote a result that is not understood: ${name}`);
    found.set(scenario, checksSchema.parse(JSON.parse(await readFile(join(folder, name, 'checks.json'), 'utf8'))));
  }
  return found;
}

function has(checks: Checks, status: string): boolean {
  return checks.some((check) => check.status === status);
}

function explain(scenario: string, checks: Checks): void {
  for (const { id, status, description, errorMessage } of checks) {
    if (status !== 'FAILURE' && status !== 'WARNING') continue;
    console.log(`${scenario}: ${status} ${id}\n  ${description}\n  ${errorMessage ?? ''}`);
  }
}

function lineOf({ revision, scored, passing, warned }: Outcome): string {
  const line = `${revision}: ${passing.length} of ${scored.length} scored scenarios pass`;
  return warned.length === 0 ? line : `${line} (with a warning: ${warned.join(', ')})`;
}

const server = await startServer(0);
try {
  const outcomes: Outcome[] = [];
  for (const revision of revisions) outcomes.push(await measure(revision, server.url));
  console.log(`\n${outcomes.map(lineOf).join('\n')}`);
  if (!outcomes.every(({ asExpected }) => asExpected)) process.exitCode = 1;
} finally {
  await server.close();
}
