import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import type { Context } from 'aws-lambda';
import type { Invocation, Invoke } from './api-gateway/invoke.ts';
import { installAwsLambda, isStreaming, ResponseStream } from './awslambda.ts';

type Handler = (...parameters: unknown[]) => unknown;

/** Gives the module of a function; it is asked when the function is first invoked. */
export type LoadFunction = (functionName: string) => Promise<{ handler?: unknown }>;

/**
 * Invokes functions inside this process: `load` gives their modules, `functions/<name>.ts` by default, and their
 * `handler` is called as Lambda's runtime calls it. Events and results pass through JSON, so that nothing gets across
 * that could not in a deployment. Installs the global `awslambda` first. Unlike Lambda, one module may run several
 * invocations at once.
 */
export function inProcess(load: LoadFunction = loadFunction): Invoke {
  installAwsLambda();
  return async (functionName, event, invocation) => {
    const { handler } = await load(functionName);
    if (typeof handler !== 'function') throw new Error(`functions/${functionName}.ts exports no handler.`);
    const context = contextOf(functionName, invocation);
    return isStreaming(handler as Handler)
      ? streamed(handler as Handler, throughJson(event), context, invocation)
      : buffered(handler as Handler, throughJson(event), context, invocation);
  };
}

function loadFunction(functionName: string): Promise<{ handler?: unknown }> {
  return import(new URL(`../functions/${functionName}.ts`, import.meta.url).href);
}

/** A buffered handler that is invoked for a stream writes its result there, which has no metadata: API Gateway's 502. */
async function buffered(handler: Handler, event: unknown, context: Context, { stream }: Invocation): Promise<unknown> {
  const result = throughJson(await handler(event, context));
  if (!stream) return result;
  await new Promise<void>((resolve) => stream.end(JSON.stringify(result), resolve));
  return undefined;
}

/** A streaming handler that is invoked without a stream gives its bytes as text, which is no proxy result: a 502 too. */
async function streamed(handler: Handler, event: unknown, context: Context, { stream }: Invocation): Promise<unknown> {
  const chunks: Buffer[] = [];
  const collector = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const responseStream = new ResponseStream(stream ?? collector);
  await handler(event, responseStream, context);
  if (!responseStream.writableEnded) throw new Error(`${context.functionName} returned without ending its stream.`);
  if (!responseStream.writableFinished) await new Promise((resolve) => responseStream.once('finish', resolve));
  return stream ? undefined : Buffer.concat(chunks).toString();
}

function throughJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function contextOf(functionName: string, { deadlineMs }: Invocation): Context {
  // Not API Gateway's request id: in a deployment they differ too.
  const awsRequestId = randomUUID();
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
