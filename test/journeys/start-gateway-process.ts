import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../local/free-port.ts';
import { quiet } from './local-gateway.ts';

/** Starts another gateway on what `env` leads to: tables, issuer and secrets, as another execution environment would. */
export async function startGatewayProcess(env: Record<string, string>) {
  const url = `http://127.0.0.1:${await freePort(0)}`;
  const child = fork(join(import.meta.dirname, 'gateway-process.ts'), [url], {
    env: { ...process.env, ...env, ...quiet },
    execArgv: ['--disable-proto=delete', '--disable-warning=ExperimentalWarning'],
  });
  await once(child, 'message');
  return {
    url,
    close: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

export type GatewayProcess = Awaited<ReturnType<typeof startGatewayProcess>>;
