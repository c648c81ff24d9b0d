import { CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { environmentOf } from './environment.ts';
import type { Needs } from './needs.ts';
import { holdingsOf, statementsFor, wildcardsIn } from './permissions.ts';
import { RouteFunction } from './route-function.ts';
import type { Settings } from './settings.ts';
import type { StatefulStack } from './stateful-stack.ts';

/** The file in `functions/`, which is no route. */
export const firstAdminKeyFunction = 'setup/first-admin-key';

const needs: Needs = {
  sections: ['catalogue', 'ownSecrets'],
  may: ['keys:find', 'keys:add', 'pepper:read', 'first-admin-key:write'],
};

const timeout = Duration.minutes(1);

/** Issues the first API key during the first deployment, into its secret; later deployments leave it alone. */
export class FirstAdminKey extends Construct {
  constructor(scope: Construct, id: string, settings: Settings, stateful: StatefulStack, bundle: string) {
    super(scope, id);
    const holdings = holdingsOf(stateful);
    const { live } = new RouteFunction(this, 'Issuer', {
      name: firstAdminKeyFunction,
      bundle,
      environment: environmentOf(needs, settings, stateful),
      statements: statementsFor(needs.may, holdings),
      wildcards: wildcardsIn(needs.may, holdings),
      memoryMb: settings.memoryMb,
      timeoutMs: timeout.toMilliseconds(),
      reservedConcurrency: 0,
      refusesByError: false,
      provisionedConcurrency: 0,
      settings,
    });
    new CustomResource(this, 'Key', {
      resourceType: 'Custom::FirstAdminKey',
      serviceToken: live.functionArn,
      // CloudFormation would wait an hour for a function that cannot even start.
      serviceTimeout: timeout.plus(Duration.seconds(30)),
    });
  }
}
