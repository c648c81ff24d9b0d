import { ApiKey, Period, type SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** Administrators are few, and their requests are work for the catalogue. */
const administrators = { rateLimit: 20, burstLimit: 40 };

/** Under which key of API Gateway a request is counted, by the credential that it came with. */
export interface UsageKeys {
  token: string;
  key: string;
}

/**
 * The values of the keys. They are no credentials and no secrets: API Gateway takes them from the authorizer's answer and
 * from nowhere else. They have to be unique in account and region, as the gateway's name is.
 */
export function usageKeysOf({ name }: Pick<Settings, 'name'>): UsageKeys {
  return { token: `${name}-counts-its-mcp-clients`, key: `${name}-counts-its-administrators` };
}

/** Counts the requests of MCP clients and of administrators apart, and limits each. */
export class UsagePlans extends Construct {
  constructor(scope: Construct, id: string, api: SpecRestApi, settings: Settings) {
    super(scope, id);
    const values = usageKeysOf(settings);
    const count = (
      planId: string,
      value: string,
      limits: { rateLimit: number; burstLimit: number },
      quota?: number,
    ) => {
      const plan = api.addUsagePlan(planId, {
        throttle: limits,
        ...(quota !== undefined && { quota: { limit: quota, period: Period.MONTH } }),
        apiStages: [{ stage: api.deploymentStage }],
      });
      plan.addApiKey(new ApiKey(this, planId, { value, description: `Counts requests of ${planId}; no credential.` }));
    };
    const clients = { rateLimit: settings.throttleRate, burstLimit: settings.throttleBurst };
    count('Clients', values.token, clients, settings.monthlyQuota);
    count('Administrators', values.key, administrators);
  }
}
