import { once } from 'node:events';
import { Agent } from 'node:http';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Invocation, Invoke } from '../../local/api-gateway/invoke.ts';
import { type ApiGatewayOptions, startApiGateway } from '../../local/api-gateway.ts';
import { open, send } from './send.ts';

/** Functions by name; types are those that API Gateway promises them. */
type Functions = Record<string, (event: never, invocation: Invocation) => unknown>;
type Event = APIGatewayProxyEvent;

const tooMuch = 10 * 1_048_576 + 1;

function apiDocument() {
  const authorizer = {
    type: 'request',
    identitySource: 'method.request.header.Authorization',
    authorizerResultTtlInSeconds: 60,
    'x-gatehouse-function': 'authorize',
  };
  const key = { ...authorizer, identitySource: 'method.request.header.x-api-key' };
  const strict = { ...authorizer, authorizerResultTtlInSeconds: 0 };
  return {
    paths: {
      '/things': { get: { operationId: 'get-things' }, post: { operationId: 'post-things' } },
      '/things/{thing}': { get: { operationId: 'get-thing' } },
      '/things/{thing}/parts/{part}': { get: { operationId: 'get-part' } },
      '/things/special': { get: { operationId: 'get-special' } },
      '/alias': { get: { operationId: 'get-alias', 'x-gatehouse-function': 'get-things' } },
      '/slow': { get: { operationId: 'get-slow', 'x-gatehouse-timeout-ms': 40 } },
      '/private': { get: { operationId: 'get-private', security: [{ bearer: [] }] } },
      '/private/other': { get: { operationId: 'get-other', security: [{ bearer: [] }] } },
      '/keyed': { get: { operationId: 'get-keyed', security: [{ key: [] }] } },
      '/strict': { get: { operationId: 'get-strict', security: [{ strict: [] }] } },
      '/stream': {
        get: { operationId: 'get-stream', 'x-gatehouse-transfer': 'STREAM', 'x-gatehouse-timeout-ms': 900_000 },
      },
      '/short-stream': {
        get: { operationId: 'get-stream', 'x-gatehouse-transfer': 'STREAM', 'x-gatehouse-timeout-ms': 40 },
      },
    },
    components: {
      securitySchemes: {
        bearer: { 'x-amazon-apigateway-authorizer': authorizer },
        key: { 'x-amazon-apigateway-authorizer': key },
        strict: { 'x-amazon-apigateway-authorizer': strict },
      },
    },
    'x-amazon-apigateway-gateway-responses': {
      UNAUTHORIZED: {
        statusCode: '401',
        responseParameters: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder that the stand-in replaces
          'gatewayresponse.header.WWW-Authenticate': '\'Bearer resource_metadata="${resource_metadata_url}"\'',
        },
        responseTemplates: { 'application/json': '{"code":"unauthenticated","id":"$context.requestId"}' },
      },
      DEFAULT_4XX: { responseTemplates: { 'application/json': '{"message":$context.error.messageString}' } },
      DEFAULT_5XX: { responseTemplates: { 'application/json': '{"code":"internal"}' } },
    },
  };
}

/** A running stand-in before these functions; what it would print is kept in `reports`. */
async function serve(functions: Functions, options: Partial<ApiGatewayOptions> = {}) {
  const reports: string[] = [];
  const invoke = vi.fn<Invoke>(async (name, event, invocation) => functions[name]?.(event as never, invocation));
  const report = (message: string) => void reports.push(message);
  const gateway = await startApiGateway({ document: apiDocument(), invoke, report, ...options });
  onTestFinished(() => gateway.close());
  return { ...gateway, invoke, reports, invoked: () => invoke.mock.calls.map(([name]) => name) };
}

const ok = { statusCode: 200, body: 'ok' };
const echo = (event: Event) => ({ statusCode: 200, body: JSON.stringify(event) });
const echoed = async (url: string, path: string, sent = {}): Promise<Event> =>
  JSON.parse((await send(url, path, sent)).body);

