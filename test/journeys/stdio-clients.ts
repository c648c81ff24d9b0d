import { join } from 'node:path';
import { StdioClientTransport as ModernTransport } from '@modelcontextprotocol/client/stdio';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { connectLegacy, connectModern, endpointOf, type JourneyClient } from './clients.ts';

const cli = join(import.meta.dirname, '../../bin/cli.ts');

/** How a client starts the command line as its server. */
function stdioServer(url: string, token: string) {
  return {
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', cli, 'stdio', '--url', endpointOf(url).href],
    env: { GATEHOUSE_TOKEN: token },
  };
}

/** How the v1 SDK's client starts its server and speaks to its stdin and stdout. */
export function legacyStdio(url: string, token: string): LegacyTransport {
  return new LegacyTransport({ ...stdioServer(url, token), stderr: 'ignore' });
}

/** The same for the v2 SDK's client. */
export function modernStdio(url: string, token: string): ModernTransport {
  return new ModernTransport({ ...stdioServer(url, token), stderr: 'ignore' });
}

export function legacyStdioClient(url: string, token: string): Promise<JourneyClient> {
  return connectLegacy(legacyStdio(url, token));
}

export function modernStdioClient(url: string, token: string): Promise<JourneyClient> {
  return connectModern(modernStdio(url, token));
}
