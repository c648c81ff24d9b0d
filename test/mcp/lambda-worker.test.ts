import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { lambdaWorker } from '../../functions/mcp/tasks/lambda.ts';
import { startLambdaApi } from '../../local/lambda-api.ts';
import { httpServer, readText } from '../backends/servers.ts';

const access = (endpoint: string) => ({
  region: 'eu-west-1',
  endpoint,
  credentials: { accessKeyId: 'post-mcp', secretAccessKey: 'secret', sessionToken: 'token' },
});

/** An API that answers with these statuses, one after the other, and what it was asked. */
async function answering(...statuses: number[]) {
  const asked: { url: string | undefined; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  const server = await httpServer(async (incoming, outgoing) => {
    asked.push({ url: incoming.url, headers: incoming.headers, body: await readText(incoming) });
    outgoing.writeHead(statuses[asked.length - 1] ?? 202).end();
  });
  return { asked, start: lambdaWorker(access(server.url), 'gatehouse-run-task-1A:live') };
}

describe('a worker in Lambda', () => {
  it('is started asynchronously, by its alias, with the id of the task and a signature', async () => {
    const { asked, start } = await answering(202);
    await start('task-1');
    expect(asked).toMatchObject([
      {
        url: '/2015-03-31/functions/gatehouse-run-task-1A/invocations?Qualifier=live',
        headers: {
          'x-amz-invocation-type': 'Event',
          'x-amz-security-token': 'token',
          authorization: expect.stringMatching(/Credential=post-mcp\/\d{8}\/eu-west-1\/lambda\/aws4_request/),
        },
        body: '{"task_id":"task-1"}',
      },
    ]);
  });

  it.each([
    ['is throttled', 429],
    ['is in trouble', 503],
  ])('is started again when Lambda %s', async (_, status) => {
    const { asked, start } = await answering(status, status, 202);
    await start('task-1');
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['does not allow it', [403], 1],
    ['knows no such function', [404], 1],
    ['ran it in place of taking it in', [200], 1],
    ['stays in trouble', [503, 503, 503, 503], 3],
  ])('is told to be unavailable, with the reason for the log alone, when Lambda %s', async (_, statuses, attempts) => {
    const { asked, start } = await answering(...statuses);
    const error = await start('task-1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('nothing was sent') });
    expect((error as Error).cause).toMatchObject({ message: `Lambda answered ${statuses[0]}.` });
    expect(asked).toHaveLength(attempts);
  });

  it('is told to be unavailable when Lambda cannot be reached', async () => {
    const start = lambdaWorker(access('http://127.0.0.1:1'), 'run-task:live');
    await expect(start('task-1')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('the stand-in for Lambda', () => {
  it('takes in what the caller may have invoked, and invokes it after its answer', async () => {
    const invoked: unknown[] = [];
    const began = Promise.withResolvers<void>();
    const api = await startLambdaApi({
      invoke: async (...given) => {
        invoked.push(given);
        began.resolve();
        throw new Error('It fails, and nobody is told.');
      },
      find: (name, alias) =>
        alias === 'live' && name !== 'gone' ? { functionName: name, timeoutMs: 1_000 } : undefined,
      mayInvoke: (authorization, name) => authorization.includes('post-mcp') && name !== 'put-spec',
    });
    const start = (worker: string) => lambdaWorker(access(api.endpoint), worker)('task-1');
    await start('run-task:live');
    await began.promise;
    expect(invoked).toMatchObject([['run-task', { task_id: 'task-1' }, { deadlineMs: expect.any(Number) }]]);
    await expect(start('put-spec:live')).rejects.toMatchObject({ cause: { message: 'Lambda answered 403.' } });
    await expect(start('gone:live')).rejects.toMatchObject({ cause: { message: 'Lambda answered 404.' } });
    await expect(start('run-task:old')).rejects.toMatchObject({ cause: { message: 'Lambda answered 404.' } });
    expect(invoked).toHaveLength(1);
    await api.close();
  });
});