describe('events', () => {
  it('tell path, template, parameters and query as API Gateway does', async () => {
    const { url } = await serve({ 'get-part': echo }, { publicUrl: 'https://mcp.example.com', stage: 'prod' });
    const event = await echoed(url, '/things/a%2Fb%20c/parts/1?x=1&y=a+b&x=%32');
    expect(event).toMatchObject({
      resource: '/things/{thing}/parts/{part}',
      path: '/things/a%2Fb%20c/parts/1',
      httpMethod: 'GET',
      pathParameters: { thing: 'a/b c', part: '1' },
      queryStringParameters: { x: '2', y: 'a b' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: ['a b'] },
      stageVariables: null,
      requestContext: {
        resourcePath: '/things/{thing}/parts/{part}',
        path: '/things/a%2Fb%20c/parts/1',
        stage: 'prod',
        httpMethod: 'GET',
        domainName: 'mcp.example.com',
        protocol: 'HTTP/1.1',
        identity: { sourceIp: '127.0.0.1' },
        authorizer: null,
      },
    });
    expect(Math.abs(event.requestContext.requestTimeEpoch - Date.now())).toBeLessThan(60_000);
    expect(event.requestContext.requestTime).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
  });

  it('have null where there are no parameters, no query and no body', async () => {
    const { url } = await serve({ 'get-things': echo });
    expect(await echoed(url, '/things')).toMatchObject({
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
      isBase64Encoded: false,
    });
  });

  it('keep the spelling of header names, and every value of a repeated header', async () => {
    const { url } = await serve({ 'get-things': echo });
    const headers = ['Host', 'gateway.test', 'X-MiXed', 'one', 'x-mixed', 'two'];
    const event = await echoed(url, '/things', { headers });
    expect(event.headers['X-MiXed']).toBe('two');
    expect(event.multiValueHeaders['X-MiXed']).toEqual(['one', 'two']);
    expect(event.multiValueHeaders).not.toHaveProperty('x-mixed');
    expect(event.headers.Host).toBe('gateway.test');
  });

  it('carry no headers of the connection, and those that tell where a request came from', async () => {
    const { url } = await serve({ 'get-things': echo }, { publicUrl: 'https://mcp.example.com' });
    const { headers } = await echoed(url, '/things', {
      headers: {
        Connection: 'keep-alive, X-Foo',
        TE: 'trailers',
        'X-Forwarded-For': '10.1.1.1',
        'x-forwarded-proto': 'ftp',
      },
    });
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(connection|te|transfer-encoding)$/)]));
    expect(headers).toMatchObject({
      'X-Forwarded-For': '10.1.1.1, 127.0.0.1',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Port': '443',
      'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    });
  });

  it.each([
    ['text', Buffer.from('{"é":1}'), { body: '{"é":1}', isBase64Encoded: false }],
    ['text with a byte-order mark', Buffer.from('\ufeffx'), { body: '\ufeffx', isBase64Encoded: false }],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe]), { body: 'e//+', isBase64Encoded: true }],
  ])('carry a body of %s', async (_, body, expected) => {
    const { url } = await serve({ 'post-things': echo });
    expect(await echoed(url, '/things', { method: 'POST', body })).toMatchObject(expected);
  });

  it.each([
    ['application/gzip', { body: 'aGk=', isBase64Encoded: true }],
    ['Application/GZIP; q=1', { body: 'aGk=', isBase64Encoded: true }],
    ['application/json', { body: 'hi', isBase64Encoded: false }],
    ['application/gzip-not', { body: 'hi', isBase64Encoded: false }],
  ])(
    'carry a body of the type %s as base64 when the document says that it is binary, else as text',
    async (type, expected) => {
      const document = { ...apiDocument(), 'x-amazon-apigateway-binary-media-types': ['application/gzip'] };
      const { url } = await serve({ 'post-things': echo }, { document });
      expect(
        await echoed(url, '/things', { method: 'POST', body: 'hi', headers: { 'content-type': type } }),
      ).toMatchObject(expected);
    },
  );

  it('prefer a literal segment to a parameter', async () => {
    const { url, invoked } = await serve({ 'get-special': () => ok });
    await send(url, '/things/special');
    expect(invoked()).toEqual(['get-special']);
  });

  it('reach the function that the operation names instead of its own id', async () => {
    const { url, invoked } = await serve({ 'get-things': () => ok });
    await send(url, '/alias');
    expect(invoked()).toEqual(['get-things']);
  });

  it('come with the time at which API Gateway gives up', async () => {
    const { url, invoke } = await serve({ 'get-things': () => ok });
    await send(url, '/things');
    const left = (invoke.mock.calls[0]?.[2].deadlineMs ?? 0) - Date.now();
    expect(left).toBeGreaterThan(25_000);
    expect(left).toBeLessThanOrEqual(29_000);
  });
});

