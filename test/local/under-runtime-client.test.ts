import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { EventTooLarge } from '../../local/api-gateway/invoke.ts';
import type { PoolOptions } from '../../local/environment-pool.ts';
import type { LambdaFunction } from '../../local/execution-environment.ts';
import { type FunctionHost, underRuntimeClient } from '../../local/under-runtime-client.ts';
import { startGate } from './gate.ts';

const hosts: FunctionHost[] = [];
afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

interface Probe {
  fn?: Partial<LambdaFunction>;
  options?: Partial<PoolOptions>;
}

/** Serves the probe function under the name `probe`. */
function serve({ fn = {}, options = {} }: Probe = {}) {
  const probe: LambdaFunction = {
    name: 'probe',
    arn: 'arn:aws:lambda:eu-central-1:123456789012:function:probe:live',
    directory: join(import.meta.dirname, 'functions/probe'),
    handler: 'index.handler',
    environment: {},
    timeoutSeconds: 20,
    memoryMb: 256,
    logFormat: 'Text',
    ...fn,
  };
  const host = underRuntimeClient([probe], { variables: () => ({}), log: () => {}, ...options });
  hosts.push(host);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  const invoke = (event: unknown, stream?: PassThrough): Promise<any> =>
    host.invoke('probe', event, { deadlineMs: Number.POSITIVE_INFINITY, ...(stream && { stream }) });
  return { host, invoke };
}

/** Everything that was written to a stream, so far. */
function recorded(stream: PassThrough) {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { text: () => Buffer.concat(chunks).toString() };
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('It did not fail.'),
    (reason: Error) => reason,
  );
  return error.message;
}

