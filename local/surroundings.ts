import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { issueKey } from '../functions/auth/api-key.ts';
import { dynamoKeys } from '../functions/auth/dynamo.ts';
import { adminScopes } from '../functions/auth/principal.ts';
import { fileCredentials } from '../functions/backends/file.ts';
import { systemClock } from '../functions/gateway/clock.ts';
import type { Environment } from '../functions/gateway/config.ts';
import { pepperName, requestStateKeyName } from '../functions/gateway/deps.ts';
import { sdkTables } from '../functions/tables/dynamo.ts';
import { startEmbeddedDynamo } from './embedded-dynamo.ts';
import { freePort } from './free-port.ts';
import { startIssuer } from './issuer.ts';
import { createTables } from './tables.ts';

type FunctionEnvironment = Environment<
  'catalogue' | 'audit' | 'state' | 'credentials' | 'ownSecrets' | 'identity' | 'endpoint' | 'egress'
>;

const tables = { catalogue: 'Catalogue', state: 'State', audit: 'Audit' };

/** What a deployment finds in its account, on one machine: tables, secrets and an identity provider. */
export interface Surroundings {
  /** The environment of every function. */
  env: Record<string, string>;
  /** A token of the development issuer, valid for twelve hours. */
  signToken(subject: string, roles: string[]): Promise<string>;
  /** Issues an API key with all admin scopes. */
  issueAdminKey(name: string, lifetimeMs?: number): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the surroundings of a gateway that clients reach at `publicUrl`, with its secrets in `directory`. What else there
 * is outlives the process where `keep` says so.
 */
export async function startSurroundings(publicUrl: string, directory: string, keep = false): Promise<Surroundings> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const data = keep ? directory : undefined;
  const credentials = join(directory, 'credentials.json');
  const ownSecrets = join(directory, 'own-secrets.json');
  const dynamo = await startEmbeddedDynamo(data ? { path: join(data, 'tables') } : {});
  const audience = `${publicUrl}/mcp`;
  // Beside the gateway's port when that is free, so that a token outlives a restart.
  const port = await freePort(Number(new URL(publicUrl).port) + 1).catch(() => 0);
  const issuer = await startIssuer({ port, audience, ...(data && { keyFile: join(data, 'issuer-key.json') }) });
  const aws = {
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
  };
  const client = new DynamoDBClient({
    region: aws.AWS_REGION,
    endpoint: dynamo.endpoint,
    credentials: { accessKeyId: aws.AWS_ACCESS_KEY_ID, secretAccessKey: aws.AWS_SECRET_ACCESS_KEY },
  });
  await createTables(client, tables);
  const pepper = await ownSecret(ownSecrets, pepperName);
  await ownSecret(ownSecrets, requestStateKeyName);

  const settings: FunctionEnvironment = {
    GATEHOUSE_CATALOGUE_TABLE: tables.catalogue,
    GATEHOUSE_STATE_TABLE: tables.state,
    GATEHOUSE_AUDIT_TABLE: tables.audit,
    GATEHOUSE_CREDENTIALS: `file:${credentials}`,
    GATEHOUSE_OWN_SECRETS: `file:${ownSecrets}`,
    GATEHOUSE_ISSUERS: JSON.stringify([
      { issuer: issuer.issuer, jwks_uri: issuer.jwksUri, audiences: [audience], algorithms: ['ES256'] },
    ]),
    GATEHOUSE_PUBLIC_URL: publicUrl,
    GATEHOUSE_ALLOW_LOCAL_BACKENDS: 'true',
  };

  return {
    env: { ...aws, ...settings },
    signToken: (subject, roles) => issuer.sign({ sub: subject, roles }, { expiresIn: 12 * 3600 }),
    issueAdminKey: async (name, lifetimeMs) => {
      const expires = lifetimeMs === undefined ? {} : { expires_at: new Date(Date.now() + lifetimeMs).toISOString() };
      const { key, record } = issueKey({ name, scopes: adminScopes, ...expires }, pepper, systemClock);
      await dynamoKeys(sdkTables(client), tables.catalogue).add(record);
      return key;
    },
    close: async () => {
      client.destroy();
      await Promise.all([issuer.close(), dynamo.close()]);
    },
  };
}

/** Made once, and kept with the data. */
async function ownSecret(file: string, name: string): Promise<string> {
  const secrets = fileCredentials(file);
  const kept = await secrets.read(name);
  if (kept && 'value' in kept) return kept.value;
  const value = randomBytes(32).toString('base64url');
  await secrets.write(name, { value });
  return value;
}
