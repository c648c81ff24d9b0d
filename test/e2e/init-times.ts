// Prints how long each function of the synthesised deployment takes to start under AWS's runtime client, beside an empty
// one. `--rounds` says how often each is started.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { interleaved, table } from '../../bench/measure.ts';
import { startDeployable } from '../../local/deployable.ts';
import { type LambdaFunction, startExecutionEnvironment } from '../../local/execution-environment.ts';
import { synthesiseDeployment } from './synthesise-deployment.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(values.rounds);

const synthesised = await synthesiseDeployment();
const deployment = await startDeployable(synthesised);
try {
  const [like] = deployment.functions;
  if (!like) throw new Error('The deployment has no function.');
  const empty = {
    ...like,
    name: 'empty',
    directory: join(import.meta.dirname, '../../bench'),
    handler: 'empty.handler',
  };
  const functions = [empty, ...deployment.functions];
  const times = await interleaved(Object.fromEntries(functions.map((fn) => [fn.name, () => initMs(fn)])), rounds);

  const floor = times.empty ?? Number.NaN;
  const rows = functions.map(({ name, memoryMb }) => {
    const time = times[name] ?? Number.NaN;
    return [name, String(memoryMb), time.toFixed(0), (time / floor).toFixed(2)];
  });
  console.log(`\nInit under the runtime client, ${rounds} interleaved rounds, medians\n`);
  console.log(table(['function', 'MB', 'ms', '× empty'], rows));
} finally {
  await deployment.close();
  rmSync(synthesised.directory, { recursive: true, force: true });
}

/** Milliseconds from the start of a process to its asking for the first event. */
async function initMs(fn: LambdaFunction): Promise<number> {
  const environment = await startExecutionEnvironment(fn, deployment.account);
  await environment.end();
  return environment.initMs;
}