describe('an invocation', () => {
  it('passes event and answer through JSON', async () => {
    const { invoke } = serve();
    const value = { text: 'grüezi 🎉', list: [1, null, true], nested: { a: '' } };
    expect(await invoke({ deed: 'echo', value })).toEqual(value);
    expect(await invoke({ deed: 'echo' })).toBeNull();
  });

  it('finds the environment of the function and of its account, and nothing of this process', async () => {
    process.env.OF_THIS_PROCESS = 'secret';
    const { invoke } = serve({
      fn: { environment: { GREETING: 'hello', AWS_LAMBDA_FUNCTION_NAME: 'other' } },
      options: { variables: () => ({ AWS_REGION: 'eu-central-1', GREETING: 'the account’s' }) },
    });
    const { env } = await invoke({ deed: 'about' });
    expect(env).toMatchObject({
      GREETING: 'hello',
      AWS_REGION: 'eu-central-1',
      AWS_LAMBDA_FUNCTION_NAME: 'probe',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      _HANDLER: 'index.handler',
      TZ: ':UTC',
    });
    expect(Object.keys(env).filter((name) => !/^(AWS_|LAMBDA_|_|GREETING|TZ|LANG)/.test(name))).toEqual([]);
  });

  it('finds what Lambda says of it in its context', async () => {
    const about = await serve({ fn: { timeoutSeconds: 7 } }).invoke({ deed: 'about' });
    expect(about.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(about.arn).toBe('arn:aws:lambda:eu-central-1:123456789012:function:probe:live');
    expect(about.remainingMs).toBeGreaterThan(0);
    expect(about.remainingMs).toBeLessThanOrEqual(7_000);
    expect(about.cwd).toBe(join(import.meta.dirname, 'functions/probe'));
  });

  it.each([
    ['the one of its API Gateway event', { 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1' }],
    ['an unsampled one', undefined],
  ])('is traced by %s', async (_, headers) => {
    const { env } = await serve().invoke({ deed: 'about', headers });
    expect(env._X_AMZN_TRACE_ID).toMatch(headers ? /^Root=1-5759e988-.*Sampled=1$/ : /^Root=1-.*Sampled=0$/);
  });

  it.each([128, 512])('has a heap as Lambda allows it with %i MB', async (memoryMb) => {
    const { heapMb } = await serve({ fn: { memoryMb } }).invoke({ deed: 'about' });
    expect(heapMb).toBeGreaterThan(memoryMb * 0.85);
    expect(heapMb).toBeLessThan(memoryMb * 1.1);
  });
});

describe('execution environments', () => {
  it('start when first needed and are used again', async () => {
    const started: string[] = [];
    const { invoke } = serve({ options: { started: (name, initMs) => started.push(`${name} ${initMs > 0}`) } });
    expect(started).toEqual([]);
    const pids = [];
    for (let round = 0; round < 3; round += 1) pids.push((await invoke({ deed: 'about' })).pid);
    expect(new Set(pids).size).toBe(1);
    expect(started).toEqual(['probe true']);
  });

  it('take one event at a time: another meanwhile starts another', async () => {
    const { invoke } = serve();
    const pids = await Promise.all([invoke({ deed: 'wait', ms: 300 }), invoke({ deed: 'wait', ms: 300 })]);
    expect(new Set(pids).size).toBe(2);
  });

  it('are no more than the bound: further events wait', async () => {
    const { invoke } = serve({ options: { maxEnvironments: 2 } });
    const pids = await Promise.all(Array.from({ length: 6 }, () => invoke({ deed: 'wait', ms: 50 })));
    expect(new Set(pids).size).toBe(2);
  });

  it('waiting events are served by a new one when the one before has crashed', async () => {
    const { invoke } = serve({ options: { maxEnvironments: 1 } });
    const [crashed, answered] = await Promise.allSettled([
      invoke({ deed: 'exit', code: 1 }),
      invoke({ deed: 'echo', value: 'here' }),
    ]);
    expect(crashed).toMatchObject({ status: 'rejected' });
    expect(answered).toEqual({ status: 'fulfilled', value: 'here' });
  });

  it('are ended and replaced by a restart', async () => {
    const { host, invoke } = serve();
    const before = await invoke({ deed: 'about' });
    await host.restart('probe');
    expect(() => process.kill(before.pid, 0)).toThrow('ESRCH');
    expect((await invoke({ deed: 'about' })).pid).not.toBe(before.pid);
  });

  it('do not outlive their host, nor does an event', async () => {
    const { host, invoke } = serve();
    const { pid } = await invoke({ deed: 'about' });
    const waiting = messageOf(invoke({ deed: 'wait', ms: 60_000 }));
    const starting = messageOf(invoke({ deed: 'wait', ms: 60_000 }));
    await host.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await waiting).toMatch(/ended/);
    expect(await starting).toMatch(/ended/);
    expect(await messageOf(invoke({ deed: 'about' }))).toMatch(/not served/);
  });
});

describe('a function that fails', () => {
  it('gives its error’s message, and serves the next event', async () => {
    const { invoke } = serve();
    const { pid } = await invoke({ deed: 'about' });
    expect(await messageOf(invoke({ deed: 'fail', message: 'Unauthorized' }))).toBe('Unauthorized');
    expect((await invoke({ deed: 'about' })).pid).toBe(pid);
  });

  it('by ending its process says so, and a new one serves the next event', async () => {
    const { invoke } = serve();
    const { pid } = await invoke({ deed: 'about' });
    expect(await messageOf(invoke({ deed: 'exit', code: 3 }))).toBe('Runtime exited with error: exit status 3');
    expect((await invoke({ deed: 'about' })).pid).not.toBe(pid);
  });

  it('by taking too long is ended when its time is over', async () => {
    const { invoke } = serve({ fn: { timeoutSeconds: 0.5 } });
    const { pid } = await invoke({ deed: 'about' });
    expect(await messageOf(invoke({ deed: 'wait', ms: 60_000 }))).toMatch(/Task timed out after 0\.50 seconds$/);
    expect((await invoke({ deed: 'about' })).pid).not.toBe(pid);
  });

  it.each([
    ['throws', 'throw', 'The module cannot be loaded.'],
    ['ends the process', 'exit', 'Runtime exited with error: exit status 7'],
  ])('because its module %s fails every event with that', async (_, init, message) => {
    const { invoke } = serve({ fn: { environment: { PROBE_INIT: init } } });
    expect(await messageOf(invoke({ deed: 'about' }))).toBe(message);
    expect(await messageOf(invoke({ deed: 'about' }))).toBe(message);
  });

  it('because its handler is not there fails with that', async () => {
    const { invoke } = serve({ fn: { handler: 'index.nothing' } });
    expect(await messageOf(invoke({}))).toBe('index.nothing is undefined or not exported');
  });

  it('tells its log why', async () => {
    const lines: string[] = [];
    const { invoke } = serve({ options: { log: (name, line) => lines.push(`${name}: ${line}`) } });
    await messageOf(invoke({ deed: 'fail', message: 'Out of stock' }));
    await expect.poll(() => lines.join('\n')).toMatch(/^probe: .*Out of stock/m);
  });
});

describe('limits', () => {
  it('an event larger than 6 MB is refused before the function sees it', async () => {
    const { invoke } = serve();
    await expect(invoke({ deed: 'echo', value: 'x'.repeat(6 * 1_048_576) })).rejects.toThrow(EventTooLarge);
    const value = 'x'.repeat(6 * 1_048_576 - JSON.stringify({ deed: 'echo', value: '' }).length);
    expect((await invoke({ deed: 'echo', value })).length).toBe(value.length);
  });

  it('an answer larger than 6 MB is an error', async () => {
    const { invoke } = serve();
    expect(await messageOf(invoke({ deed: 'large', bytes: 6 * 1_048_576 + 99 }))).toMatch(/payload size exceeded/);
    expect((await invoke({ deed: 'large', bytes: 6 * 1_048_576 + 98 })).length).toBe(6 * 1_048_576 + 98);
  });
});

describe('a streamed answer', () => {
  const streaming = { fn: { handler: 'index.stream' } };
  const metadata = '{"statusCode":201,"headers":{"x-probe":"yes"}}\0\0\0\0\0\0\0\0';

  it('arrives as it is written, metadata first, and ends', async () => {
    const { invoke } = serve(streaming);
    const gate = await startGate();
    const stream = new PassThrough();
    const { text } = recorded(stream);
    const answered = invoke({ chunks: ['one,', 'two,', 'three'], gate: gate.url }, stream);
    for (const soFar of ['one,', 'one,two,', 'one,two,three']) {
      // The next chunk is written only after this one has come out here.
      await expect.poll(text).toBe(metadata + soFar);
      gate.open();
    }
    expect(await answered).toBeUndefined();
    expect(stream.writableFinished).toBe(true);
    await gate.close();
  });

  it('larger than what a function may answer at once arrives whole', async () => {
    const { invoke } = serve(streaming);
    const stream = new PassThrough();
    const { text } = recorded(stream);
    await invoke({ chunks: ['x', 'y'], times: 4 * 1_048_576, bare: true }, stream);
    await expect.poll(() => text().length).toBe(8 * 1_048_576);
  });

  it('without anybody to stream to is one text', async () => {
    expect(await serve(streaming).invoke({ chunks: ['one', 'two'] })).toBe(`${metadata}onetwo`);
  });

  it.each([
    ['before its first byte', { chunks: [], failFirst: true }, 'Nothing was written.'],
    ['after bytes have gone out', { chunks: ['half'], failLast: true }, 'It went wrong later.'],
  ])('that fails %s fails and does not end as if it were whole', async (_, event, message) => {
    const { invoke } = serve(streaming);
    const stream = new PassThrough();
    const { text } = recorded(stream);
    expect(await messageOf(invoke(event, stream))).toBe(message);
    expect(stream.writableEnded).toBe(false);
    expect(text()).toBe(event.chunks.length > 0 ? `${metadata}half` : '');
    expect(await invoke({ chunks: ['next'] }, new PassThrough().resume())).toBeUndefined();
  });

  it.each([
    ['whose process ends', { exitLast: true }, 9],
    ['that the function destroys', { destroyLast: true }, 1],
  ])('%s is broken off, and a new process serves the next', async (_, how, status) => {
    const { invoke } = serve(streaming);
    const gate = await startGate();
    const stream = new PassThrough();
    const { text } = recorded(stream);
    const failed = messageOf(invoke({ chunks: ['half'], gate: gate.url, ...how }, stream));
    await expect.poll(text).toBe(`${metadata}half`);
    gate.open();
    expect(await failed).toBe(`Runtime exited with error: exit status ${status}`);
    await gate.close();
    expect(stream.writableEnded).toBe(false);
    expect(await invoke({ chunks: ['next'] }, new PassThrough().resume())).toBeUndefined();
  });

  it('of a function that does not stream is its result without metadata', async () => {
    const { invoke } = serve();
    const stream = new PassThrough();
    const { text } = recorded(stream);
    await invoke({ deed: 'echo', value: { statusCode: 200 } }, stream);
    await expect.poll(text).toBe('{"statusCode":200}');
  });
});
