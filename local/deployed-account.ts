import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { startEmbeddedDynamo } from './embedded-dynamo.ts';
import { administrator, type MayDo } from './iam/access.ts';
import { startGuardedTables } from './iam/guarded-tables.ts';
import { type SecretsManagerServer, startSecretsManager } from './secrets-manager.ts';
import { account, secretArn } from './template/resources.ts';
import type { DeployedSecret, DeployedTable, Deployment } from './template.ts';

/** The part of an account that a deployment keeps its data in: tables and secrets, guarded by who may do what. */
export interface DeployedAccount {
  /** What whoever has this access key finds in its environment. */
  variables(accessKeyId: string): Record<string, string>;
  /** Texts of the secrets, by name. */
  secrets: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** Makes the tables and the secrets of a deployment, in memory and on loopback. */
export async function startDeployedAccount(
  { tables, secrets }: Pick<Deployment, 'tables' | 'secrets'>,
  mayDo: MayDo,
): Promise<DeployedAccount> {
  const dynamo = await startEmbeddedDynamo();
  await createTables(dynamo.endpoint, tables);
  const guarded = await startGuardedTables(dynamo.endpoint, tables.map(toGuarded), mayDo);
  const secretsManager = await startSecretsManager();
  for (const { name, generate } of secrets) if (generate) secretsManager.secrets.set(name, generated(generate));
  secretsManager.before = guardOf(secrets, mayDo);
  return {
    variables: (accessKeyId) => ({
      AWS_REGION: account.region,
      AWS_DEFAULT_REGION: account.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: guarded.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
    }),
    secrets: secretsManager.secrets,
    close: async () => {
      await Promise.all([guarded.close(), secretsManager.close()]);
      await dynamo.close();
    },
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
    credentials: { accessKeyId: administrator, secretAccessKey: 'local' },
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
