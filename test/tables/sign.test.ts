import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { postSigner } from '../../functions/tables/sign.ts';
import { httpServer, readText } from '../backends/servers.ts';

const example = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
const form = 'application/x-www-form-urlencoded';

// From AWS's test suite for Signature Version 4: the cases that are POST requests to paths that need no encoding.
describe('a signature', () => {
  it.each([
    ['post-vanilla', {}, '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-header-key-sort',
      { 'my-header1': 'value1' },
      '',
      'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
    ],
    [
      'post-header-value-case',
      { 'my-header1': 'VALUE1' },
      '',
      'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
    ],
    [
      'post-x-www-form-urlencoded',
      { 'content-type': form },
      'Param1=value1',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'post-x-www-form-urlencoded-parameters',
      { 'content-type': `${form}; charset=utf8` },
      'Param1=value1',
      '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
    ],
  ])('is that of %s', (_, headers, body, signature) => {
    const sign = postSigner(example, 'us-east-1', 'service');
    const signed = sign(
      { host: 'example.amazonaws.com', ...headers },
      Buffer.from(body),
      new Date('2015-08-30T12:36:00Z'),
    );
    expect(signed['x-amz-date']).toBe('20150830T123600Z');
    expect(signed.authorization).toMatch(
      new RegExp(
        `^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=${signature}$`,
      ),
    );
  });

  it('is that of post-sts-header-before', () => {
    const sign = postSigner({ ...example, sessionToken }, 'us-east-1', 'service');
    const signed = sign({ host: 'example.amazonaws.com' }, Buffer.from(''), new Date('2015-08-30T12:36:00Z'));
    expect(signed['x-amz-security-token']).toBe(sessionToken);
    expect(signed.authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    );
  });

  it('is that of post-vanilla-query', () => {
    const sign = postSigner(example, 'us-east-1', 'service', '/?Param1=value1');
    const signed = sign({ host: 'example.amazonaws.com' }, Buffer.from(''), new Date('2015-08-30T12:36:00Z'));
    expect(signed.authorization).toMatch(/=28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11$/);
  });

  it('is with another key on another day', () => {
    const newSigner = () => postSigner(example, 'us-east-1', 'service');
    const days = ['2015-08-30T23:59:59Z', '2015-08-31T00:00:00Z', '2015-08-30T23:59:59Z'].map((day) => new Date(day));
    const signOn = (sign: ReturnType<typeof newSigner>) => (day: Date) =>
      sign({ host: 'example.amazonaws.com' }, Buffer.from(''), day).authorization;
    expect(days.map(signOn(newSigner()))).toEqual(days.map((day) => signOn(newSigner())(day)));
  });
});

describe('a signature over the headers that the AWS SDK sends', () => {
  const clients: DynamoDBClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });

  /** What the SDK's client sends when its clock is `systemClockOffset` milliseconds ahead. */
  async function sentBySdk(
    command: GetItemCommand | PutItemCommand,
    credentials: typeof example & { sessionToken?: string },
    systemClockOffset: number,
    basePath: string,
  ) {
    let sent: { url: string; headers: NodeJS.Dict<string | string[]>; body: string } | undefined;
    const server = await httpServer(async (incoming, outgoing) => {
      sent = { url: incoming.url ?? '', headers: incoming.headers, body: await readText(incoming) };
      outgoing.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
    });
    const client = new DynamoDBClient({
      endpoint: `${server.url}${basePath}`,
      region: 'eu-central-1',
      credentials,
      systemClockOffset,
      maxAttempts: 1,
    });
    clients.push(client);
    await client.send(command as PutItemCommand);
    if (!sent) throw new Error('Nothing was sent.');
    return sent;
  }

  const key = { pk: { S: 'a' }, sk: { S: 'b' } };
  const year = 365 * 86_400_000;

  it.each([
    ['a read', new GetItemCommand({ TableName: 'State', Key: key }), example, 0],
    [
      'a longer path',
      new GetItemCommand({ TableName: 'State', Key: key }),
      example,
      0,
      '/2015-03-31/functions/f/invocations',
    ],
    ['a read a year ago', new GetItemCommand({ TableName: 'State', Key: key }), example, -year],
    [
      'a write with texts and bytes of every kind',
      new PutItemCommand({
        TableName: 'State',
        Item: { ...key, text: { S: 'Zoë ‮ 🚗 "\\\n' }, data: { B: Buffer.from([0, 255, 128]) } },
      }),
      example,
      0,
    ],
    ['temporary credentials', new GetItemCommand({ TableName: 'State', Key: key }), { ...example, sessionToken }, 0],
  ])('is the SDK’s own: %s', async (_, command, credentials, offset, basePath = '') => {
    const { url, headers, body } = await sentBySdk(command, credentials, offset, basePath);
    expect(url).toContain(basePath);
    const { authorization = '', 'x-amz-date': time = '', 'x-amz-security-token': token } = headers;
    const names = /SignedHeaders=([^,]+)/.exec(String(authorization))?.[1]?.split(';') ?? [];
    const ours = postSigner(
      credentials,
      'eu-central-1',
      'dynamodb',
      url,
    )(
      Object.fromEntries(names.filter((name) => !isOfSigner(name)).map((name) => [name, String(headers[name])])),
      Buffer.from(body),
      dateOf(String(time)),
    );
    expect(names).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-target']));
    expect(ours.authorization).toBe(authorization);
    expect(ours['x-amz-date']).toBe(time);
    expect(ours['x-amz-security-token']).toBe(token);
  });
});

function isOfSigner(name: string): boolean {
  return name === 'x-amz-date' || name === 'x-amz-security-token';
}

/** `20261121T120000Z` as a date. */
function dateOf(time: string): Date {
  return new Date(time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
