import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { CanaryDeployments } from './canary.ts';
import { readContract } from './contract.ts';
import { CustomDomain } from './custom-domain.ts';
import { GatewayDashboard } from './dashboard.ts';
import { FirstAdminKey, firstAdminKeyFunction } from './first-admin-key.ts';
import { GatewayApi } from './gateway-api.ts';
import { GatewayFunctions } from './gateway-functions.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { writeOutputs } from './outputs.ts';
import type { Settings } from './settings.ts';
import type { StatefulStack } from './stateful-stack.ts';
import { UsagePlans } from './usage-plans.ts';
import { WebFirewall } from './web-firewall.ts';

export interface GatewayStackProps extends StackProps {
  settings: Settings;
  stateful: StatefulStack;
  /** Directory of a function's bundle. */
  bundleOf: (functionName: string) => string;
}

/** Everything that a deployment may replace: the functions, the API before them, and what watches both. */
export class GatewayStack extends Stack {
  constructor(scope: Construct, id: string, { settings, stateful, bundleOf, ...props }: GatewayStackProps) {
    super(scope, id, props);
    const contract = readContract();

    const functions = new GatewayFunctions(this, 'Functions', contract, settings, stateful, bundleOf);
    const { api, accessLog, stageArn, defaultUrl } = new GatewayApi(this, 'Api', contract, functions, settings);
    const { domainName, metricsNamespace: namespace } = settings;
    const domain = domainName === undefined ? undefined : new CustomDomain(this, 'Domain', api, domainName, settings);
    new UsagePlans(this, 'UsagePlans', api, settings);
    if (settings.waf) new WebFirewall(this, 'Firewall', stageArn, settings);

    const { clientFunctions, taskWorker } = functions;
    const measured = { api, accessLog, clientFunctions, taskWorker, tables: stateful.tables, namespace };
    const metrics = new GatewayMetrics(this, 'Metrics', measured);
    const alarms = new Alarms(this, 'Alarms', metrics, settings);
    new GatewayDashboard(this, 'Dashboard', metrics, namespace);
    if (settings.canary) new CanaryDeployments(this, 'Canary', functions.all.values(), alarms);

    new FirstAdminKey(this, 'FirstAdminKey', settings, stateful, bundleOf(firstAdminKeyFunction));
    const firstAdminKeySecret = stateful.secrets.firstAdminKeyName;
    writeOutputs(this, settings, { defaultUrl, domainTarget: domain?.target, firstAdminKeySecret });
  }
}
