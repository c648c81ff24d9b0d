// `npm run bench`: what a cold start, a warm request, a bundle and an import cost, as ratios within one run.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openCatalogue } from '../functions/gateway/deps.ts';
import { bundle, bundleFunction, functionNames } from '../lib/bundle.ts';
import { freePort } from '../local/free-port.ts';
import { startSurroundings } from '../local/surroundings.ts';
import { startBackend, stayAwake } from './backend.ts';
import { callArguments, calledTool, fill } from './catalogue.ts';
import { modernMessage, proxyEvent } from './events.ts';
import { importTables } from './import.ts';
import { interleaved, table } from './measure.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '11' } } });
const rounds = Number(values.rounds);
const run = promisify(execFile);

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const gatewayUrl = `http://127.0.0.1:${await freePort(0)}`;
const surroundings = await startSurroundings(gatewayUrl, directory);
const env = { ...surroundings.env, GATEHOUSE_METRICS_NAMESPACE: 'bench' };
Object.assign(process.env, env);
const backend = await startBackend();
await fill(await openCatalogue(process.env), 50, backend.url);

try {
  const sizes = await bundleAll();
  const cold = await coldStarts();
  console.log(`\nCold: CPU time from process start to first answer, ${rounds} interleaved rounds, medians\n`);
  console.log(coldTable(cold, sizes));
  console.log('\nWarm: CPU time of one request\n');
  console.log(warmTable(await warmCosts()));
  console.log(`\n${await importTables(rounds)}`);
} finally {
  await surroundings.close();
  backend.close();
  rmSync(directory, { recursive: true, force: true });
}

/** Kilobytes: of everything in a function's bundle, and of the part that is loaded at its start. */
async function bundleAll(): Promise<Map<string, { all: number; start: number }>> {
  const sizes = new Map<string, { all: number; start: number }>();
  for (const name of functionNames()) {
    const { outputs } = await bundleFunction(name, join(directory, name));
    const files = Object.entries(outputs).filter(([file]) => file.endsWith('.mjs'));
    const entry = files.find(([file]) => file.endsWith('index.mjs'))?.[0] ?? '';
    const atStart = new Set<string>();
    const visit = (file: string) => {
      if (atStart.has(file)) return;
      atStart.add(file);
      for (const { path, kind } of outputs[file]?.imports ?? []) if (kind === 'import-statement') visit(path);
    };
    visit(entry);
    const kilobytes = (names: Iterable<string>) =>
      Math.round([...names].reduce((sum, file) => sum + (outputs[file]?.bytes ?? 0), 0) / 1024);
    sizes.set(name, { all: kilobytes(files.map(([file]) => file)), start: kilobytes(atStart) });
  }
  return sizes;
}

interface Start {
  label: string;
  name: string;
  event: unknown;
  /** Ratio to the empty handler that is to be held. */
  target?: number;
}

async function starts(): Promise<Start[]> {
  const token = await surroundings.signToken('bench', ['operator']);
  const key = await surroundings.issueAdminKey('bench');
  const mcp = (label: string, method: string, params?: Record<string, unknown>): Start => ({
    label,
    name: 'post-mcp',
    event: proxyEvent('POST', `${gatewayUrl}/mcp`, modernMessage(method, params)),
    target: 6,
  });
  const simple = (name: string, method: string, path: string, options = {}): Start => ({
    label: name,
    name,
    event: proxyEvent(method, `${gatewayUrl}${path}`, options),
  });
  const document = JSON.stringify({ openapi: '3.1.0', info: { title: 'B', version: '1' }, paths: {} });
  return [
    mcp('post-mcp server/discover', 'server/discover'),
    mcp('post-mcp tools/list', 'tools/list'),
    mcp('post-mcp tools/call', 'tools/call', { name: calledTool, arguments: callArguments }),
    { ...simple('list-tools', 'GET', '/api/mcp/tools'), target: 4 },
    {
      label: 'authorize (token)',
      name: 'authorize',
      event: authorizerEvent('/mcp', { authorization: `Bearer ${token}` }),
      target: 4,
    },
    { label: 'authorize (API key)', name: 'authorize', event: authorizerEvent('/admin/tools', { 'x-api-key': key }) },
    simple('get-mcp', 'GET', '/mcp'),
    simple('delete-mcp', 'DELETE', '/mcp'),
    simple('get-health', 'GET', '/healthz'),
    simple('get-protected-resource', 'GET', '/.well-known/oauth-protected-resource'),
    simple('list-backends', 'GET', '/admin/backends'),
    simple('get-backend', 'GET', '/admin/backends/bench', { parameters: { backend: 'bench' } }),
    simple('put-backend', 'PUT', '/admin/backends/other', {
      parameters: { backend: 'other' },
      body: JSON.stringify({ base_url: backend.url, auth: { mode: 'none' } }),
    }),
    simple('delete-backend', 'DELETE', '/admin/backends/none', { parameters: { backend: 'none' } }),
    simple('list-specs', 'GET', '/admin/specs'),
    simple('get-spec', 'GET', '/admin/specs/bench', { parameters: { spec: 'bench' } }),
    simple('put-spec', 'PUT', '/admin/specs/other?backend=bench&dry_run=true', {
      parameters: { spec: 'other' },
      body: document,
    }),
    simple('delete-spec', 'DELETE', '/admin/specs/none', { parameters: { spec: 'none' } }),
    simple('approve-changes', 'POST', '/admin/specs/none/approvals', {
      parameters: { spec: 'none' },
      body: JSON.stringify({ approve: { [calledTool]: `sha256:${'0'.repeat(64)}` } }),
    }),
    simple('roll-back-spec', 'POST', '/admin/specs/none/rollback', {
      parameters: { spec: 'none' },
      body: JSON.stringify({ revision: 1 }),
    }),
    simple('list-admin-tools', 'GET', '/admin/tools'),
    simple('get-tool', 'GET', `/admin/tools/${calledTool}`, { parameters: { tool: calledTool } }),
    simple('patch-tool', 'PATCH', `/admin/tools/${calledTool}`, { parameters: { tool: calledTool }, body: '{}' }),
    simple('delete-tool', 'DELETE', '/admin/tools/none', { parameters: { tool: 'none' } }),
    simple('put-credential', 'PUT', '/admin/credentials/bench', {
      parameters: { credential: 'bench' },
      body: JSON.stringify({ value: 'bench' }),
    }),
  ];
}

