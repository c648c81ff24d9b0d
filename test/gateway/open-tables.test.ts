import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openKeyStore } from '../../functions/gateway/deps.ts';
import { httpServer } from '../backends/servers.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Tables in which nothing is found, at an address that AWS clients are told by the environment. */
async function emptyTables() {
  const seen: IncomingHttpHeaders[] = [];
  const server = await httpServer((incoming, outgoing) => {
    seen.push(incoming.headers);
    incoming.resume();
    outgoing.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  });
  const settings = {
    GATEHOUSE_CATALOGUE_TABLE: 'Catalogue',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: server.url,
  };
  return { server, seen, settings };
}

describe('the client of the tables', () => {
  it('signs requests itself with the credentials that Lambda puts into the environment', async () => {
    const { seen, settings } = await emptyTables();
    const env = {
      ...settings,
      AWS_ACCESS_KEY_ID: 'ASIALAMBDA',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_SESSION_TOKEN: 'token',
    };
    const keys = await openKeyStore(env);
    expect(await keys.find('unknown')).toBeUndefined();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ 'x-amz-security-token': 'token' });
    expect(seen[0]?.authorization).toContain('Credential=ASIALAMBDA/');
    expect(seen[0]?.['user-agent']).toBeUndefined();
  });

  it('is one for all stores of an instance', async () => {
    const { server, settings } = await emptyTables();
    const env = { ...settings, AWS_ACCESS_KEY_ID: 'ASIALAMBDA', AWS_SECRET_ACCESS_KEY: 's' };
    for (const _ of [1, 2, 3]) await (await openKeyStore(env)).find('unknown');
    expect(server).toMatchObject({ requests: 3, connections: 1 });
  });

  it('is the SDK, which finds them elsewhere, when there are none', async () => {
    const { seen, settings } = await emptyTables();
    const container = await httpServer((_, outgoing) => {
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
      const found = { AccessKeyId: 'ASIACONTAINER', SecretAccessKey: 's', Token: 'token', Expiration: expiration };
      outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(found));
    });
    const env = { ...settings, AWS_CONTAINER_CREDENTIALS_FULL_URI: container.url };
    // The SDK reads the environment of the process.
    const nowhere = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_ACCESS_KEY_ID: '' };
    for (const [name, value] of Object.entries({ ...env, ...nowhere })) vi.stubEnv(name, value);
    expect(await (await openKeyStore(env)).find('unknown')).toBeUndefined();
    expect(seen[0]?.authorization).toContain('Credential=ASIACONTAINER/');
    expect(seen[0]?.['user-agent']).toContain('aws-sdk-js');
  });
});