describe('requests that no operation takes', () => {
  it.each([
    ['GET', '/nowhere'],
    ['DELETE', '/things'],
    ['OPTIONS', '/things'],
    ['GET', '/things/'],
    ['GET', '/things/%zz'],
    ['GET', 'http://elsewhere.test/things'],
  ])('%s %s is 403, as API Gateway words it', async (method, path) => {
    const { url, invoked } = await serve({});
    const { status, body } = await send(url, path, { method });
    expect([status, JSON.parse(body)]).toEqual([403, { message: 'Missing Authentication Token' }]);
    expect(invoked()).toEqual([]);
  });

  it('answers HEAD without a body', async () => {
    const { url } = await serve({});
    expect(await send(url, '/things', { method: 'HEAD' })).toMatchObject({ status: 403, body: '' });
  });

  it('takes the status from the document', async () => {
    const document = {
      ...apiDocument(),
      'x-amazon-apigateway-gateway-responses': { MISSING_AUTHENTICATION_TOKEN: { statusCode: '404' } },
    };
    const { url } = await serve({}, { document });
    expect(await send(url, '/nowhere')).toMatchObject({
      status: 404,
      body: '{"message":"Missing Authentication Token"}',
    });
  });
});

describe('answers', () => {
  it('have the status, the headers and the body of the result', async () => {
    const result = {
      statusCode: 201,
      headers: { 'X-One': '1', 'X-Number': 2, 'Content-Type': 'text/plain' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'X-One': ['1', '3'] },
      body: 'grüß',
    };
    const { url } = await serve({ 'get-things': () => result });
    const { status, headers, body } = await send(url, '/things');
    expect({ status, body }).toEqual({ status: 201, body: 'grüß' });
    expect(headers).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '6',
      'set-cookie': ['a=1', 'b=2'],
      'x-one': '1, 3',
      'x-number': '2',
    });
  });

  it('name the request by the id that the function was given', async () => {
    const { url } = await serve({ 'get-things': echo });
    const { headers, body } = await send(url, '/things');
    expect(headers['x-amzn-requestid']).toBe((JSON.parse(body) as Event).requestContext.requestId);
  });

  it('are JSON when the function does not say', async () => {
    const { url } = await serve({ 'get-things': () => ({ statusCode: 200, body: '{}' }) });
    expect((await send(url, '/things')).headers['content-type']).toBe('application/json');
  });

  it('have no body when the status has none', async () => {
    const { url } = await serve({ 'get-things': () => ({ statusCode: 204, body: '' }) });
    const { status, headers, body } = await send(url, '/things');
    expect({ status, body, length: headers['content-length'] }).toEqual({ status: 204, body: '', length: undefined });
  });

  it('carry WWW-Authenticate and its like under another name', async () => {
    const headers = {
      'WWW-Authenticate': 'Bearer',
      Server: 'mine',
      'Content-Length': '999',
      'Transfer-Encoding': 'gzip',
    };
    const { url } = await serve({ 'get-things': () => ({ ...ok, statusCode: 401, headers }) });
    const answer = await send(url, '/things');
    expect(answer.rawHeaders).toEqual(
      expect.arrayContaining(['x-amzn-Remapped-WWW-Authenticate', 'x-amzn-Remapped-Server']),
    );
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(answer.headers).toMatchObject({ 'content-length': '2', 'x-amzn-remapped-content-length': '999' });
    expect(answer.headers['transfer-encoding']).toBeUndefined();
  });

  it('pass base64 on as it is, since no binary media type is declared', async () => {
    const { url } = await serve({ 'get-things': () => ({ statusCode: 200, body: 'aGk=', isBase64Encoded: true }) });
    expect((await send(url, '/things')).body).toBe('aGk=');
  });

  it.each<[string, () => unknown]>([
    ['throws', () => Promise.reject(new Error('boom'))],
    ['gives nothing', () => undefined],
    ['gives text', () => 'ok'],
    ['gives no status', () => ({ body: 'ok' })],
    ['gives a body that is no text', () => ({ statusCode: 200, body: { a: 1 } })],
    ['gives a header that HTTP cannot carry', () => ({ ...ok, headers: { 'X-Kept': 'no', 'X-Bad': 'a\r\nb' } })],
  ])('are 502 when the function %s', async (_, handler) => {
    const { url, reports } = await serve({ 'get-things': handler });
    const { status, headers, body } = await send(url, '/things');
    expect({ status, body, kept: headers['x-kept'] }).toEqual({
      status: 502,
      body: '{"code":"internal"}',
      kept: undefined,
    });
    expect(reports).toEqual(['get-things failed']);
  });

  it('are 500 above 10 MB', async () => {
    const { url } = await serve({ 'get-things': () => ({ statusCode: 200, body: 'x'.repeat(tooMuch) }) });
    expect((await send(url, '/things')).status).toBe(500);
  });

  it('are 413 to a request above 10 MB, and the function is not asked', async () => {
    const { url, invoked } = await serve({ 'post-things': () => ok });
    const answer = await send(url, '/things', { method: 'POST', body: Buffer.alloc(tooMuch) });
    expect(answer).toMatchObject({ status: 413, body: '{"message":"Request Too Long"}' });
    expect(invoked()).toEqual([]);
  });

  it('are 431 to headers above 10,240 bytes', async () => {
    const { url } = await serve({ 'get-things': () => ok });
    expect((await send(url, '/things', { headers: { 'X-Large': 'x'.repeat(11_000) } })).status).toBe(431);
  });

  it('are 504 when the function takes too long, and the function goes on', async () => {
    const finished = Promise.withResolvers<string>();
    const { url } = await serve({
      'get-slow': async () => {
        await delay(80);
        finished.resolve('finished');
        return ok;
      },
    });
    expect((await send(url, '/slow')).status).toBe(504);
    expect(await finished.promise).toBe('finished');
  });
});

