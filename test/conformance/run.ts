import { startDeployment } from './deployment.ts';
import { startProcesses } from './processes.ts';
import { startRoundRobin } from './round-robin.ts';
import { startServer } from './serve.ts';
import { type Findings, runSuite, scoredBy } from './suite.ts';

// Runs the official conformance suite against the gateway's protocol face in three compositions: both revisions' frozen
// requirement sets, each at its own wire, and `all`, which adds the extensions. Exits with 1 when a check fails or warns,
// when a scored scenario does not pass, or when a scenario is skipped that the suite could run. An argument chooses the
// compositions whose names contain it.

const compositions = {
  'one process': startServer,
  'three processes, round robin': async () => {
    const { processes, close } = await startProcesses(3);
    const proxy = await startRoundRobin(processes.map(({ url }) => url));
    return { url: proxy.url, close: () => proxy.close().then(close) };
  },
  'deployment, runtime client': startDeployment,
};

const sets = {
  '2025-11-25': ['--requirements', '2025-11-25'],
  '2026-07-28': ['--requirements', '2026-07-28'],
  all: ['--suite', 'all'],
};

/** The suite skips this one whatever a server does: its way of looking is older than the extension's. */
const neverRun = 'tasks-status-notifications';

async function measure(composition: string, url: string, name: keyof typeof sets): Promise<string> {
  const findings = await runSuite(url, sets[name]);
  const scored = name === 'all' ? [] : await scoredBy(name);
  const checks = [...findings.scenarios.values()].flat();
  const number = (status: string) => checks.filter((check) => check.status === status).length;
  const passing = scored.filter((scenario) => passes(findings, scenario));
  const faults = faultsOf(findings);

  if (faults.length > 0 || passing.length < scored.length || !findings.isContent) {
    process.exitCode = 1;
    console.log(findings.output.slice(Math.max(0, findings.output.indexOf('=== SUMMARY ==='))), faults.join('\n'));
  }
  const score = scored.length > 0 ? `${passing.length} of ${scored.length} scored scenarios pass; ` : '';
  const skipped = findings.scenarios.has(neverRun) ? ` (the suite never runs ${neverRun})` : '';
  const counts = `checks: ${number('SUCCESS')} passed, ${number('FAILURE')} failed, ${number('SKIPPED')} skipped${skipped}`;
  return `${composition} · ${name}: ${score}${counts}`;
}

function passes({ scenarios }: Findings, scenario: string): boolean {
  const checks = scenarios.get(scenario) ?? [];
  return checks.length > 0 && !checks.some(({ status }) => status === 'FAILURE');
}

/** What must not be, said in full. */
function faultsOf({ scenarios }: Findings): string[] {
  return [...scenarios].flatMap(([scenario, checks]) =>
    checks
      .filter(
        ({ status }) => status === 'FAILURE' || status === 'WARNING' || (status === 'SKIPPED' && scenario !== neverRun),
      )
      .map(
        ({ id, status, description, errorMessage }) =>
          `${scenario}: ${status} ${id}\n  ${description}\n  ${errorMessage ?? ''}`,
      ),
  );
}

const [wanted = ''] = process.argv.slice(2);
const lines: string[] = [];
for (const [composition, start] of Object.entries(compositions)) {
  if (!composition.includes(wanted)) continue;
  const { url, close } = await start();
  try {
    for (const set of Object.keys(sets) as (keyof typeof sets)[]) lines.push(await measure(composition, url, set));
  } finally {
    await close();
  }
}
console.log(lines.join('\n'));
