import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import * as z from 'zod';
import { onLoopback } from './on-loopback.ts';

/** One invocation, as an execution environment is given it. */
export interface Work {
  requestId: string;
  /** The event's JSON. */
  event: string;
  /** Epoch milliseconds. */
  deadlineMs: number;
  functionArn: string;
  /** The tracing header. */
  traceId: string;
  /** Takes the answer's bytes as they come, and is ended when the function ends its answer. */
  stream?: Writable | undefined;
}

export interface RuntimeApi {
  /** For `AWS_LAMBDA_RUNTIME_API`. */
  address: string;
  /** Resolves when the runtime asks for its first event; rejects with the error that it reports instead. */
  initialised: Promise<void>;
  /** Hands the runtime an event when it next asks. Resolves with the answer, rejects with the function's error. One at a time. */
  run(work: Work): Promise<unknown>;
  close(): Promise<void>;
}

/** What Lambda takes back from a function that does not stream. */
const maxAnswerBytes = 6 * 1_048_576 + 100;

const prefix = '/2018-06-01/runtime';

const errorSchema = z.object({ errorType: z.string().optional(), errorMessage: z.string() });

interface Pending {
  work: Work;
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
  isHandedOver: boolean;
}

/**
 * The Lambda Runtime API of one execution environment, on loopback: what AWS's runtime clients ask for events and
 * tell their outcomes, streamed or not. Nobody but that environment may reach it.
 */
export async function startRuntimeApi(): Promise<RuntimeApi> {
  let poll: ServerResponse | undefined;
  let pending: Pending | undefined;
  const init = Promise.withResolvers<void>();
  // Whoever starts the environment awaits it; one that is ended before then must not end this process.
  init.promise.catch(() => {});

  const handOver = () => {
    if (!poll || !pending || pending.isHandedOver) return;
    const { requestId, deadlineMs, functionArn, traceId, event } = pending.work;
    poll.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': requestId,
      'Lambda-Runtime-Deadline-Ms': String(deadlineMs),
      'Lambda-Runtime-Invoked-Function-Arn': functionArn,
      'Lambda-Runtime-Trace-Id': traceId,
    });
    poll.end(event);
    poll = undefined;
    pending.isHandedOver = true;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [kind, id, outcome] = (request.url ?? '').slice(`${prefix}/`.length).split('/');
    if (kind === 'init') {
      init.reject(toError(await readText(request)));
      return answer(response, 202);
    }
    if (id === 'next') {
      init.resolve();
      // The client may ask before the end of its last answer has arrived; it is served when that has.
      poll = response;
      return handOver();
    }
    if (pending?.work.requestId !== decodeURIComponent(id ?? '')) return answer(response, 400);
    const { work, resolve, reject } = pending;
    try {
      if (outcome === 'error') throw toError(await readText(request));
      const value = await readAnswer(request, work.stream);
      pending = undefined;
      resolve(value);
    } catch (error) {
      // The client breaks an answer off only by ending, of which the process's owner knows more.
      if (!request.complete) return;
      pending = undefined;
      reject(error as Error);
    }
    return answer(response, 202);
  };

  // A streamed answer may take as long as the function may; the runtime's idle connection stays until it leaves.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const { port, close } = await onLoopback(server);

  return {
    address: `127.0.0.1:${port}`,
    initialised: init.promise,
    run: (work) =>
      new Promise((resolve, reject) => {
        pending = { work, resolve, reject, isHandedOver: false };
        handOver();
      }),
    close,
  };
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end('{"status":"OK"}');
}

/** A function that does not stream but was invoked for a stream writes its result there, metadata or not, as in Lambda. */
async function readAnswer(request: IncomingMessage, stream: Writable | undefined): Promise<unknown> {
  if (request.headers['lambda-runtime-function-response-mode'] === 'streaming') return readStream(request, stream);
  const text = await readText(request);
  if (Buffer.byteLength(text) > maxAnswerBytes) {
    throw new Error(`Response payload size exceeded maximum allowed payload size (${maxAnswerBytes} bytes).`);
  }
  if (!stream) return JSON.parse(text);
  await write(stream, text);
  return end(stream);
}

/** Without a stream to pass it on to, the whole answer as text. Rejects with the error that came after it, if any. */
async function readStream(request: IncomingMessage, stream: Writable | undefined): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (stream) await write(stream, chunk);
    else chunks.push(chunk);
  }
  const late = request.trailers['lambda-runtime-function-error-body'];
  if (late !== undefined) throw toError(Buffer.from(late, 'base64').toString());
  if (!stream) return Buffer.concat(chunks).toString();
  await end(stream);
  return undefined;
}

function write(stream: Writable, chunk: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => stream.write(chunk, (error) => (error ? reject(error) : resolve())));
}

function end(stream: Writable): Promise<void> {
  return new Promise((resolve) => stream.end(resolve));
}

async function readText(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString();
}

/** The function's error with its own message: API Gateway goes by the message of an authorizer's. */
function toError(text: string): Error {
  const { errorType, errorMessage } = errorSchema.parse(JSON.parse(text));
  return Object.assign(new Error(errorMessage), { name: errorType ?? 'Error' });
}