describe('authorizers', () => {
  const arn = 'arn:aws:execute-api:us-east-1:000000000000:gatehouse/local';
  const allow = (...resources: string[]) =>
    policy({ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resources });
  const policy = (...statements: object[]) => ({
    principalId: 'olivia',
    policyDocument: { Version: '2012-10-17', Statement: statements },
  });
  const authorization = { headers: { authorization: 'Bearer one' } };

  it('are not asked when the credential is missing or empty: 401 from the document', async () => {
    const { url, invoked } = await serve({}, { publicUrl: 'https://mcp.example.com' });
    for (const headers of [{}, { Authorization: '' }, { 'x-api-key': 'k' }]) {
      const answer = await send(url, '/private', { headers });
      expect(answer.status).toBe(401);
      expect(answer.rawHeaders).toEqual(
        expect.arrayContaining([
          'WWW-Authenticate',
          'Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"',
        ]),
      );
      expect(JSON.parse(answer.body)).toEqual({ code: 'unauthenticated', id: answer.headers['x-amzn-requestid'] });
    }
    expect(invoked()).toEqual([]);
  });

  it('get an event that names the method, without the body', async () => {
    let seen: APIGatewayRequestAuthorizerEvent | undefined;
    const authorize = (event: APIGatewayRequestAuthorizerEvent) => {
      seen = event;
      return allow(`${arn}/*`);
    };
    const { url } = await serve({ authorize, 'get-private': () => ok });
    expect((await send(url, '/private?a=1', authorization)).status).toBe(200);
    expect(seen).toMatchObject({
      type: 'REQUEST',
      methodArn: `${arn}/GET/private`,
      resource: '/private',
      headers: { authorization: 'Bearer one' },
      queryStringParameters: { a: '1' },
      requestContext: { stage: 'local' },
    });
    expect(seen).not.toHaveProperty('body');
  });

  it('hand what they found out to the function, as strings', async () => {
    const authorize = () => ({ ...allow('*'), context: { principal: '{"a":1}', level: 3, admin: true } });
    const { url } = await serve({ authorize, 'get-private': echo });
    expect((await echoed(url, '/private', authorization)).requestContext.authorizer).toEqual({
      principalId: 'olivia',
      principal: '{"a":1}',
      level: '3',
      admin: 'true',
    });
  });

  it('refuse by throwing "Unauthorized", which is asked again the next time', async () => {
    const authorize = () => Promise.reject(new Error('Unauthorized'));
    const { url, invoked } = await serve({ authorize });
    expect((await send(url, '/private', authorization)).status).toBe(401);
    expect((await send(url, '/private', authorization)).status).toBe(401);
    expect(invoked()).toEqual(['authorize', 'authorize']);
  });

  it.each<[string, () => unknown]>([
    ['throw anything else', () => Promise.reject(new Error('table gone'))],
    ['give nothing', () => undefined],
    ['give no policy', () => ({ principalId: 'olivia' })],
    [
      'give a condition, which the stand-in does not know',
      () => policy({ Effect: 'Allow', Action: '*', Resource: '*', Condition: {} }),
    ],
    ['give a context that is not flat', () => ({ ...allow('*'), context: { roles: ['a'] } })],
  ])('are an error of the gateway when they %s', async (_, authorize) => {
    const { url, reports } = await serve({ authorize });
    expect(await send(url, '/private', authorization)).toMatchObject({ status: 500, body: '{"code":"internal"}' });
    expect(reports).toHaveLength(1);
  });

  const invokes = { Action: 'execute-api:Invoke' };
  it.each<[number, string, object[]]>([
    [200, 'the method itself', [{ ...invokes, Effect: 'Allow', Resource: `${arn}/GET/private` }]],
    [200, 'a wildcard', [{ ...invokes, Effect: 'Allow', Resource: [`${arn}/POST/x`, 'arn:*/local/GET/priv?te'] }]],
    [200, 'any action', [{ Action: ['s3:Get', 'execute-api:*'], Effect: 'Allow', Resource: '*' }]],
    [403, 'another method', [{ ...invokes, Effect: 'Allow', Resource: `${arn}/POST/private` }]],
    [403, 'a longer path', [{ ...invokes, Effect: 'Allow', Resource: `${arn}/GET/private/other` }]],
    [403, 'another action', [{ Action: 'execute-api:ManageConnections', Effect: 'Allow', Resource: '*' }]],
    [403, 'a name with a dot for any character', [{ ...invokes, Effect: 'Allow', Resource: `${arn}/GET/priv.te` }]],
    [403, 'nothing', []],
    [
      403,
      'everything, and deny this',
      [
        { ...invokes, Effect: 'Allow', Resource: '*' },
        { ...invokes, Effect: 'Deny', Resource: `${arn}/GET/*` },
      ],
    ],
  ])('lead to %i when their policy allows %s', async (status, _, statements) => {
    const { url } = await serve({ authorize: () => policy(...statements), 'get-private': () => ok });
    expect((await send(url, '/private', authorization)).status).toBe(status);
  });

  it('are asked once per credential until the answer is too old', async () => {
    let now = 0;
    const authorize = () => allow('*');
    const { url, invoked } = await serve({ authorize, 'get-private': () => ok }, { clock: () => now });
    const asked = () => invoked().filter((name) => name === 'authorize').length;
    await send(url, '/private', authorization);
    now = 59_999;
    await send(url, '/private', authorization);
    expect(asked()).toBe(1);
    await send(url, '/private', { headers: { authorization: 'Bearer two' } });
    expect(asked()).toBe(2);
    now = 60_000;
    await send(url, '/private', authorization);
    expect(asked()).toBe(3);
  });

  it('have a cached policy evaluated for the method at hand', async () => {
    const { url } = await serve({
      authorize: () => allow(`${arn}/GET/private`),
      'get-private': () => ok,
      'get-other': () => ok,
    });
    expect((await send(url, '/private', authorization)).status).toBe(200);
    expect((await send(url, '/private/other', authorization)).status).toBe(403);
  });

  it('do not share what they answered with the authorizer of another scheme', async () => {
    const { url, invoked } = await serve({
      authorize: () => allow('*'),
      'get-private': () => ok,
      'get-keyed': () => ok,
    });
    await send(url, '/private', { headers: { authorization: 'same' } });
    await send(url, '/keyed', { headers: { 'X-API-Key': 'same' } });
    expect(invoked()).toEqual(['authorize', 'get-private', 'authorize', 'get-keyed']);
  });

  it('are asked every time when the document forbids caching', async () => {
    const { url, invoked } = await serve({ authorize: () => allow('*'), 'get-strict': () => ok });
    await send(url, '/strict', authorization);
    await send(url, '/strict', authorization);
    expect(invoked()).toEqual(['authorize', 'get-strict', 'authorize', 'get-strict']);
  });

  it('are asked again for a credential that a thousand others have displaced', async () => {
    const { url, invoked } = await serve({ authorize: () => allow('*'), 'get-private': () => ok });
    const agent = new Agent({ keepAlive: true });
    const ask = (token: number) => send(url, '/private', { headers: { authorization: `Bearer ${token}` }, agent });
    for (let token = 0; token <= 1_000; token += 1) await ask(token);
    const before = invoked().length;
    await ask(1_000);
    await ask(0);
    expect(invoked().slice(before)).toEqual(['get-private', 'authorize', 'get-private']);
  });
});

