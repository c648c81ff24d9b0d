import { Writable } from 'node:stream';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { installAwsLambda, ResponseStream } from '../../local/awslambda.ts';

type Route = typeof import('../../functions/http/route.ts');
let routes: Route;
beforeAll(async () => {
  vi.stubEnv('GATEHOUSE_METRICS_NAMESPACE', 'MCP/Test');
  installAwsLambda();
  routes = await import('../../functions/http/route.ts');
});

const event = { httpMethod: 'GET', path: '/x', headers: { host: 'h' }, requestContext: { requestId: 'req-5' } };
const context = { awsRequestId: 'lambda-1', functionName: 'f', getRemainingTimeInMillis: () => 5_000 } as never;

/** The metrics of one request, from the lines that CloudWatch reads. */
let lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    const text = String(line);
    if (text.startsWith('{')) lines.push(JSON.parse(text));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const metrics = () => lines.filter((line) => '_aws' in line);

describe('a buffered route', () => {
  it('answers, and counts one request and no error', async () => {
    const handler = routes.route('ok', () => ({ status: 200, headers: {}, body: '{}' }));
    expect(await handler(event, context)).toEqual({ statusCode: 200, headers: {}, body: '{}' });
    expect(metrics()).toMatchObject([{ route: 'ok', request_count: 1, error_rate: 0 }]);
  });

  it.each([
    ['a refusal', new GatewayError('not_found', 'There is no x.', { field: 'x' }), 404, 0],
    ['a failure', new TypeError('password=hunter2'), 500, 1],
    ['a fault of the deployment', new GatewayError('internal', 'password=hunter2'), 500, 1],
  ])('%s is answered with the request id and counted by whose fault it is', async (_, error, status, rate) => {
    const handler = routes.route('bad', () => {
      throw error;
    });
    const answer = (await handler(event, context)) as { statusCode: number; body: string };
    expect(answer.statusCode).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { request_id: 'req-5' } });
    expect(answer.body).not.toContain('hunter2');
    expect(metrics()).toMatchObject([{ route: 'bad', request_count: 1, error_rate: rate }]);
  });
});

describe('a streaming route', () => {
  async function invoke(handler: unknown): Promise<string> {
    const chunks: Buffer[] = [];
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        chunks.push(chunk);
        done();
      },
    });
    const run = handler as (event: unknown, stream: Writable, context: unknown) => Promise<void>;
    await run(event, new ResponseStream(sink), context);
    return Buffer.concat(chunks).toString();
  }

  it('is counted when its last byte is written, with the time that took', async () => {
    const countedBeforeEnd: number[] = [];
    async function* body() {
      yield Buffer.from('one ');
      countedBeforeEnd.push(metrics().length);
      yield Buffer.from('two');
    }
    const handler = routes.streamingRoute('stream', () => ({ status: 200, headers: {}, body: body() }));
    expect(await invoke(handler)).toContain('one two');
    expect(countedBeforeEnd).toEqual([0]);
    expect(metrics()).toMatchObject([{ route: 'stream', request_count: 1, error_rate: 0 }]);
  });

  it('answers errors as JSON-RPC', async () => {
    const handler = routes.streamingRoute('bad', () => {
      throw new GatewayError('bad_request', 'No.');
    });
    const text = await invoke(handler);
    expect(text).toContain('"statusCode":400');
    expect(text).toContain('"jsonrpc":"2.0"');
    expect(metrics()).toMatchObject([{ route: 'bad', error_rate: 0 }]);
  });
});

describe('an admin route', () => {
  const principal = { kind: 'key', subject: 'k', issuer: 'gatehouse', roles: [], groups: [], scopes: ['admin:read'] };
  const withPrincipal = (parts: object) => ({
    ...event,
    requestContext: { requestId: 'req-5', authorizer: { principal: JSON.stringify({ ...principal, ...parts }) } },
  });
  const ask = async (scope: 'admin:read' | 'admin:write', sent: unknown) => {
    const handler = routes.adminRoute('admin', scope, () => ({ status: 200, headers: {}, body: '' }));
    return ((await handler(sent, context)) as { statusCode: number }).statusCode;
  };

  it('asks for the scope and the kind of credential', async () => {
    expect(await ask('admin:read', withPrincipal({}))).toBe(200);
    expect(await ask('admin:write', withPrincipal({}))).toBe(403);
    expect(await ask('admin:read', withPrincipal({ kind: 'token' }))).toBe(401);
    expect(await ask('admin:read', event)).toBe(401);
  });
});
