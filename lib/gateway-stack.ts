import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { authorizersOf, operationsOf, readContract } from './contract.ts';
import { environmentOf } from './environment.ts';
import { GatewayApi } from './gateway-api.ts';
import { type FunctionName, functionsOf, needsOf } from './needs.ts';
import { statementsFor, wildcardsIn } from './permissions.ts';
import { RouteFunction } from './route-function.ts';
import type { Settings } from './settings.ts';
import type { StatefulStack } from './stateful-stack.ts';

export interface GatewayStackProps extends StackProps {
  settings: Settings;
  stateful: StatefulStack;
  /** Directory of a function's bundle. */
  bundleOf: (functionName: string) => string;
}

/** Everything that a deployment may replace: API, functions, alarms. */
export class GatewayStack extends Stack {
  constructor(scope: Construct, id: string, { settings, stateful, bundleOf, ...props }: GatewayStackProps) {
    super(scope, id, props);
    const contract = readContract();
    const operations = operationsOf(contract);
    const holdings = {
      catalogue: stateful.tables.catalogue,
      audit: stateful.tables.audit,
      key: stateful.key,
      ownSecrets: stateful.secrets.ownPrefix,
      credentials: stateful.secrets.credentialsPrefix,
    };
    const authorizers = Object.values(authorizersOf(contract));
    const functions = Object.fromEntries(
      functionsOf(contract).map((name) => {
        const own = operations.filter(({ functionName }) => functionName === name);
        const isAdmin = own.some(({ scheme }) => scheme === 'admin_key');
        const { lambda } = new RouteFunction(this, name, {
          name,
          bundle: bundleOf(name),
          environment: environmentOf(needsOf(name), settings, stateful),
          statements: statementsFor(needsOf(name).may, holdings),
          wildcards: wildcardsIn(needsOf(name).may, holdings),
          memoryMb: name === 'put-spec' ? settings.importMemoryMb : settings.memoryMb,
          timeoutMs: Math.max(0, ...own.map(({ timeoutMs }) => timeoutMs)) || 8_000,
          reservedConcurrency: authorizers.includes(name)
            ? settings.authorizerConcurrency
            : isAdmin
              ? settings.adminConcurrency
              : 0,
          settings,
        });
        return [name, lambda.addAlias('live')];
      }),
    ) as Record<FunctionName, Alias>;
    new GatewayApi(this, 'GatewayApi', contract, functions, settings);
  }
}
