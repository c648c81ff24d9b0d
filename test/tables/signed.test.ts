import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../functions/gateway/clock.ts';
import { type Persistence, signedTables } from '../../functions/tables/signed.ts';
import { selfSigned } from '../../local/self-signed.ts';
import { httpServer, httpsServer, muteServer, readText } from '../backends/servers.ts';

const noon = Date.UTC(2026, 10, 21, 12);
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const key = { pk: { S: 'a' }, sk: { S: 'b' } };

/** A request as it reached the server. */
interface Seen {
  headers: IncomingHttpHeaders;
  body: unknown;
}

type Answer = (response: ServerResponse, seen: Seen) => void;

/** A server that gives these answers one after the other, and the last of them from then on. */
async function serving(...answers: Answer[]) {
  const seen: Seen[] = [];
  const listener: RequestListener = async (incoming, response) => {
    const request = { headers: incoming.headers, body: JSON.parse(await readText(incoming)) };
    seen.push(request);
    answers[Math.min(seen.length, answers.length) - 1]?.(response, request);
  };
  const server = await httpServer(listener);
  return Object.assign(server, { seen });
}

function tablesAt(endpoint: string, persistence: Partial<Persistence> = {}, clock: Clock = () => noon) {
  return signedTables({
    endpoint,
    region: 'eu-west-1',
    credentials,
    clock,
    persistence: { pause_ms: 0, ...persistence },
  });
}

function json(value: unknown, status = 200): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'REQUEST-1' });
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
}

function error(code: string, status = 400): Answer {
  return json({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'No.' }, status);
}

const reset: Answer = (response) => response.destroy();
const silence: Answer = () => {};
const cutShort: Answer = (response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('{"Item":');
  setImmediate(() => response.destroy());
};
const found = json({ Item: { ...key, data: { S: 'here' } } });