describe('streams', () => {
  const prelude = (metadata: object) => `${JSON.stringify(metadata)}${'\0'.repeat(8)}`;
  const head = prelude({ statusCode: 200, headers: { 'content-type': 'text/event-stream' } });
  const write = (stream: Writable, text: string) => new Promise((resolve) => stream.write(text, resolve));
  const end = (stream: Writable) => new Promise<void>((resolve) => stream.end(resolve));
  const never = new Promise<void>(() => {});
  const streaming = (work: (stream: Writable) => Promise<void>) => ({
    'get-stream': (_: Event, { stream }: Invocation) => stream && work(stream),
  });

  it('reach the client chunk by chunk', async () => {
    const seen = Promise.withResolvers<void>();
    const { url } = await serve(
      streaming(async (stream) => {
        await write(stream, `${head}first`);
        await seen.promise;
        await write(stream, 'second');
        await end(stream);
      }),
    );
    const response = await open(url, '/stream');
    expect(response.headers['content-type']).toBe('text/event-stream');
    const [first] = (await once(response, 'data')) as [Buffer];
    expect(first.toString()).toBe('first');
    seen.resolve();
    const [second] = (await once(response, 'data')) as [Buffer];
    expect(second.toString()).toBe('second');
  });

  it('give the client status and headers before there is a body', async () => {
    const seen = Promise.withResolvers<void>();
    const { url } = await serve(
      streaming(async (stream) => {
        await write(stream, head);
        await seen.promise;
        await end(stream);
      }),
    );
    const response = await open(url, '/stream');
    expect(response.statusCode).toBe(200);
    seen.resolve();
    response.resume();
    await once(response, 'end');
  });

  it('take status, headers and cookies from metadata that arrives in pieces', async () => {
    const metadata = {
      statusCode: 418,
      headers: { 'X-A': '1', 'WWW-Authenticate': 'Bearer' },
      cookies: ['a=1', 'b=2'],
    };
    const { url } = await serve(
      streaming(async (stream) => {
        for (const byte of `${prelude(metadata)}body`) await write(stream, byte);
        await end(stream);
      }),
    );
    const { status, headers, body } = await send(url, '/stream');
    expect({ status, body }).toEqual({ status: 418, body: 'body' });
    expect(headers).toMatchObject({
      'x-a': '1',
      'x-amzn-remapped-www-authenticate': 'Bearer',
      'set-cookie': ['a=1', 'b=2'],
    });
  });

  it.each<[string, (stream: Writable) => Promise<void>]>([
    ['fails before its metadata', () => Promise.reject(new Error('boom'))],
    ['ends without metadata', (stream) => end(stream)],
    [
      'writes a body without metadata',
      async (stream) => {
        await write(stream, '{"statusCode":200}');
        await end(stream);
      },
    ],
    ['writes metadata that is no JSON', (stream) => write(stream, `nonsense${'\0'.repeat(8)}`).then(() => end(stream))],
    [
      'writes metadata with a wrong status',
      (stream) => write(stream, prelude({ statusCode: 'x' })).then(() => end(stream)),
    ],
    ['writes no metadata within 16 KB', (stream) => write(stream, 'x'.repeat(17_000)).then(() => end(stream))],
    ['finishes without ending its stream', () => Promise.resolve()],
  ])('are 502 when the function %s', async (_, work) => {
    const { url, reports } = await serve(streaming(work));
    expect(await send(url, '/stream')).toMatchObject({ status: 502, body: '{"code":"internal"}' });
    expect(reports).not.toHaveLength(0);
  });

  it.each<[string, string, (stream: Writable) => Promise<unknown>]>([
    [
      'fails',
      '/stream',
      async (stream) => {
        await write(stream, `${head}some`);
        throw new Error('boom');
      },
    ],
    [
      'takes longer than the operation may',
      '/short-stream',
      async (stream) => {
        await write(stream, `${head}some`);
        await never;
      },
    ],
    [
      'is silent for too long',
      '/stream',
      async (stream) => {
        await write(stream, `${head}some`);
        await never;
      },
    ],
  ])('are cut when the function %s after its metadata', async (_, path, work) => {
    const { url } = await serve(
      { 'get-stream': (_event: Event, { stream }: Invocation) => stream && work(stream) },
      { streamIdleMs: 60 },
    );
    await expect(send(url, path)).rejects.toThrow('aborted');
  });

  it('last as long as something passes often enough', async () => {
    const { url } = await serve(
      streaming(async (stream) => {
        await write(stream, head);
        for (let chunk = 0; chunk < 5; chunk += 1) {
          await delay(60);
          await write(stream, '.');
        }
        await end(stream);
      }),
      { streamIdleMs: 250 },
    );
    expect((await send(url, '/stream')).body).toBe('.....');
  });

  it('are 504 when nothing has come in time', async () => {
    const { url } = await serve(streaming(() => never));
    expect((await send(url, '/short-stream')).status).toBe(504);
  });

  it('do not stop the function when the client leaves', async () => {
    const left = Promise.withResolvers<void>();
    const finished = Promise.withResolvers<string>();
    const { url } = await serve(
      streaming(async (stream) => {
        await write(stream, `${head}first`);
        await left.promise;
        for (let chunk = 0; chunk < 20; chunk += 1) await write(stream, 'x'.repeat(100_000));
        await end(stream);
        finished.resolve('finished');
      }),
    );
    const response = await open(url, '/stream');
    response.destroy();
    await once(response, 'close');
    left.resolve();
    expect(await finished.promise).toBe('finished');
  });

  it('make the function wait for a client that reads slowly', async () => {
    const chunks = 200;
    let written = 0;
    const { url } = await serve(
      streaming(async (stream) => {
        await write(stream, head);
        for (; written < chunks; written += 1) await write(stream, 'x'.repeat(262_144));
        await end(stream);
      }),
    );
    const response = await open(url, '/stream');
    // What the kernel's buffers take is written; then nothing more until somebody reads.
    await vi.waitFor(async () => {
      const before = written;
      await delay(20);
      expect(before).toBe(written);
    });
    expect(written).toBeLessThan(chunks);
    response.resume();
    await once(response, 'end');
    expect(written).toBe(chunks);
  });
});

