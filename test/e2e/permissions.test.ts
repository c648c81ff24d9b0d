import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lambdaWorker } from '../../functions/mcp/tasks/lambda.ts';
import type { Deployable } from '../../local/deployable.ts';
import { accessKeyOf } from '../../local/iam/access.ts';
import { startDeployment } from './start-deployment.ts';

let deployment: Deployable;
const denied: string[] = [];

beforeAll(async () => {
  deployment = await startDeployment({
    denied: (name, { action }) => denied.push(`${name} ${action}`),
    replace: { 'list-tools': { statements: [] } },
  });
});
afterAll(() => deployment.close());

/** A client that signs as a function does. */
function clientOf(functionName: string, service: 'DYNAMODB' | 'SECRETS_MANAGER') {
  return {
    region: deployment.env.AWS_REGION ?? '',
    endpoint: deployment.env[`AWS_ENDPOINT_URL_${service}`] ?? '',
    credentials: { accessKeyId: accessKeyOf(functionName), secretAccessKey: 'local' },
    maxAttempts: 1,
  };
}

async function isDenied(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return false;
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return true;
    throw error;
  }
}

describe('secrets', () => {
  const pepper = '/gatehouse/own/gatehouse-key-pepper';
  const stateKey = '/gatehouse/own/request-state-key';
  const credential = '/gatehouse/credentials/shop';
  const firstKey = '/gatehouse/own/first-admin-key';
  const read = (SecretId: string) => (client: SecretsManagerClient) =>
    client.send(new GetSecretValueCommand({ SecretId }));
  const write = (SecretId: string) => (client: SecretsManagerClient) =>
    client.send(new PutSecretValueCommand({ SecretId, SecretString: '{}' }));
  const make = (Name: string) => (client: SecretsManagerClient) =>
    client.send(new CreateSecretCommand({ Name, SecretString: '{}' }));

  it.each([
    ['may', 'put-credential', 'make a credential', make(credential)],
    ['may', 'put-credential', 'replace a credential', write(credential)],
    ['may not', 'put-credential', 'read a credential', read(credential)],
    ['may not', 'put-credential', 'replace the pepper', write(pepper)],
    ['may', 'post-mcp', 'read a credential', read(credential)],
    ['may not', 'post-mcp', 'replace a credential', write(credential)],
    ['may not', 'post-mcp', 'read the pepper', read(pepper)],
    ['may', 'post-mcp', 'read what seals the states of requests', read(stateKey)],
    ['may not', 'post-mcp', 'replace what seals the states of requests', write(stateKey)],
    ['may', 'authorize', 'read the pepper', read(pepper)],
    ['may not', 'authorize', 'read what seals the states of requests', read(stateKey)],
    ['may not', 'authorize', 'read a credential', read(credential)],
    ['may not', 'authorize', 'read the first API key', read(firstKey)],
    ['may not', 'put-spec', 'read a credential', read(credential)],
    ['may', 'setup/first-admin-key', 'replace the first API key', write(firstKey)],
    ['may not', 'setup/first-admin-key', 'replace the pepper', write(pepper)],
  ])('%s: %s %s', async (may, name, _, attempt) => {
    const client = new SecretsManagerClient(clientOf(name, 'SECRETS_MANAGER'));
    expect(await isDenied(attempt(client))).toBe(may === 'may not');
    client.destroy();
  });
});

describe('tables', () => {
  const read = (table: string, pk: string) => (client: DynamoDBClient) =>
    client.send(new GetItemCommand({ TableName: tableOf(table), Key: { pk: { S: pk }, sk: { S: 'x' } } }));
  const write = (table: string, pk: string) => (client: DynamoDBClient) =>
    client.send(new PutItemCommand({ TableName: tableOf(table), Item: { pk: { S: pk }, sk: { S: 'x' } } }));
  const query = (table: string, pk: string) => (client: DynamoDBClient) =>
    client.send(
      new QueryCommand({
        TableName: tableOf(table),
        KeyConditionExpression: '#p = :pk AND sk > :sk',
        ExpressionAttributeNames: { '#p': 'pk' },
        ExpressionAttributeValues: { ':pk': { S: pk }, ':sk': { S: '0' } },
      }),
    );
  const scan = (table: string) => (client: DynamoDBClient) =>
    client.send(new ScanCommand({ TableName: tableOf(table) }));
  const tableOf = (table: string) => deployment.env[`GATEHOUSE_${table}_TABLE`] ?? '';

  it.each([
    ['may', 'authorize', 'read an API key', read('CATALOGUE', 'KEY')],
    ['may not', 'authorize', 'write an API key', write('CATALOGUE', 'KEY')],
    ['may not', 'authorize', 'read a tool', read('CATALOGUE', 'TOOL#x')],
    ['may not', 'post-mcp', 'read an API key', query('CATALOGUE', 'KEY')],
    ['may not', 'post-mcp', 'write a tool', write('CATALOGUE', 'TOOL#x')],
    ['may', 'post-mcp', 'write an audit record', write('AUDIT', 'x')],
    ['may not', 'post-mcp', 'read an audit record', query('AUDIT', 'x')],
    ['may', 'run-task', 'read a task', read('STATE', 'TASK#x')],
    ['may not', 'run-task', 'read a session', read('STATE', 'SESSION#x')],
    ['may not', 'get-mcp', 'read a task', read('STATE', 'TASK#x')],
    ['may', 'put-spec', 'write a tool', write('CATALOGUE', 'TOOL#x')],
    ['may not', 'put-spec', 'write an API key', write('CATALOGUE', 'KEY')],
    ['may not', 'put-spec', 'read everything', scan('CATALOGUE')],
    ['may not', 'put-spec', 'write an audit record', write('AUDIT', 'x')],
  ])('%s: %s %s', async (may, name, _, attempt) => {
    const client = new DynamoDBClient(clientOf(name, 'DYNAMODB'));
    expect(await isDenied(attempt(client))).toBe(may === 'may not');
    client.destroy();
  });
});

describe('functions', () => {
  /** As Lambda's API knows them. */
  const nameOf = (functionName: string) =>
    deployment.functions
      .find(({ name }) => name === functionName)
      ?.arn.split(':')
      .at(-1) ?? '';

  it.each([
    ['may', 'post-mcp', 'run-task'],
    ['may not', 'post-mcp', 'put-spec'],
    ['may not', 'get-mcp', 'run-task'],
    ['may not', 'run-task', 'run-task'],
  ])('%s: %s have %s invoked', async (may, name, target) => {
    const access = {
      region: deployment.env.AWS_REGION ?? '',
      endpoint: deployment.env.AWS_ENDPOINT_URL_LAMBDA ?? '',
      credentials: { accessKeyId: accessKeyOf(name), secretAccessKey: 'local' },
    };
    const before = denied.length;
    const start = lambdaWorker(access, `${nameOf(target)}:live`);
    const refusal = await start(crypto.randomUUID()).catch((error: Error) => error.cause);
    expect(refusal).toEqual(may === 'may' ? undefined : expect.objectContaining({ message: 'Lambda answered 403.' }));
    expect(denied.slice(before)).toEqual(may === 'may' ? [] : [`${name} lambda:InvokeFunction`]);
  });
});

it('a function without a permission that it needs fails, and the denial is told', async () => {
  const headers = { authorization: `Bearer ${await deployment.signToken('victor', ['viewer'])}` };
  const response = await fetch(`${deployment.url}/api/mcp/tools`, { headers });
  expect(response.status).toBeGreaterThanOrEqual(500);
  expect(denied.at(-1)).toMatch(/^list-tools dynamodb:/);
});