describe('a request to DynamoDB', () => {
  it('is its JSON protocol, signed', async () => {
    const server = await serving(json({}));
    const data = new Uint8Array([1, 2, 3, 255]).subarray(1);
    await tablesAt(server.url).putItem({
      TableName: 'State',
      Item: { ...key, count: { N: '7' }, data: { B: data } },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    expect(server.seen).toEqual([
      {
        headers: {
          host: `127.0.0.1:${server.port}`,
          connection: 'keep-alive',
          'content-type': 'application/x-amz-json-1.0',
          'content-length': expect.any(String),
          'x-amz-target': 'DynamoDB_20120810.PutItem',
          'x-amz-date': '20261121T120000Z',
          authorization: expect.stringMatching(
            /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261121\/eu-west-1\/dynamodb\/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-target, Signature=[0-9a-f]{64}$/,
          ),
        },
        body: {
          TableName: 'State',
          Item: { ...key, count: { N: '7' }, data: { B: 'AgP/' } },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    ]);
  });

  it('carries the session token of temporary credentials', async () => {
    const server = await serving(found);
    const temporary = { ...credentials, sessionToken: 'token' };
    const tables = signedTables({ endpoint: server.url, region: 'eu-west-1', credentials: temporary });
    await tables.getItem({ TableName: 'State', Key: key });
    const [request] = server.seen;
    expect(request?.headers['x-amz-security-token']).toBe('token');
    expect(request?.headers.authorization).toContain('x-amz-date;x-amz-security-token;x-amz-target');
  });

  it('is sent on the connection of the one before', async () => {
    const server = await serving(found);
    const tables = tablesAt(server.url);
    for (const _ of [1, 2, 3]) await tables.getItem({ TableName: 'State', Key: key });
    expect(server).toMatchObject({ requests: 3, connections: 1 });
  });

  it('is not sent to a server whose certificate nobody vouches for', async () => {
    const server = await httpsServer(selfSigned('localhost'), (_, response) => response.end('{}'));
    const tables = tablesAt(server.url, { attempts: 1 });
    await expect(tables.getItem({ TableName: 'State', Key: key })).rejects.toMatchObject({ name: 'NetworkError' });
    expect(server.requests).toBe(0);
  });
});

describe('an answer of DynamoDB', () => {
  it('is read with texts, numbers and bytes', async () => {
    const server = await serving(
      json({
        Item: { ...key, count: { N: '1e3' }, data: { B: 'AgP/' }, ['__proto__']: { S: 'a name like any other' } },
      }),
    );
    const { Item = {} } = await tablesAt(server.url).getItem({ TableName: 'State', Key: key });
    expect(Object.entries(Item)).toEqual([
      ['pk', { S: 'a' }],
      ['sk', { S: 'b' }],
      ['count', { N: '1e3' }],
      ['data', { B: Buffer.from([2, 3, 255]) }],
      ['__proto__', { S: 'a name like any other' }],
    ]);
  });

  it('may have values of kinds that the tables do not use', async () => {
    const server = await serving(
      json({ Item: { flag: { BOOL: true }, list: { L: [{ S: 'x' }] }, none: { NULL: true } } }),
    );
    const { Item } = await tablesAt(server.url).getItem({ TableName: 'State', Key: key });
    expect(Item).toEqual({ flag: {}, list: {}, none: {} });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '<html>Welcome to the airport</html>'],
    ['half a JSON', '{"Item":{"pk":{"S":"a"}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an item that is none', '{"Item":"a"}'],
    ['an item of bare values', '{"Item":{"pk":"a"}}'],
    ['an item that is a list', '{"Item":[{"S":"a"}]}'],
  ])('is refused when it is %s', async (_, text) => {
    const server = await serving(json(text));
    const read = tablesAt(server.url).getItem({ TableName: 'State', Key: key });
    await expect(read).rejects.toMatchObject({ name: 'UnreadableAnswer' });
    expect(server.requests).toBe(1);
  });

  it.each([
    ['items that are no list', '{"Responses":{"State":{"pk":{"S":"a"}}}}'],
    ['keys that are no list', '{"Responses":{},"UnprocessedKeys":{"State":{"Keys":{}}}}'],
  ])('to a batch is refused when it has %s', async (_, text) => {
    const server = await serving(json(text));
    const read = tablesAt(server.url).batchGetItem({ RequestItems: { State: { Keys: [key] } } });
    await expect(read).rejects.toMatchObject({ name: 'UnreadableAnswer' });
  });

  it('is abandoned when it is larger than any can be', async () => {
    const server = await serving((response) => {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    const read = tablesAt(server.url, { answer_bytes: 1_000_000 }).getItem({ TableName: 'State', Key: key });
    await expect(read).rejects.toMatchObject({ name: 'AnswerTooLarge' });
    expect(server.requests).toBe(1);
  });
});

describe('a failure that passes', () => {
  // So that nothing is found out by its taking too long.
  const patient = { answer_ms: 600_000 };

  it.each([
    ['ProvisionedThroughputExceededException', error('ProvisionedThroughputExceededException')],
    ['ThrottlingException', error('ThrottlingException')],
    ['RequestLimitExceeded', error('RequestLimitExceeded')],
    ['TransactionInProgressException', error('TransactionInProgressException')],
    ['InternalServerError', error('InternalServerError', 500)],
    [
      'a code of a namespace',
      json({ __type: 'com.amazon.coral.availability#ThrottlingException', Message: 'No.' }, 400),
    ],
    ['a 503 that is not DynamoDB’s', json('<html>Service Unavailable</html>', 503)],
    ['a 502 without a body', json('', 502)],
    ['a 429', json('{}', 429)],
    ['a connection that breaks', reset],
    ['an answer that breaks off', cutShort],
  ])('is overcome by repeating the request: %s', async (_, failure) => {
    const server = await serving(failure, failure, found);
    const { Item } = await tablesAt(server.url, patient).getItem({ TableName: 'State', Key: key });
    expect(Item?.data?.S).toBe('here');
    expect(server.requests).toBe(3);
    expect(new Set(server.seen.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('is overcome by repeating the request: no answer in time', async () => {
    const server = await serving(silence, silence, found);
    const { Item } = await tablesAt(server.url, { answer_ms: 100 }).getItem({ TableName: 'State', Key: key });
    expect(Item?.data?.S).toBe('here');
    expect(server.requests).toBe(3);
  });

  it.each([
    ['throttled', error('ThrottlingException'), 'ThrottlingException'],
    ['failing', error('InternalServerError', 500), 'InternalServerError'],
    ['failing without a code', json('<html>Service Unavailable</html>', 503), 'UnreadableError'],
    ['cut off', reset, 'NetworkError'],
    ['silent', silence, 'TimeoutError'],
  ])('fails the request when it does not pass in three attempts: %s', async (_, failure, name) => {
    const server = await serving(failure);
    const read = tablesAt(server.url, { answer_ms: 50 }).getItem({ TableName: 'State', Key: key });
    await expect(read).rejects.toMatchObject({ name });
    expect(server.requests).toBe(3);
  });

  it('is waited for, each time up to twice as long', async () => {
    const server = await serving(error('ThrottlingException'));
    const random = Math.random;
    Math.random = () => 1;
    try {
      const began = performance.now();
      await expect(tablesAt(server.url, { pause_ms: 20 }).getItem({ TableName: 'State', Key: key })).rejects.toThrow();
      expect(performance.now() - began).toBeGreaterThanOrEqual(58);
    } finally {
      Math.random = random;
    }
  });
});

describe('a server that cannot be reached', () => {
  it('fails the request, with the reason as its cause', async () => {
    const read = tablesAt('http://127.0.0.1:1').getItem({ TableName: 'State', Key: key });
    await expect(read).rejects.toMatchObject({ name: 'NetworkError', cause: { code: 'ECONNREFUSED' } });
  });

  it('is given up within the time for connections', async () => {
    const { port } = await muteServer();
    // Over TLS there is no connection before the server has spoken.
    const tables = tablesAt(`https://127.0.0.1:${port}`, { connect_ms: 50, answer_ms: 10_000, attempts: 1 });
    await expect(tables.getItem({ TableName: 'State', Key: key })).rejects.toMatchObject({
      name: 'TimeoutError',
      message: expect.stringContaining('took no connection within 50 ms'),
    });
  });
});

describe('kept connections that the server has closed', () => {
  it('cost one attempt together, and no waiting', async () => {
    const used = new Set<unknown>();
    const closed = new Set<unknown>();
    const server = await serving((response, seen) => {
      used.add(response.socket);
      if (closed.has(response.socket)) response.destroy();
      // Late enough for the next request to need a connection of its own.
      else setTimeout(() => found(response, seen), 5);
    });
    const tables = tablesAt(server.url, { attempts: 2, pause_ms: 600_000 });
    const read = () => tables.getItem({ TableName: 'State', Key: key });
    await Promise.all([read(), read(), read(), read()]);
    for (const socket of used) closed.add(socket);
    expect((await read()).Item?.data?.S).toBe('here');
    expect(server).toMatchObject({ requests: 6, connections: 5 });
  });
});

describe('a failure that stays', () => {
  it.each([
    'ConditionalCheckFailedException',
    'ValidationException',
    'ResourceNotFoundException',
    'AccessDeniedException',
    'ExpiredTokenException',
    'UnrecognizedClientException',
  ])('has the name of its code and is not repeated: %s', async (code) => {
    const server = await serving(error(code));
    const write = tablesAt(server.url).putItem({ TableName: 'State', Item: key });
    await expect(write).rejects.toMatchObject({ name: code, message: 'No. (status 400, request id REQUEST-1)' });
    await expect(write).rejects.toBeInstanceOf(Error);
    expect(server.requests).toBe(1);
  });

  it('is a redirect', async () => {
    const elsewhere = await serving(found);
    const server = await serving((response) => response.writeHead(307, { location: elsewhere.url }).end());
    await expect(tablesAt(server.url).getItem({ TableName: 'State', Key: key })).rejects.toThrow('status 307');
    expect(elsewhere.requests).toBe(0);
  });
});

describe('a clock that is wrong', () => {
  const hour = 3_600_000;

  /** Refuses a signature that is more than five minutes off, as DynamoDB does. */
  function strict(now: number): Answer {
    return (response, seen) => {
      response.setHeader('date', new Date(now).toUTCString());
      const time = String(seen.headers['x-amz-date']).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
      const isOff = Math.abs(Date.parse(time) - now) > 5 * 60_000;
      (isOff ? error('InvalidSignatureException') : found)(response, seen);
    };
  }

  it.each([
    ['slow', noon - hour],
    ['fast', noon + 30 * 24 * hour],
  ])('is corrected by the server’s time: %s', async (_, now) => {
    const server = await serving(strict(noon));
    const tables = tablesAt(server.url, { attempts: 1 }, () => now);
    expect((await tables.getItem({ TableName: 'State', Key: key })).Item?.data?.S).toBe('here');
    expect(server.requests).toBe(2);
    // From then on at once.
    await tables.getItem({ TableName: 'State', Key: key });
    expect(server.requests).toBe(3);
    expect(server.seen.at(-1)?.headers['x-amz-date']).toBe('20261121T120000Z');
  });

  it('is believed when the signature is wrong for another reason', async () => {
    const server = await serving((response, seen) => {
      response.setHeader('date', new Date(noon + 60_000).toUTCString());
      error('InvalidSignatureException')(response, seen);
    });
    const read = tablesAt(server.url).getItem({ TableName: 'State', Key: key });
    await expect(read).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect(server.requests).toBe(1);
  });

  it('is corrected only once for a request', async () => {
    const server = await serving((response, seen) => {
      response.setHeader('date', new Date(noon + server.requests * hour).toUTCString());
      error('InvalidSignatureException')(response, seen);
    });
    const read = tablesAt(server.url).getItem({ TableName: 'State', Key: key });
    await expect(read).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect(server.requests).toBe(2);
  });
});
