import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpointOf, type JourneyClient, outcome } from './clients.ts';

/** Where the official inspector is, when it is installed. */
const inspector = join(
  import.meta.dirname,
  '../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
);
export const isInstalled = existsSync(inspector);

interface Tool {
  name: string;
  inputSchema: unknown;
}

/** The inspector's command line as a client: it connects, does one thing and leaves, each time. */
export async function inspectorClient(url: string, token: string, era: 'legacy' | 'modern'): Promise<JourneyClient> {
  const home = mkdtempSync(join(tmpdir(), 'gatehouse-inspector-'));
  const target = ['--transport', 'http', '--server-url', endpointOf(url).href];
  const options = [...target, '--header', `Authorization: Bearer ${token}`, '--protocol-era', era, '--format', 'json'];
  const run = (method: string, ...more: string[]) => resultOf(['--cli', ...options, '--method', method, ...more], home);

  const { protocolVersion } = await run('initialize');
  const tools = async () => (await run('tools/list')).tools as Tool[];
  return {
    protocolVersion: protocolVersion as string,
    listTools: async () => (await tools()).map(({ name }) => name),
    inputSchema: async (name) => (await tools()).find((tool) => tool.name === name)?.inputSchema,
    call: async (name, args) =>
      outcome(await run('tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(args))),
    close: async () => rmSync(home, { recursive: true, force: true }),
  };
}

/** A tool error is a result too, though the inspector then ends with another code than 0. */
function resultOf(args: string[], home: string): Promise<Record<string, unknown>> {
  const env = { PATH: process.env.PATH, HOME: home };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [inspector, ...args], { env }, (_, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr));
      else resolve(JSON.parse(stdout).result);
    });
  });
}
