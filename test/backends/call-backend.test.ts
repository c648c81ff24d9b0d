import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type BackendDeps, callBackend } from '../../functions/backends/call-backend.ts';
import type { Credential, CredentialStore } from '../../functions/backends/credentials.ts';
import type { Backend, HttpBinding, Tool } from '../../functions/catalogue/types.ts';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { version } from '../../functions/gateway/version.ts';
import { backendWith, bindingWith, parameterWith } from './builders.ts';
import { httpServer } from './servers.ts';

function toolWith(binding: Partial<HttpBinding> = {}): Tool {
  return {
    name: 'get_dealers',
    description: 'List dealers',
    version: '1.0.0',
    enabled: true,
    domain: 'dealer',
    tags: [],
    risk_level: 'read',
    requires_elevation: false,
    input_schema: { type: 'object' },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    positive_examples: [],
    binding: bindingWith(binding),
    source_spec: 'dealers',
    spec_revision: 1,
    content_hash: 'sha256:1',
  };
}

function storeOf(credentials: Record<string, Credential>): CredentialStore {
  return { read: async (name) => credentials[name], write: async () => {} };
}

/** A backend that remembers the headers and URL of its last request. */
async function recorder(settings: Partial<Backend> = {}) {
  const seen: { headers: IncomingHttpHeaders; url: string | undefined } = { headers: {}, url: undefined };
  const server = await httpServer((incoming, outgoing) => {
    seen.headers = incoming.headers;
    seen.url = incoming.url;
    outgoing.end('[]');
  });
  return { server, seen, backend: backendWith({ base_url: server.url, ...settings }) };
}

const call = (backend: Backend, tool: Tool, args: Record<string, unknown> = {}, deps: Partial<BackendDeps> = {}) =>
  callBackend(
    { tool, backend, args, correlationId: 'call-1', deadline: Date.now() + 5_000 },
    { clock: Date.now, allowLocal: true, credentials: storeOf({ key: { value: 's3cret' } }), ...deps },
  );

describe('callBackend', () => {
  it('sends the prepared request with credential, fixed headers and the gateway’s own', async () => {
    const { backend, seen } = await recorder({
      auth: { mode: 'bearer', credential: 'key' },
      headers: { 'X-Tenant': 'acme' },
    });
    const parameters = [parameterWith({ in: 'query', name: 'region' })];
    const result = await call(backend, toolWith({ parameters }), { region: 'north' });
    expect(result).toMatchObject({ ok: true, reply: { status: 200 } });
    expect(seen.url).toBe('/pets?region=north');
    expect(seen.headers).toMatchObject({
      authorization: 'Bearer s3cret',
      'x-tenant': 'acme',
      'x-correlation-id': 'call-1',
      'x-mcp-tool-name': 'get_dealers',
      'x-mcp-risk-level': 'read',
      'user-agent': `gatehouse/${version}`,
      accept: 'application/json, text/*;q=0.9, */*;q=0.8',
    });
  });

  it('lets the backend’s settings choose what is accepted', async () => {
    const { backend, seen } = await recorder({ headers: { Accept: 'application/vnd.acme+json' } });
    await call(backend, toolWith());
    expect(seen.headers.accept).toBe('application/vnd.acme+json');
  });

  it('lets no argument touch the credential or the gateway’s headers', async () => {
    const auth = { mode: 'apiKey', credential: 'key', in: 'header', name: 'X-Api-Key' } as const;
    const { backend, seen } = await recorder({ auth });
    const names = ['X-Api-Key', 'X-Correlation-ID', 'X-MCP-Risk-Level', 'Authorization', 'Cookie'];
    const parameters = names.map((name) => parameterWith({ in: 'header', name }));
    await call(backend, toolWith({ parameters }), Object.fromEntries(names.map((name) => [name, 'forged'])));
    expect(seen.headers['x-api-key']).toBe('s3cret');
    expect(JSON.stringify(seen.headers)).not.toContain('forged');
  });

  it('sends nothing when an argument cannot be sent', async () => {
    const { backend, server } = await recorder();
    const tool = toolWith({ api_endpoint: '/pets/{id}', parameters: [parameterWith({ in: 'path', name: 'id' })] });
    expect(await call(backend, tool, { id: '..' })).toEqual({
      ok: false,
      kind: 'invalid_arguments',
      message: expect.stringContaining('"id"'),
      sent: false,
    });
    expect(server.connections).toBe(0);
  });

  it('sends nothing when the tool’s binding cannot be used', async () => {
    const { backend, server } = await recorder();
    expect(await call(backend, toolWith({ api_endpoint: '/pets/{id}' }))).toMatchObject({
      ok: false,
      kind: 'tool_misconfigured',
      sent: false,
    });
    expect(server.connections).toBe(0);
  });

  it.each<[string, CredentialStore]>([
    ['does not exist', storeOf({})],
    ['has the wrong shape', storeOf({ key: { username: 'a', password: 's3cret' } })],
    [
      'cannot be read',
      {
        read: async () => {
          throw new GatewayError('unavailable', 'Secrets Manager does not answer.');
        },
        write: async () => {},
      },
    ],
  ])('sends nothing when the credential %s', async (_what, credentials) => {
    const { backend, server } = await recorder({ auth: { mode: 'bearer', credential: 'key' } });
    const result = await call(backend, toolWith(), {}, { credentials });
    expect(result).toMatchObject({ ok: false, kind: 'credential_unavailable', sent: false });
    expect(server.connections).toBe(0);
  });

  it('gives back a 401 of the backend as it is', async () => {
    const server = await httpServer((_incoming, outgoing) => outgoing.writeHead(401).end());
    const backend = backendWith({ base_url: server.url, auth: { mode: 'bearer', credential: 'key' } });
    expect(await call(backend, toolWith())).toMatchObject({ ok: true, reply: { status: 401 } });
    expect(server.requests).toBe(1);
  });

  it('keeps to the limits of the backend', async () => {
    const server = await httpServer((_incoming, outgoing) => outgoing.end('x'.repeat(2_000)));
    const backend = backendWith({ base_url: server.url, max_response_bytes: 1_024 });
    expect(await call(backend, toolWith())).toMatchObject({ ok: false, kind: 'backend_reply_too_large' });
  });
});
