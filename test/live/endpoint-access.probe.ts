import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it } from 'vitest';
import { deployment, has, report } from './deployment.ts';
import { exchange } from './exchange.ts';

// Question 9: whether the strict endpoint mode, which compares SNI with Host, and the TLS policy let real clients in
// and keep the others out.

const requestInit = { headers: { authorization: `Bearer ${deployment.token}` } };
const identity = { name: 'gatehouse-probe', version: '1.0.0' };

describe.skipIf(!has.token)('a client of the SDK', () => {
  it('of the 2025 revisions connects and lists tools', async () => {
    const transport = new LegacyTransport(new URL(`${deployment.url}/mcp`), { requestInit });
    const client = new LegacyClient(identity);
    // The SDK's own types disagree under exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<LegacyClient['connect']>[0]);
    const { tools } = await client.listTools();
    report(`9: the v1 SDK speaks ${transport.protocolVersion} and sees ${tools.length} tools`);
    expect(transport.protocolVersion).toBe('2025-11-25');
    await client.close();
  });

  it('of revision 2026-07-28 connects and lists tools', async () => {
    const transport = new ModernTransport(new URL(`${deployment.url}/mcp`), { requestInit });
    const client = new ModernClient(identity, { versionNegotiation: { mode: 'auto' } });
    await client.connect(transport);
    const { tools } = await client.listTools();
    report(`9: the v2 SDK speaks ${client.getNegotiatedProtocolVersion()} and sees ${tools.length} tools`);
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    await client.close();
  });
});

describe.skipIf(!has.tls)('on the wire', () => {
  const host = () => new URL(deployment.url).hostname;
  const health = (options: object) => exchange({ path: '/healthz', ...options });
  const outcome = (options: object) =>
    health(options).then(
      ({ status, tlsVersion }) => ({ status, tlsVersion }),
      (error: Error) => ({ refused: error.message }),
    );

  it('a Host header that is not the host of the handshake is refused', async () => {
    const found = await outcome({ headers: { host: 'other.example.com' }, servername: host() });
    report('9: SNI of the gateway, Host of another', found);
    expect(found).not.toMatchObject({ status: 200 });
  });

  it.each([
    ['TLSv1.3', true],
    ['TLSv1.2', true],
    ['TLSv1.1', false],
  ] as const)('%s is offered alone: served %s', async (maxVersion, isServed) => {
    const found = await outcome({ maxVersion });
    report(`9: a client that offers at most ${maxVersion}`, found);
    if (isServed) expect(found).toMatchObject({ status: 200, tlsVersion: maxVersion });
    else expect(found).toHaveProperty('refused');
  });
});
