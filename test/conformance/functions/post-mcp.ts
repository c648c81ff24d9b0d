import { systemClock } from '../../../functions/gateway/clock.ts';
import { readSettings } from '../../../functions/gateway/config.ts';
import { openState, openTaskWorker } from '../../../functions/gateway/deps.ts';
import { streamingRoute } from '../../../functions/http/route.ts';
import { fixtureGateway } from '../fixture-gateway.ts';

const noWorker = () => Promise.reject(new Error('The environment names no worker on tasks.'));

const answer = fixtureGateway({
  publicUrl: readSettings('endpoint', process.env).GATEHOUSE_PUBLIC_URL,
  state: await openState(process.env, systemClock),
  start: openTaskWorker(process.env) ?? noWorker,
});

/** In place of the gateway's own, and of its `get-mcp`. */
export const handler = streamingRoute('post-mcp', answer);
