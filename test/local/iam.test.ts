import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedDynamo, startEmbeddedDynamo } from '../../local/embedded-dynamo.ts';
import { accessOf } from '../../local/iam/access.ts';
import { type GuardedTables, startGuardedTables } from '../../local/iam/guarded-tables.ts';
import { allows, statementSchema } from '../../local/iam/policy.ts';

const statement = (given: object) => statementSchema.parse({ Effect: 'Allow', Action: '*', Resource: '*', ...given });

describe('a policy', () => {
  const attempt = { action: 'dynamodb:GetItem', resource: 'arn:table/a', context: { key: ['TOOL#x', 'HEAD'] } };

  it.each([
    ['says nothing', [], false],
    ['allows everything', [statement({})], true],
    ['allows the action', [statement({ Action: ['dynamodb:PutItem', 'dynamodb:getitem'] })], true],
    ['allows such actions', [statement({ Action: 'dynamodb:Get*' })], true],
    ['allows another action', [statement({ Action: 'dynamodb:PutItem' })], false],
    ['allows the resource', [statement({ Resource: ['arn:table/?'] })], true],
    ['allows another resource', [statement({ Resource: 'arn:table/a/index/b' })], false],
    ['denies what it allows', [statement({}), statement({ Effect: 'Deny', Action: 'dynamodb:*' })], false],
    ['has a condition on all values', [all('StringLike', ['TOOL#*', 'HEAD'])], true],
    ['has a condition that one value fails', [all('StringLike', ['TOOL#*'])], false],
    ['has a condition on values that are not there', [all('StringLike', ['x'], 'other')], true],
    ['asks for a value that is not there', [statement({ Condition: { StringEquals: { other: 'x' } } })], false],
    ['asks for a value that is there', [statement({ Condition: { StringEquals: { key: ['HEAD'] } } })], true],
    ['takes no pattern for equal', [statement({ Condition: { StringEquals: { key: 'HEA*' } } })], false],
    ['has two conditions, one of which fails', [both()], false],
  ])('that %s', (_, statements, expected) => {
    expect(allows(statements, attempt)).toBe(expected);
  });

  it('with an operator that is not known here cannot be judged', () => {
    const odd = statement({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } });
    expect(() => allows([odd], attempt)).toThrow('IpAddress');
  });

  function all(operator: string, values: string[], key = 'key') {
    return statement({ Condition: { [`ForAllValues:${operator}`]: { [key]: values } } });
  }
  function both() {
    return statement({ Condition: { StringEquals: { key: 'HEAD', other: 'x' } } });
  }
});

describe('guarded tables', () => {
  let dynamo: EmbeddedDynamo;
  let guarded: GuardedTables;
  const denied: string[] = [];
  const kms = { Action: 'kms:Decrypt', Resource: 'arn:key' };

  beforeAll(async () => {
    dynamo = await startEmbeddedDynamo();
    const roles = new Map([
      ['reader', [statement({ Action: 'dynamodb:GetItem', Resource: 'arn:things' }), statement(kms)]],
      ['keyless', [statement({ Action: 'dynamodb:GetItem', Resource: 'arn:things' })]],
    ]);
    const mayDo = accessOf(roles, (name, { action, resource }) => denied.push(`${name} ${action} ${resource}`));
    const table = { name: 'things', arn: 'arn:things', key: 'arn:key', partitionKey: 'pk' };
    guarded = await startGuardedTables(dynamo.endpoint, [table], mayDo);
    const client = clientOf('administrator');
    await client.send(
      new CreateTableCommand({
        TableName: 'things',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    await client.send(new PutItemCommand({ TableName: 'things', Item: { pk: { S: 'a' }, size: { N: '7' } } }));
    client.destroy();
  });
  afterAll(async () => {
    await guarded.close();
    await dynamo.close();
  });

  function clientOf(accessKeyId: string) {
    const credentials = { accessKeyId, secretAccessKey: 'local' };
    return new DynamoDBClient({ region: 'us-east-1', endpoint: guarded.endpoint, credentials, maxAttempts: 1 });
  }

  it('give what may be read', async () => {
    const client = clientOf('reader');
    const { Item } = await client.send(new GetItemCommand({ TableName: 'things', Key: { pk: { S: 'a' } } }));
    expect(Item).toEqual({ pk: { S: 'a' }, size: { N: '7' } });
    client.destroy();
  });

  const get = new GetItemCommand({ TableName: 'things', Key: { pk: { S: 'a' } } });
  const put = new PutItemCommand({ TableName: 'things', Item: { pk: { S: 'b' } } });

  it.each([
    ['what the role does not allow', 'reader', put, 'reader dynamodb:PutItem arn:things'],
    ['without the use of their key', 'keyless', get, 'keyless kms:Decrypt arn:key'],
    ['everything to an access key that nobody has', 'stranger', get, 'nobody dynamodb:GetItem arn:things'],
  ])('refuse %s, and tell it', async (_, name, command, told) => {
    const client = clientOf(name);
    const request = command instanceof PutItemCommand ? client.send(command) : client.send(command);
    await expect(request).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(denied.at(-1)).toBe(told);
    client.destroy();
  });
});
