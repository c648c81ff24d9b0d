import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import * as z from 'zod';

const requirementsSchema = z.object({ server: z.array(z.string()).nonempty() });
const checksSchema = z.array(
  z.object({ id: z.string(), status: z.string(), description: z.string(), errorMessage: z.string().optional() }),
);
type Checks = z.infer<typeof checksSchema>;

/** What the suite found, by scenario. */
export interface Findings {
  /** Whether the suite itself was content. */
  isContent: boolean;
  scenarios: ReadonlyMap<string, Checks>;
  /** What it printed. */
  output: string;
}

/** Runs the official suite against a server: one of its sets, `--requirements 2026-07-28` or `--suite all`. */
export async function runSuite(url: string, set: readonly string[]): Promise<Findings> {
  const results = await mkdtemp(join(tmpdir(), 'gatehouse-conformance-'));
  try {
    const options = ['server', ...set, '--output-dir', results, '--url', `${url}/mcp`];
    const suite = spawn(process.execPath, [fileOfSuite('dist/index.js'), ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const code = new Promise<number | null>((ended) => suite.on('close', ended));
    const output = await text(suite.stdout);
    return { isContent: (await code) === 0, scenarios: await readResults(results), output };
  } finally {
    await rm(results, { recursive: true });
  }
}

/** The scenarios that a revision requires, as the suite scores them. */
export async function scoredBy(revision: string): Promise<readonly string[]> {
  return requirementsSchema.parse(load(await readFile(fileOfSuite(`requirements/${revision}.yaml`), 'utf8'))).server;
}

function fileOfSuite(path: string): string {
  return fileURLToPath(new URL(path, import.meta.resolve('@modelcontextprotocol/conformance/package.json')));
}

/** The suite names a folder `server-<scenario>-<time>`. */
async function readResults(folder: string): Promise<Map<string, Checks>> {
  const found = new Map<string, Checks>();
  for (const name of await readdir(folder)) {
    const scenario = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(name)?.[1];
    if (scenario === undefined) throw new Error(`The suite wrote a result that is not understood: ${name}`);
    found.set(scenario, checksSchema.parse(JSON.parse(await readFile(join(folder, name, 'checks.json'), 'utf8'))));
  }
  return found;
}
