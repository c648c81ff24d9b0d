import { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { Context } from 'aws-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startApiGateway } from '../../local/api-gateway.ts';
import { inProcess, type LoadFunction } from '../../local/in-process.ts';
import { send } from './send.ts';

const invocation = () => ({ deadlineMs: Date.now() + 5_000 });

/** Invokes one handler for a buffered answer. */
const invoke = (handler: unknown, event: unknown = {}) =>
  inProcess(async () => ({ handler }))('a-function', event, invocation());

/** Collects what a function writes to its stream. */
function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

/** Invokes one handler for a streamed answer, and gives what it wrote. */
async function stream(handler: unknown): Promise<string> {
  const { stream, text } = collector();
  await inProcess(async () => ({ handler }))('a-function', {}, { ...invocation(), stream });
  return text();
}

describe('a buffered function', () => {
  it('gets the event and a context that counts its time', async () => {
    const seen: { event: unknown; context: Context }[] = [];
    await invoke(
      async (event: unknown, context: Context) => {
        seen.push({ event, context });
      },
      { a: 1 },
    );
    expect(seen).toMatchObject([
      { event: { a: 1 }, context: { functionName: 'a-function', functionVersion: '$LATEST' } },
    ]);
    const left = seen[0]?.context.getRemainingTimeInMillis() ?? 0;
    expect(left).toBeGreaterThan(4_000);
    expect(left).toBeLessThanOrEqual(5_000);
  });

  it('is cut off from its caller by JSON, in both directions', async () => {
    const event = { list: [1] };
    const result = await invoke(async (given: { list: number[] }) => {
      given.list.push(2);
      return { given, left: undefined, when: new Date(0) };
    }, event);
    expect(event).toEqual({ list: [1] });
    expect(result).toEqual({ given: { list: [1, 2] }, when: '1970-01-01T00:00:00.000Z' });
  });

  it('fails with its own message', async () => {
    await expect(invoke(async () => Promise.reject(new Error('Unauthorized')))).rejects.toThrow(/^Unauthorized$/);
  });

  it('fails when its module exports no handler', async () => {
    await expect(invoke(undefined)).rejects.toThrow('functions/a-function.ts exports no handler.');
  });

  it('writes its bare result when it is invoked for a stream', async () => {
    expect(await stream(async () => ({ statusCode: 200, body: 'x' }))).toBe('{"statusCode":200,"body":"x"}');
  });
});

describe('a streaming function', () => {
  type Work = (event: unknown, stream: awslambda.HttpResponseStream) => Promise<void>;
  const streaming = (work: Work) => {
    inProcess(async () => ({}));
    return awslambda.streamifyResponse(work);
  };

  it('writes metadata, eight NUL bytes and its chunks', async () => {
    const handler = streaming(async (_, raw) => {
      const stream = awslambda.HttpResponseStream.from(raw, { statusCode: 200, headers: { a: 'b' } });
      stream.write('one');
      stream.write(Buffer.from('two'));
      stream.end('three');
      await finished(stream);
    });
    expect(await stream(handler)).toBe(`{"statusCode":200,"headers":{"a":"b"}}${'\0'.repeat(8)}onetwothree`);
  });

  it('sends its metadata with an empty first chunk', async () => {
    const handler = streaming(async (_, raw) => {
      const stream = awslambda.HttpResponseStream.from(raw, { statusCode: 204 });
      stream.write('');
      stream.end();
    });
    expect(await stream(handler)).toBe(`{"statusCode":204}${'\0'.repeat(8)}`);
  });

  it('sends no metadata when it only ends its stream, as on Lambda', async () => {
    const handler = streaming(async (_, raw) => {
      awslambda.HttpResponseStream.from(raw, { statusCode: 200 }).end('body');
    });
    expect(await stream(handler)).toBe('body');
  });

  it('fails when it returns without ending its stream', async () => {
    await expect(stream(streaming(async () => {}))).rejects.toThrow('returned without ending its stream');
  });

  it('gives its bytes as text when it is invoked without a stream', async () => {
    const handler = streaming(async (_, raw) => {
      awslambda.HttpResponseStream.from(raw, { statusCode: 200 }).write('x');
      raw.end();
    });
    expect(await invoke(handler)).toBe(`{"statusCode":200}${'\0'.repeat(8)}x`);
  });
});

describe('behind the stand-in for API Gateway', () => {
  const operations = {
    '/buffered': { get: { operationId: 'buffered' } },
    '/streamed': { get: { operationId: 'streamed', 'x-gatehouse-transfer': 'STREAM' } },
    '/mistaken': { get: { operationId: 'mistaken', 'x-gatehouse-function': 'streamed' } },
    '/mistaken-too': {
      get: { operationId: 'mistaken-too', 'x-gatehouse-function': 'buffered', 'x-gatehouse-transfer': 'STREAM' },
    },
    '/failing': { get: { operationId: 'failing', 'x-gatehouse-transfer': 'STREAM' } },
  };

  async function serve() {
    const result = (body: string | Readable) => ({ statusCode: 201, headers: { 'content-type': 'text/plain' }, body });
    const modules: Record<string, () => { handler: unknown }> = {
      buffered: () => ({ handler: middy().handler(async () => result('buffered')) }),
      streamed: () => ({
        handler: middy({ executionMode: executionModeStreamifyResponse }).handler(async () =>
          result(Readable.from([Buffer.from('str'), Buffer.from('eamed')])),
        ),
      }),
      failing: () => ({
        handler: middy({ executionMode: executionModeStreamifyResponse }).handler(async () => {
          throw new Error('boom');
        }),
      }),
    };
    const load: LoadFunction = async (name) => modules[name]?.() ?? {};
    const gateway = await startApiGateway({
      document: { paths: operations },
      invoke: inProcess(load),
      report: () => {},
    });
    onTestFinished(() => gateway.close());
    return gateway;
  }

  it.each([
    ['/buffered', 'buffered'],
    ['/streamed', 'streamed'],
  ])('%s is answered by a handler wrapped with middy', async (path, body) => {
    const answer = await send((await serve()).url, path);
    expect(answer).toMatchObject({ status: 201, body, headers: { 'content-type': 'text/plain' } });
  });

  it.each(['/mistaken', '/mistaken-too', '/failing'])('%s is 502, as it would be in a deployment', async (path) => {
    expect((await send((await serve()).url, path)).status).toBe(502);
  });
});
