import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { startRuntimeApi } from './runtime-api.ts';

/** A function as its template describes it. */
export interface LambdaFunction {
  name: string;
  arn: string;
  /** Where its bundle is. */
  directory: string;
  /** `index.handler` */
  handler: string;
  environment: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
  logFormat: 'JSON' | 'Text';
}

export interface ExecutionEnvironment {
  /** Milliseconds from the start of the process until it asked for its first event. */
  initMs: number;
  /** Its process has ended or is about to: it takes no more events. */
  isGone(): boolean;
  /** Resolves when its process has ended. */
  gone: Promise<void>;
  /**
   * Runs one event, given as JSON. `traceId` is the tracing header. Rejects with the function's error, when the
   * function's time is over, and when its process ends; after the last two the environment is gone.
   */
  invoke(event: string, traceId: string, stream?: Writable): Promise<unknown>;
  /** Ends the process without notice, as Lambda does, and resolves when it has gone. */
  end(): Promise<void>;
}

export interface Account {
  /** The variables that a function finds beside its own: region, credentials, endpoints. */
  variables: (functionName: string) => Record<string, string>;
  /** Told each line that a function writes. */
  log: (functionName: string, line: string) => void;
}

/** Lambda gives a function so long to start, and then starts it anew in the time of its event; here it goes on. */
const initLimitMs = 10_000;

const runtimeClient = createRequire(import.meta.url).resolve('aws-lambda-ric');
const nativePart = join(import.meta.dirname, 'rapid-client.cjs');

/**
 * Starts a process that runs a function as Lambda does: AWS's own runtime client, in the directory of the bundle, with
 * the function's environment and nothing of this process's. Resolves when it asks for its first event; rejects with
 * what the function's module threw when it was loaded.
 */
export async function startExecutionEnvironment(fn: LambdaFunction, account: Account): Promise<ExecutionEnvironment> {
  const api = await startRuntimeApi();
  const started = performance.now();
  const child = spawn(process.execPath, [...memoryFlags(fn.memoryMb), '--require', nativePart, runtimeClient], {
    cwd: fn.directory,
    env: { ...account.variables(fn.name), ...fn.environment, ...reservedVariables(fn, api.address) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  readLines(child.stdout, (line) => account.log(fn.name, line));
  readLines(child.stderr, (line) => account.log(fn.name, line));

  // The first reason why it can take no more events; what is under way fails with it.
  const ending = Promise.withResolvers<never>();
  let isGone = false;
  const fail = (reason: Error) => {
    isGone = true;
    ending.reject(reason);
  };
  ending.promise.catch(() => {});
  child.once('error', fail);
  const gone = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      fail(new Error(`Runtime exited with error: ${signal ? `signal: ${signal}` : `exit status ${code}`}`));
      resolve(api.close());
    });
  });
  const end = (reason = new Error('The execution environment was ended.')) => {
    fail(reason);
    child.kill('SIGKILL');
    return gone;
  };
  const within = async <T>(ms: number, message: string, work: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => end(new Error(message)), ms);
    try {
      return await Promise.race([work, ending.promise]);
    } finally {
      clearTimeout(timer);
    }
  };

  const timeoutMs = fn.timeoutSeconds * 1_000;
  try {
    await within(initLimitMs + timeoutMs, 'Init timed out', api.initialised);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    initMs: performance.now() - started,
    isGone: () => isGone,
    gone,
    invoke: (event, traceId, stream) => {
      const requestId = randomUUID();
      const deadlineMs = Date.now() + timeoutMs;
      return within(
        timeoutMs,
        `${requestId} Task timed out after ${fn.timeoutSeconds.toFixed(2)} seconds`,
        api.run({ requestId, event, deadlineMs, functionArn: fn.arn, traceId, stream }),
      );
    },
    end: () => end(),
  };
}

/** The flags that Lambda's own image starts Node with. */
function memoryFlags(memoryMb: number): string[] {
  const newSpace = Math.floor(memoryMb / 10);
  return [
    '--expose-gc',
    '--max-http-header-size=81920',
    `--max-semi-space-size=${Math.floor(newSpace / 2)}`,
    `--max-old-space-size=${memoryMb - newSpace}`,
  ];
}

/** What Lambda sets itself, whatever the function's own environment says. */
function reservedVariables(fn: LambdaFunction, runtimeApi: string): Record<string, string> {
  return {
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: fn.logFormat,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: fn.directory,
    _HANDLER: fn.handler,
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
  };
}

function readLines(output: Readable, take: (line: string) => void): void {
  createInterface({ input: output }).on('line', take);
}