function authorizerEvent(path: string, headers: Record<string, string>) {
  return {
    ...proxyEvent('POST', `${gatewayUrl}${path}`, { headers }),
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:local:000000000000:api/local/POST${path}`,
  };
}

async function coldStarts(): Promise<{ starts: Start[]; medians: Record<string, number> }> {
  const measured = await starts();
  const files = join(directory, 'events');
  mkdirSync(files);
  const operations: Record<string, () => Promise<number>> = {
    empty: () => coldStart(join(import.meta.dirname, 'empty.mjs'), write(files, 'empty', {})),
  };
  for (const { label, name, event } of measured) {
    const file = write(files, label.replaceAll(/\W+/g, '-'), event);
    operations[label] = () => coldStart(join(directory, name, 'index.mjs'), file);
  }
  return { starts: measured, medians: await interleaved(operations, rounds) };
}

function write(folder: string, name: string, event: unknown): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(event));
  return file;
}

/** CPU milliseconds. An answer that is a server's fault is no result. */
async function coldStart(bundle: string, event: string): Promise<number> {
  const script = join(import.meta.dirname, 'cold.mjs');
  const { stdout } = await run(process.execPath, ['--disable-proto=delete', script, bundle, event], {
    env: { PATH: process.env.PATH, ...env },
    maxBuffer: 64 * 1_048_576,
  }).catch((error: Error & { stderr?: string }) => {
    // The end of a stack trace is the fault; its beginning is a line of the bundle, as long as the bundle.
    throw new Error(`${bundle}: ${error.stderr?.slice(-1_000) ?? error.message.slice(0, 1_000)}`);
  });
  const { cpuMs, answer } = JSON.parse(stdout.slice(stdout.lastIndexOf('{"cpuMs"'))) as {
    cpuMs: number;
    answer: { statusCode?: number };
  };
  if ((answer?.statusCode ?? 200) >= 500) throw new Error(`${bundle} answered ${JSON.stringify(answer).slice(0, 500)}`);
  return cpuMs;
}

function coldTable(
  { starts, medians }: Awaited<ReturnType<typeof coldStarts>>,
  sizes: Awaited<ReturnType<typeof bundleAll>>,
) {
  const floor = medians.empty ?? Number.NaN;
  const rows = starts.map(({ label, name, target }) => {
    const cost = medians[label] ?? Number.NaN;
    const size = sizes.get(name);
    return [label, cost.toFixed(0), ratio(cost / floor, target), String(size?.start ?? ''), String(size?.all ?? '')];
  });
  return table(
    ['first answer', 'CPU ms', '× empty', 'KB at start', 'KB in all'],
    [['empty', floor.toFixed(0), '1.00', '0', '0'], ...rows],
  );
}

async function warmCosts(): Promise<Record<string, number>> {
  const door = join(directory, 'door');
  await bundle(join(import.meta.dirname, 'door.ts'), door);
  const sleep = stayAwake();
  const { stdout } = await run(
    process.execPath,
    [
      '--disable-proto=delete',
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'warm.ts'),
      join(door, 'index.mjs'),
      backend.url,
      String(rounds),
    ],
    {
      env: process.env,
      maxBuffer: 64 * 1_048_576,
    },
  ).finally(sleep);
  return JSON.parse(stdout.slice(stdout.lastIndexOf('{"backend call"'))) as Record<string, number>;
}

function warmTable(costs: Record<string, number>): string {
  const against: Record<string, [string, number?]> = {
    'bare SDK tools/call': ['backend call'],
    'gateway tools/call': ['bare SDK tools/call', 1.3],
    'gateway tools/call on tables': ['bare SDK tools/call'],
    'gateway tools/list 50': ['SDK low-level tools/list 50'],
    'gateway tools/list 1000': ['SDK low-level tools/list 1000', 1.5],
  };
  const rows = Object.entries(costs).map(([name, cost]) => {
    const [reference, target] = against[name] ?? [];
    const times = (other: string) => cost / (costs[other] ?? Number.NaN);
    const backendRatio = name.includes('call') ? times('backend call').toFixed(2) : '';
    return [name, cost.toFixed(0), backendRatio, reference ? `${ratio(times(reference), target)} × ${reference}` : ''];
  });
  return table(['request', 'CPU µs', '× backend call', 'against'], rows);
}

function ratio(value: number, target?: number): string {
  return target === undefined
    ? value.toFixed(2)
    : `${value.toFixed(2)} (≤ ${target}${value <= target ? '' : ', missed'})`;
}
