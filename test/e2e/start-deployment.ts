import { inject } from 'vitest';
import { type Deployable, type DeployableOptions, startDeployable } from '../../local/deployable.ts';

/** Serves what this run of `npm run e2e` has synthesised. */
export function startDeployment(options: Partial<DeployableOptions> = {}): Promise<Deployable> {
  const deployment = inject('deployment');
  if (!deployment) throw new Error('These tests are run by npm run e2e, which synthesises a deployment for them.');
  return startDeployable({ ...deployment, report: () => {}, ...options });
}
