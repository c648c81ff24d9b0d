import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { type Exchange, type ExchangeDeps, refusalOf, setHead } from './answer-buffered.ts';
import { answerHeaders } from './headers.ts';
import { unframer } from './unframer.ts';
import { TimedOut, within } from './within.ts';

export interface StreamDeps extends ExchangeDeps {
  /** A stream on which nothing passes for so long is cut. */
  idleMs: number;
}

/**
 * Invokes the function and passes its answer on chunk by chunk. A failure before the metadata is a gateway response;
 * after it the connection is cut, since the status is out. Neither that nor a client that leaves stops the function.
 */
export async function answerStreamed(exchange: Exchange, { invoke, report, idleMs }: StreamDeps): Promise<void> {
  const { operation, event, response, refuse } = exchange;
  const { functionName, timeoutMs } = operation;
  let isOver = false;

  const giveUp = (error: unknown) => {
    report(`${functionName} failed`, error);
    if (isOver) return;
    isOver = true;
    if (response.headersSent) response.destroy();
    else refuse(refusalOf(error));
  };

  const unframe = unframer((metadata) => {
    const headers = answerHeaders(metadata);
    if (metadata.cookies) headers.set('Set-Cookie', metadata.cookies);
    setHead(response, metadata.statusCode, headers);
    response.flushHeaders();
  });

  const idle = setTimeout(() => giveUp(new TimedOut(`Nothing passed for ${idleMs} ms.`)), idleMs);

  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      idle.refresh();
      if (isOver) return done();
      try {
        passOn(response, unframe(chunk), done);
      } catch (error) {
        giveUp(error);
        done();
      }
    },
    final(done) {
      if (!isOver && !response.headersSent) giveUp(new Error('The stream ended before its metadata.'));
      if (!isOver) response.end();
      isOver = true;
      clearTimeout(idle);
      done();
    },
  });

  try {
    const deadlineMs = Date.now() + timeoutMs;
    await within(timeoutMs, invoke(functionName, event, { deadlineMs, stream }));
    if (!stream.writableFinished) throw new Error('The function finished without ending its stream.');
  } catch (error) {
    giveUp(error);
  } finally {
    clearTimeout(idle);
  }
}

/** Waits when the client reads slowly, and no longer when it has left. */
function passOn(response: ServerResponse, chunk: Uint8Array, done: () => void): void {
  if (chunk.length === 0 || response.destroyed || response.write(chunk)) {
    done();
    return;
  }
  const proceed = () => {
    response.off('drain', proceed);
    response.off('close', proceed);
    done();
  };
  response.on('drain', proceed);
  response.on('close', proceed);
}
