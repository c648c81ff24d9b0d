import { request } from 'node:http';
import { systemClock } from '../../../functions/gateway/clock.ts';
import { readSettings } from '../../../functions/gateway/config.ts';
import { openState } from '../../../functions/gateway/deps.ts';
import { type FixtureGateway, fixtureGateway } from '../fixture-gateway.ts';

/** The fixtures as a function's environment has them. Work on tasks is begun by a request to `FIXTURE_WORKER_URL`. */
export async function openFixtures(env: NodeJS.ProcessEnv): Promise<FixtureGateway> {
  return fixtureGateway({
    publicUrl: readSettings('endpoint', env).GATEHOUSE_PUBLIC_URL,
    state: await openState(env, systemClock),
    start: (taskId) =>
      new Promise((resolve, reject) => {
        request(`${env.FIXTURE_WORKER_URL}/${taskId}`, { method: 'POST' }, (answer) => resolve(void answer.resume()))
          .on('error', reject)
          .end();
      }),
  });
}
