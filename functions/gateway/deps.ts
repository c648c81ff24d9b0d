import type { AuditLog } from '../audit/log.ts';
import type { KeyStore } from '../auth/key-store.ts';
import type { CredentialStore } from '../backends/credentials.ts';
import type { CatalogueStore } from '../catalogue/store.ts';
import type { StartWork } from '../mcp/tasks/task-desk.ts';
import type { StateStore } from '../state/store.ts';
import type { TableClient } from '../tables/client.ts';
import { accessFromEnvironment } from '../tables/environment.ts';
import { type Clock, systemClock } from './clock.ts';
import { readSettings } from './config.ts';
import { GatewayError } from './errors.ts';

// The only place that builds clients. Each opener loads what it opens, so that a route's bundle holds only what
// that route opens and a cold start pays for nothing else.

type Env = NodeJS.ProcessEnv;

/** The names of the gateway's own secrets: what keys the hashes of API keys, and what seals the states of requests. */
export const pepperName = 'gatehouse-key-pepper';
export const requestStateKeyName = 'request-state-key';

export async function openCatalogue(env: Env): Promise<CatalogueStore> {
  const { GATEHOUSE_CATALOGUE_TABLE } = readSettings('catalogue', env);
  const [{ dynamoCatalogue }, tables] = await Promise.all([import('../catalogue/dynamo.ts'), openTables(env)]);
  return dynamoCatalogue(tables, GATEHOUSE_CATALOGUE_TABLE);
}

export async function openAudit(env: Env): Promise<AuditLog> {
  const { GATEHOUSE_AUDIT_TABLE } = readSettings('audit', env);
  const [{ dynamoAudit }, tables] = await Promise.all([import('../audit/dynamo.ts'), openTables(env)]);
  return dynamoAudit(tables, GATEHOUSE_AUDIT_TABLE);
}

export async function openState(env: Env, clock: Clock): Promise<StateStore> {
  const { GATEHOUSE_STATE_TABLE } = readSettings('state', env);
  const [{ dynamoState }, tables] = await Promise.all([import('../state/dynamo.ts'), openTables(env)]);
  return dynamoState(tables, GATEHOUSE_STATE_TABLE, clock);
}

export async function openKeyStore(env: Env): Promise<KeyStore> {
  const { GATEHOUSE_CATALOGUE_TABLE } = readSettings('catalogue', env);
  const [{ dynamoKeys }, tables] = await Promise.all([import('../auth/dynamo.ts'), openTables(env)]);
  return dynamoKeys(tables, GATEHOUSE_CATALOGUE_TABLE);
}

/** The credentials of backends. */
export function openCredentials(env: Env): CredentialStore {
  return openSecrets(readSettings('credentials', env).GATEHOUSE_CREDENTIALS);
}

/** The gateway's own secrets. */
export function openOwnSecrets(env: Env): CredentialStore {
  return openSecrets(readSettings('ownSecrets', env).GATEHOUSE_OWN_SECRETS);
}

/** Secrets with a five-minute cache. The store behind it is loaded when one is first needed. */
function openSecrets(setting: string): CredentialStore {
  const [kind, where] = splitOnce(setting);
  let opened: Promise<CredentialStore> | undefined;
  const open = () => {
    opened ??= (kind === 'file' ? openFile(where) : openSecretsManager(where)).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    read: async (name) => (await open()).read(name),
    write: async (name, value) => (await open()).write(name, value),
  };
}

/** Starts work on tasks, where there is a worker. What does so is loaded when the first task begins. */
export function openTaskWorker(env: Env): StartWork | undefined {
  const { GATEHOUSE_TASK_WORKER: worker } = readSettings('tasks', env);
  if (worker === undefined) return undefined;
  let opened: Promise<StartWork> | undefined;
  return async (taskId) => {
    opened ??= connectLambda(worker, env);
    return (await opened)(taskId);
  };
}

/** Reads the pepper of API keys. Throws `unavailable` when there is none: without it no key can be checked. */
export function openPepper(env: Env): () => Promise<string> {
  const secrets = openOwnSecrets(env);
  return () => ownSecret(secrets, pepperName);
}

/** Reads what seals the states of requests. Throws `unavailable` when there is none: without it none can be trusted. */
export function openRequestStateKey(env: Env): () => Promise<string> {
  const secrets = openOwnSecrets(env);
  return () => ownSecret(secrets, requestStateKeyName);
}

async function ownSecret(secrets: CredentialStore, name: string): Promise<string> {
  const secret = await secrets.read(name);
  if (secret && 'value' in secret) return secret.value;
  throw new GatewayError('unavailable', `The gateway's own secret ${name} is not set.`);
}

async function openSecretsManager(prefix: string): Promise<CredentialStore> {
  const [{ secretsManagerCredentials }, { SecretsManagerClient }, { cachedCredentials }] = await Promise.all([
    import('../backends/secrets.ts'),
    import('@aws-sdk/client-secrets-manager'),
    import('../backends/cached-credentials.ts'),
  ]);
  return cachedCredentials(secretsManagerCredentials(new SecretsManagerClient(clientLimits), prefix), systemClock);
}

async function openFile(path: string): Promise<CredentialStore> {
  const [{ fileCredentials }, { cachedCredentials }] = await Promise.all([
    import('../backends/file.ts'),
    import('../backends/cached-credentials.ts'),
  ]);
  return cachedCredentials(fileCredentials(path), systemClock);
}

/** Milliseconds. A store that does not answer must fail the request, not hold it until the function is ended. */
const clientLimits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

async function connectLambda(worker: string, env: Env): Promise<StartWork> {
  const access = accessFromEnvironment(env, 'lambda');
  if (!access)
    throw new GatewayError('internal', 'Configuration: AWS_ENDPOINT_URL_LAMBDA: where Lambda is, is not known');
  return (await import('../mcp/tasks/lambda.ts')).lambdaWorker(access, worker);
}

const opened = new WeakMap<Env, Promise<TableClient>>();

/** One client, hence one connection pool, for every store of an instance. */
function openTables(env: Env): Promise<TableClient> {
  const tables = opened.get(env) ?? connectTables(env);
  opened.set(env, tables);
  return tables;
}

async function connectTables(env: Env): Promise<TableClient> {
  const access = accessFromEnvironment(env);
  if (access) return (await import('../tables/signed.ts')).signedTables(access);
  const [{ sdkTables }, { DynamoDBClient }] = await Promise.all([
    import('../tables/dynamo.ts'),
    import('@aws-sdk/client-dynamodb'),
  ]);
  return sdkTables(new DynamoDBClient(clientLimits));
}

function splitOnce(setting: string): [string, string] {
  const at = setting.indexOf(':');
  return [setting.slice(0, at), setting.slice(at + 1)];
}
