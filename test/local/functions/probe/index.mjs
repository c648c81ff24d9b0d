// A function that does what its event says.
import { getHeapStatistics } from 'node:v8';

if (process.env.PROBE_INIT === 'throw') throw new Error('The module cannot be loaded.');
if (process.env.PROBE_INIT === 'exit') process.exit(7);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const deeds = {
  echo: ({ value }) => value,
  about: (_, context) => ({
    pid: process.pid,
    env: process.env,
    cwd: process.cwd(),
    heapMb: getHeapStatistics().heap_size_limit / 1_048_576,
    requestId: context.awsRequestId,
    arn: context.invokedFunctionArn,
    remainingMs: context.getRemainingTimeInMillis(),
  }),
  wait: async ({ ms }) => {
    await pause(ms);
    return process.pid;
  },
  fail: ({ message }) => {
    throw new TypeError(message);
  },
  exit: ({ code }) => process.exit(code),
  large: ({ bytes }) => 'x'.repeat(bytes),
};

export const handler = async (event, context) => deeds[event.deed](event, context);

/** Writes the event's chunks, each a while after the one before, then ends as the event says. */
export const stream = awslambda.streamifyResponse(async (event, responseStream) => {
  if (event.failFirst) throw new Error('Nothing was written.');
  const metadata = { statusCode: 201, headers: { 'x-probe': 'yes' } };
  const out = event.bare ? responseStream : awslambda.HttpResponseStream.from(responseStream, metadata);
  for (const chunk of event.chunks) {
    out.write(chunk.repeat(event.times ?? 1));
    await pause(event.everyMs ?? 0);
  }
  if (event.failLast) throw new Error('It went wrong later.');
  if (event.destroyLast) return out.destroy();
  if (event.exitLast) process.exit(9);
  out.end();
});
