import { systemClock } from '../../../functions/gateway/clock.ts';
import { openState } from '../../../functions/gateway/deps.ts';
import { wrapped } from '../../../functions/gateway/telemetry.ts';
import { fixtureWorker } from '../fixture-gateway.ts';

const work = fixtureWorker(await openState(process.env, systemClock));

/** In place of the gateway's own. */
export const handler = wrapped('run-task', ({ task_id }: { task_id: string }, context) =>
  work(task_id, Date.now() + context.getRemainingTimeInMillis()),
);
