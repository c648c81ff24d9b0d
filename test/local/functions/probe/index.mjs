// A function that does what its event says: the event itself, or the body or query of an API Gateway event.
import { get } from 'node:http';
import { getHeapStatistics } from 'node:v8';

if (process.env.PROBE_INIT === 'throw') throw new Error('The module cannot be loaded.');
if (process.env.PROBE_INIT === 'exit') process.exit(7);

const wishOf = ({ body, queryStringParameters, ...event }) =>
  typeof body === 'string' ? JSON.parse(body) : (queryStringParameters ?? event);

const deeds = {
  echo: ({ value }) => value,
  answer: ({ body }) => ({ statusCode: 200, body: String(body) }),
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
    await new Promise((resolve) => setTimeout(resolve, ms));
    return process.pid;
  },
  fail: ({ message }) => {
    throw new TypeError(message);
  },
  exit: ({ code }) => process.exit(Number(code)),
  hoard: () => {
    const hoard = [];
    for (;;) hoard.push(new Array(100_000).fill({}));
  },
  large: ({ bytes }) => 'x'.repeat(bytes),
};

export const handler = async (event, context) => {
  const wish = wishOf(event);
  return deeds[wish.deed](wish, context);
};

/** Resolves when whoever keeps the gate lets this pass. */
const passage = (gate) =>
  new Promise((resolve, reject) => get(gate, (answer) => answer.resume().on('end', resolve)).on('error', reject));

/** Writes the wish's chunks, each after passing the gate, if there is one, and then ends as the wish says. */
export const stream = awslambda.streamifyResponse(async (event, responseStream) => {
  const wish = wishOf(event);
  if (wish.failFirst) throw new Error('Nothing was written.');
  const metadata = { statusCode: 201, headers: { 'x-probe': 'yes' } };
  const out = wish.bare ? responseStream : awslambda.HttpResponseStream.from(responseStream, metadata);
  for (const chunk of wish.chunks) {
    out.write(chunk.repeat(wish.times ?? 1));
    if (wish.gate) await passage(wish.gate);
  }
  if (wish.failLast) throw new Error('It went wrong later.');
  if (wish.destroyLast) return out.destroy();
  if (wish.exitLast) process.exit(9);
  out.end();
});