describe('the server', () => {
  // All of 127.0.0.0/8 is loopback on Linux alone: a server on every address would be found there.
  it.runIf(process.platform === 'linux')('listens on 127.0.0.1 only', async () => {
    const { url } = await serve({ 'get-things': () => ok });
    expect((await send(url, '/things')).status).toBe(200);
    await expect(send(url.replace('127.0.0.1', '127.0.0.2'), '/things')).rejects.toThrow('ECONNREFUSED');
  });

  it('closes although clients keep their connections, and lets requests under way finish', async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const gateway = await serve({
      'get-things': () => ok,
      'get-special': async () => {
        begun.resolve();
        await go.promise;
        return ok;
      },
    });
    const agent = new Agent({ keepAlive: true });
    await send(gateway.url, '/things', { agent });
    const last = send(gateway.url, '/things/special', { agent });
    await begun.promise;
    const started = performance.now();
    const closed = gateway.close();
    go.resolve();
    expect((await last).status).toBe(200);
    await closed;
    expect(performance.now() - started).toBeLessThan(900);
    await expect(send(gateway.url, '/things')).rejects.toThrow('ECONNREFUSED');
  });

  it('cuts streams that outlast its closing', async () => {
    const gateway = await serve({
      'get-stream': async (_: Event, { stream }: Invocation) => {
        stream?.write(`{}${'\0'.repeat(8)}`);
        await delay(2_000);
      },
    });
    const response = await open(gateway.url, '/stream');
    const cut = once(response, 'error');
    await gateway.close();
    expect(String(await cut)).toContain('aborted');
  });

  it.each<[string, object]>([
    ['an unknown security scheme', { paths: { '/a': { get: { operationId: 'a', security: [{ nobody: [] }] } } } }],
    [
      'two schemes for one operation',
      { paths: { '/a': { get: { operationId: 'a', security: [{ a: [] }, { b: [] }] } } } },
    ],
    ['an operation without operationId', { paths: { '/a': { get: {} } } }],
    [
      'a header value that is not static',
      {
        paths: {},
        'x-amazon-apigateway-gateway-responses': {
          DEFAULT_4XX: { responseParameters: { 'gatewayresponse.header.X': '$context.requestId' } },
        },
      },
    ],
  ])('refuses a document with %s', async (_, document) => {
    await expect(serve({}, { document })).rejects.toThrow('The API document cannot be served');
  });
});
