import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Report } from './api-gateway/invoke.ts';
import { startApiGateway } from './api-gateway.ts';
import { startMaker } from './custom-resources.ts';
import { startEmbeddedDynamo } from './embedded-dynamo.ts';
import type { PoolOptions } from './environment-pool.ts';
import type { Account, LambdaFunction } from './execution-environment.ts';
import { freePort } from './free-port.ts';
import { accessOf, type MayDo } from './iam/access.ts';
import { startGuardedTables } from './iam/guarded-tables.ts';
import type { Attempt } from './iam/policy.ts';
import { startIssuer } from './issuer.ts';
import { type SecretsManagerServer, startSecretsManager } from './secrets-manager.ts';
import { account, secretArn } from './template/resources.ts';
import { type DeployedFunction, type DeployedSecret, type DeployedTable, readDeployment } from './template.ts';
import { underRuntimeClient } from './under-runtime-client.ts';

export interface DeployableOptions extends Partial<Pick<PoolOptions, 'log' | 'started'>> {
  /** Where `cdk synth` has written to. */
  directory: string;
  /** What the settings of the synthesis call the gateway and its one issuer; on this machine both are elsewhere. */
  publicUrl: string;
  issuer: string;
  /** Further variables that functions find beside their own. */
  variables?: Record<string, string>;
  /** Replaces parts of functions by their names: for tests of functions that misbehave. */
  replace?: Record<string, Partial<DeployedFunction>>;
  /** Told why a client got a 5xx. */
  report?: Report;
  /** Told what the role of a function does not allow, when the function tries it. */
  denied?: (functionName: string, attempt: Attempt) => void;
}

/** A deployment that runs on this machine. */
export interface Deployable {
  url: string;
  /** What an administrator's tools need to reach the tables: region, endpoint, credentials; and the environment of `post-mcp`. */
  env: Record<string, string>;
  functions: LambdaFunction[];
  /** For whoever starts a function on its own. */
  account: Account;
  /** A token of the development issuer, valid for an hour. */
  signToken(subject: string, roles: string[]): Promise<string>;
  /** The first API key, which the deployment has issued to its secret. */
  adminKey: string;
  /** What the stacks tell whoever deploys them. */
  outputs: Record<string, string>;
  /** Ends the processes of a function, as a deployment of it would. */
  restart(functionName: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves what `cdk synth` has written: the routes of the API's body, each function's own bundle under AWS's runtime
 * client with the environment and the permissions that its template gives it, the tables and secrets of the templates.
 * What an account would add is beside it: an issuer, credentials, endpoints on loopback, and leave to call backends
 * there.
 */
export async function startDeployable(options: DeployableOptions): Promise<Deployable> {
  const started: (() => unknown)[] = [];
  const close = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    return { ...(await start(options, (end) => started.push(end))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: DeployableOptions,
  atEnd: (end: () => unknown) => void,
): Promise<Omit<Deployable, 'close'>> {
  const { log = () => {}, started = () => {}, denied = () => {}, replace = {} } = options;
  const port = await freePort(0);
  const url = `http://127.0.0.1:${port}`;
  const issuer = await startIssuer({ audience: `${url}/mcp` });
  atEnd(() => issuer.close());
  const deployment = readDeployment(options.directory, { [options.publicUrl]: url, [options.issuer]: issuer.issuer });
  const { tables, secrets, customResources, outputs, document, stage } = deployment;
  const functions = deployment.functions.map((fn) => ({ ...fn, ...replace[fn.name] }));
  const mayDo = accessOf(new Map(functions.map(({ name, statements }) => [name, statements])), denied);

  const dynamo = await startEmbeddedDynamo();
  atEnd(() => dynamo.close());
  await createTables(dynamo.endpoint, tables);
  const guarded = await startGuardedTables(dynamo.endpoint, tables.map(toGuarded), mayDo);
  atEnd(() => guarded.close());
  const secretsManager = await startSecretsManager();
  atEnd(() => secretsManager.close());
  for (const { name, generate } of secrets) if (generate) secretsManager.secrets.set(name, generated(generate));
  secretsManager.before = guardOf(secrets, mayDo);
  const maker = await startMaker();
  atEnd(() => maker.close());

  const variables = (accessKeyId: string) => ({
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: guarded.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
    GATEHOUSE_ALLOW_LOCAL_BACKENDS: 'true',
    ...(customResources.some(({ functionName }) => functionName === accessKeyId) && {
      NODE_EXTRA_CA_CERTS: maker.certificateFile,
    }),
    ...options.variables,
  });
  const host = underRuntimeClient(functions, { variables, log, started });
  atEnd(() => host.close());
  for (const resource of customResources) await maker.make(resource, host.invoke);
  const { report } = options;
  const gateway = await startApiGateway({ document, invoke: host.invoke, port, stage, ...(report && { report }) });
  atEnd(() => gateway.close());

  const firstKey = secretsManager.secrets.get(outputs.FirstAdminKeySecret ?? '') ?? '{}';
  return {
    url,
    env: { ...variables('administrator'), ...functions.find(({ name }) => name === 'post-mcp')?.environment },
    functions,
    account: { variables, log },
    signToken: (subject, roles) => issuer.sign({ sub: subject, roles }, { expiresIn: 3_600 }),
    adminKey: z.object({ value: z.string() }).parse(JSON.parse(firstKey)).value,
    outputs,
    restart: (functionName) => host.restart(functionName),
  };
}

function toGuarded({ name, arn, key, schema }: DeployedTable) {
  return {
    name,
    arn,
    key,
    partitionKey: schema.KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
  };
}

async function createTables(endpoint: string, tables: readonly DeployedTable[]): Promise<void> {
  const client = new DynamoDBClient({
    region: account.region,
    endpoint,
    credentials: { accessKeyId: 'administrator', secretAccessKey: 'local' },
  });
  for (const { name, schema } of tables) {
    await client.send(new CreateTableCommand({ ...schema, TableName: name, BillingMode: 'PAY_PER_REQUEST' }));
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.02, maxDelay: 1 }, { TableName: name });
  }
  client.destroy();
}

/** As Secrets Manager generates one: a random text in the place that the template names. */
function generated(generate: NonNullable<DeployedSecret['generate']>): string {
  const { SecretStringTemplate, GenerateStringKey, PasswordLength } = generate;
  const fields = z.record(z.string(), z.unknown()).parse(JSON.parse(SecretStringTemplate));
  return JSON.stringify({
    ...fields,
    [GenerateStringKey]: randomBytes(PasswordLength).toString('hex').slice(0, PasswordLength),
  });
}

/** Refuses what the caller may not do with a secret, or with the key that the secret is encrypted with. */
function guardOf(secrets: readonly DeployedSecret[], mayDo: MayDo): SecretsManagerServer['before'] {
  return ({ operation, name, authorization }) => {
    const arn = secretArn(name);
    const key = secrets.find((secret) => secret.name === name)?.key;
    const action = operation === 'GetSecretValue' ? 'kms:Decrypt' : 'kms:GenerateDataKey';
    const context = {
      'kms:ViaService': [`secretsmanager.${account.region}.amazonaws.com`],
      'kms:EncryptionContext:SecretARN': [arn],
    };
    const isAllowed = mayDo(authorization, [
      { action: `secretsmanager:${operation}`, resource: arn },
      ...(key === undefined ? [] : [{ action, resource: key, context }]),
    ]);
    return isAllowed ? undefined : 'AccessDeniedException';
  };
}
