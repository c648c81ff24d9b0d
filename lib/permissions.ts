import { type Acknowledgment, Aws } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { firstAdminKeyName, pepperName, requestStateKeyName } from './own-secrets.ts';
import type { StatefulStack } from './stateful-stack.ts';

/** What a function may do, in the gateway's own words. */
export type Permission = keyof typeof statements;

/** What the permissions are about. */
export interface Holdings {
  catalogue: TableV2;
  audit: TableV2;
  state: TableV2;
  key: IKey;
  /** ARN of the alias of the function that works on tasks; nobody may start it where it is not given. */
  taskWorker?: string;
  /** Beginnings of the names of secrets: the gateway's own, and the credentials of backends. */
  ownSecrets: string;
  credentials: string;
}

/** What the stateful stack holds. */
export function holdingsOf({ tables, secrets, key }: StatefulStack): Holdings {
  const { catalogue, audit, state } = tables;
  return { catalogue, audit, state, key, ownSecrets: secrets.ownPrefix, credentials: secrets.credentialsPrefix };
}

/** The partitions of the catalogue table without those of API keys, so that no other route can mint or read one. */
const cataloguePartitions = ['HEAD', 'TOOL#*', 'SNAPSHOT#*', 'SPEC#*', 'SKILL#*'];

/** The partitions of the state table that sessions take. */
const sessionPartitions = ['SESSION#*', 'ANSWER#*', 'CANCEL#*', 'STREAM#*', 'LISTEN#*'];

const statements = {
  'catalogue:read': ({ catalogue, key }: Holdings) => [
    onItems(catalogue, ['dynamodb:BatchGetItem'], cataloguePartitions),
    ...readingTables(key),
  ],
  'catalogue:publish': ({ catalogue, key }: Holdings) => [
    onItems(catalogue, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], cataloguePartitions),
    ...writingTables(key),
  ],
  'keys:find': ({ catalogue, key }: Holdings) => [
    onItems(catalogue, ['dynamodb:GetItem'], ['KEY']),
    ...readingTables(key),
  ],
  'keys:add': ({ catalogue, key }: Holdings) => [
    onItems(catalogue, ['dynamodb:PutItem'], ['KEY']),
    ...writingTables(key),
  ],
  'audit:append': ({ audit, key }: Holdings) => [
    new PolicyStatement({ actions: ['dynamodb:PutItem', 'dynamodb:BatchWriteItem'], resources: [audit.tableArn] }),
    ...writingTables(key),
  ],
  'sessions:keep': ({ state, key }: Holdings) => [
    onItems(state, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'], sessionPartitions),
    ...writingTables(key),
  ],
  'results:keep': ({ state, key }: Holdings) => [
    onItems(state, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['RESULT#*']),
    ...writingTables(key),
  ],
  'consents:keep': ({ state, key }: Holdings) => [
    onItems(state, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['CONSENT#*']),
    ...writingTables(key),
  ],
  'tasks:keep': ({ state, key }: Holdings) => [
    onItems(state, ['dynamodb:GetItem', 'dynamodb:PutItem'], ['TASK#*']),
    ...writingTables(key),
  ],
  'tasks:start': ({ taskWorker }: Holdings) =>
    taskWorker === undefined
      ? []
      : [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [taskWorker] })],
  'credentials:read': ({ credentials }: Holdings) => [
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secretArn(`${credentials}*`)] }),
  ],
  'credentials:write': ({ credentials }: Holdings) => [
    new PolicyStatement({
      actions: ['secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue'],
      resources: [secretArn(`${credentials}*`)],
    }),
  ],
  'pepper:read': (holdings: Holdings) => readingOwnSecret(pepperName, holdings),
  'request-state-key:read': (holdings: Holdings) => readingOwnSecret(requestStateKeyName, holdings),
  'first-admin-key:write': ({ ownSecrets, key }: Holdings) => {
    const arn = secretArn(`${ownSecrets}${firstAdminKeyName}-??????`);
    return [
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
        resources: [arn],
      }),
      decrypting(key, arn, ['kms:Decrypt', 'kms:GenerateDataKey']),
    ];
  },
};

function readingOwnSecret(name: string, { ownSecrets, key }: Holdings): PolicyStatement[] {
  const arn = secretArn(`${ownSecrets}${name}-??????`);
  return [
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [arn] }),
    decrypting(key, arn, ['kms:Decrypt']),
  ];
}

/** The wildcards in these statements that AWS leaves no way around, each with its reason. */
export function wildcardsIn(may: readonly Permission[], { credentials }: Holdings): Acknowledgment[] {
  if (!may.some((permission) => permission.startsWith('credentials:'))) return [];
  const resource = `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${credentials}*`;
  return [
    {
      id: `AwsSolutions-IAM5[Resource::${resource}]`,
      reason: 'Administrators name the credentials of backends while the gateway runs; the prefix holds nothing else.',
    },
  ];
}

/** The statements of a function's role for what it may do. */
export function statementsFor(may: readonly Permission[], holdings: Holdings): PolicyStatement[] {
  return may.flatMap((permission) => statements[permission](holdings));
}

function onItems(table: TableV2, actions: string[], partitions: string[]): PolicyStatement {
  return new PolicyStatement({
    actions,
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
  });
}

/** DynamoDB opens a table's key in the name of whoever reads the table. */
function readingTables(key: IKey): PolicyStatement[] {
  return [throughDynamo(key, ['kms:Decrypt', 'kms:DescribeKey'])];
}

function writingTables(key: IKey): PolicyStatement[] {
  return [
    throughDynamo(key, [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ]),
  ];
}

function throughDynamo(key: IKey, actions: string[]): PolicyStatement {
  return new PolicyStatement({
    actions,
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Aws.REGION}.amazonaws.com` } },
  });
}

/** The key opens everything; the condition narrows it to this secret, and to Secrets Manager as the one who asks. */
function decrypting(key: IKey, secret: string, actions: string[]): PolicyStatement {
  return new PolicyStatement({
    actions,
    resources: [key.keyArn],
    conditions: {
      StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.amazonaws.com` },
      StringLike: { 'kms:EncryptionContext:SecretARN': secret },
    },
  });
}

/** Secrets Manager adds a hyphen and six characters to a secret's name. */
function secretArn(name: string): string {
  return `arn:${Aws.PARTITION}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:${name}`;
}
