import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const cli = join(import.meta.dirname, '../../bin/cli.ts');
export const token = 'a-token-that-nobody-may-see';

/** `gatehouse stdio` as a client starts it. */
export function startStdio(url: string) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, 'stdio', '--url', url], {
    env: { PATH: process.env.PATH, GATEHOUSE_TOKEN: token },
  });
  const exited = once(child, 'exit');
  let stdout = '';
  let stderr = '';
  let taken = 0;
  let wake = () => {};
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
    wake();
  });
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const lines = () => stdout.split('\n').slice(0, -1);

  return {
    send: (...messages: unknown[]) => {
      for (const message of messages)
        child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
    },
    /** The next message on stdout. */
    async next(): Promise<Record<string, unknown>> {
      while (lines().length <= taken)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      taken += 1;
      return JSON.parse(lines()[taken - 1] ?? '');
    },
    /** Closes stdin and gives all that was printed once the process has ended. */
    async end() {
      child.stdin.end();
      const [code] = await exited;
      return { code, messages: lines().map((line) => JSON.parse(line)), stdout, stderr };
    },
    kill: () => child.kill('SIGKILL'),
  };
}

export function request(id: number, method: string, params?: Record<string, unknown>) {
  return { jsonrpc: '2.0', id, method, ...(params && { params }) };
}

/** The same as a client of 2026-07-28 sends it. */
export function modernRequest(id: number, method: string, params: Record<string, unknown> = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return request(id, method, { ...params, _meta });
}

export const initialize = request(1, 'initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1.0.0' },
});
export const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
