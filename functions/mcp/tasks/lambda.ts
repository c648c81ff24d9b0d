import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../gateway/clock.ts';
import { GatewayError } from '../../gateway/errors.ts';
import { openExchange } from '../../tables/exchange.ts';
import { TableFailure } from '../../tables/failure.ts';
import { postSigner } from '../../tables/sign.ts';
import type { TableAccess } from '../../tables/signed.ts';
import type { StartWork } from './task-desk.ts';

/** Milliseconds and bytes. Lambda only takes an event in; the work comes after its answer. */
const limits = { connect_ms: 1_000, answer_ms: 3_000, answer_bytes: 65_536 };
const attempts = 3;
const pauseMs = 50;

/**
 * Has Lambda invoke a function for a task, asynchronously: `worker` is the function's name with its alias, `name:live`.
 * Resolves when Lambda has taken it on. A start that is repeated does no harm, because only one worker takes up a task.
 */
export function lambdaWorker({ region, endpoint, credentials }: TableAccess, worker: string): StartWork {
  const [name = '', qualifier = ''] = worker.split(':');
  const path = `/2015-03-31/functions/${name}/invocations?Qualifier=${qualifier}`;
  const url = new URL(endpoint);
  const sign = postSigner(credentials, region, 'lambda', path);
  const exchange = openExchange(url, limits, 'Lambda', path);

  /** What is to be said of the attempt, if it failed. */
  async function once(body: Buffer): Promise<TableFailure | undefined> {
    const headers = {
      host: url.host,
      'content-type': 'application/json',
      'content-length': String(body.length),
      'x-amz-invocation-type': 'Event',
    };
    try {
      const { status } = await exchange({ ...sign(headers, body, new Date(systemClock())), ...traceHeader() }, body);
      if (status === 202) return undefined;
      return new TableFailure('NotStarted', `Lambda answered ${status}.`, isPassing(status) ? 'later' : 'not');
    } catch (error) {
      if (error instanceof TableFailure) return error;
      throw error;
    }
  }

  return async (taskId) => {
    const body = Buffer.from(JSON.stringify({ task_id: taskId }));
    for (let attempt = 1; ; attempt += 1) {
      const failure = await once(body);
      if (!failure) return;
      if (failure.repetition === 'not' || attempt >= attempts) {
        const message = 'No worker could be started for this task, and nothing was sent. Try again later.';
        throw new GatewayError('unavailable', message, { cause: failure });
      }
      if (failure.repetition === 'later') await wait(Math.random() * pauseMs * 2 ** attempt);
    }
  };
}

function isPassing(status: number): boolean {
  return status >= 500 || status === 429;
}

/** Lambda tells a function its trace by a variable; the worker's part belongs to the same. No signature covers it. */
function traceHeader(): Record<string, string> {
  const trace = process.env._X_AMZN_TRACE_ID;
  return trace ? { 'x-amzn-trace-id': trace } : {};
}
