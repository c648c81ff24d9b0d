import { Writable } from 'node:stream';

/** The marks by which Lambda's runtime knows a streaming handler. */
const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');

type Handler = (...parameters: never[]) => unknown;

/** Marks a handler as `(event, responseStream, context)`. */
function streamifyResponse<T extends Handler>(handler: T): T {
  return Object.assign(handler, { [streaming]: 'response' });
}

export function isStreaming(handler: Handler): boolean {
  return (handler as Handler & { [streaming]?: unknown })[streaming] === 'response';
}

type WriteCallback = (error: Error | null | undefined) => void;

/**
 * The stream that Lambda's runtime hands to a streaming handler. As there, the metadata goes out with the first
 * `write`: a handler that only calls `end`, even with a chunk, sends none, and API Gateway answers 502.
 */
export class ResponseStream extends Writable {
  private beforeFirstWrite: ((write: (chunk: string | Uint8Array) => void) => void) | undefined;

  constructor(sink: Writable) {
    super({
      write: (chunk: Buffer, _encoding, done) => (chunk.length === 0 ? done() : sink.write(chunk, done)),
      final: (done) => sink.end(done),
    });
  }

  /** Part of the runtime's interface; API Gateway goes by the metadata instead. */
  setContentType(_contentType: string): void {}

  set _onBeforeFirstWrite(hook: (write: (chunk: string | Uint8Array) => void) => void) {
    this.beforeFirstWrite = hook;
  }

  override write(chunk: unknown, encoding?: BufferEncoding | WriteCallback, callback?: WriteCallback): boolean {
    const hook = this.beforeFirstWrite;
    this.beforeFirstWrite = undefined;
    hook?.((frame) => super.write(frame));
    return typeof encoding === 'string'
      ? super.write(chunk, encoding, callback)
      : super.write(chunk, encoding ?? callback);
  }
}

/** Adds status and headers to a response stream: JSON, eight NUL bytes, then the body. */
const HttpResponseStream = {
  from(stream: ResponseStream, metadata: Record<string, unknown>): ResponseStream {
    stream.setContentType('application/vnd.awslambda.http-integration-response');
    const prelude = JSON.stringify(metadata);
    stream._onBeforeFirstWrite = (write) => {
      write(prelude);
      write(new Uint8Array(8));
    };
    return stream;
  },
};

/** Makes `awslambda` global, as Lambda's runtime does before it loads a function. */
export function installAwsLambda(): void {
  Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream } });
}
