import type { Environment, Section } from '../functions/gateway/config.ts';
import type { Needs } from './needs.ts';
import type { Settings } from './settings.ts';
import type { StatefulStack } from './stateful-stack.ts';
import { usageKeysOf } from './usage-plans.ts';

/** Every section with its variables. A variable that `functions/gateway/config.ts` asks for and this lacks does not compile. */
type Sections = { [S in Section]: Environment<S> };

/** Where clients reach the gateway while nobody has said it; no name below `.invalid` ever resolves (RFC 2606). */
const unknownUrl = 'https://unset.invalid';

/** Where clients reach the gateway, as far as the settings tell. */
export function publicUrlOf({ domainName, publicUrl }: Settings): string | undefined {
  return domainName === undefined ? publicUrl : `https://${domainName}`;
}

/** The variables of a function with these needs. `taskWorker` is the name of the function that works on tasks, with its alias. */
export function environmentOf({ sections }: Needs, settings: Settings, stateful: StatefulStack, taskWorker?: string) {
  const { tables, secrets } = stateful;
  const all: Sections = {
    catalogue: { GATEHOUSE_CATALOGUE_TABLE: tables.catalogue.tableName },
    audit: { GATEHOUSE_AUDIT_TABLE: tables.audit.tableName },
    state: { GATEHOUSE_STATE_TABLE: tables.state.tableName },
    credentials: { GATEHOUSE_CREDENTIALS: `secretsmanager:${secrets.credentialsPrefix}` },
    ownSecrets: { GATEHOUSE_OWN_SECRETS: `secretsmanager:${secrets.ownPrefix}` },
    identity: { GATEHOUSE_ISSUERS: JSON.stringify(settings.issuers) },
    metering: { GATEHOUSE_USAGE_KEYS: JSON.stringify(usageKeysOf(settings)) },
    policy: settings.rules ? { GATEHOUSE_RULES: JSON.stringify(settings.rules) } : {},
    endpoint: {
      GATEHOUSE_PUBLIC_URL: publicUrlOf(settings) ?? unknownUrl,
      GATEHOUSE_ALLOWED_ORIGINS: settings.allowedOrigins.join(','),
    },
    sessions: { GATEHOUSE_SESSIONS: settings.mcpSessions },
    tasks: taskWorker === undefined ? {} : { GATEHOUSE_TASK_WORKER: taskWorker },
    subscriptions: { GATEHOUSE_SUBSCRIPTIONS: settings.mcpSubscriptions ? 'on' : 'off' },
    listing: { GATEHOUSE_SEARCH_ABOVE: String(settings.searchAbove) },
    metadata: settings.scopes ? { GATEHOUSE_SCOPES: settings.scopes.join(',') } : {},
    egress: settings.backendHosts ? { GATEHOUSE_BACKEND_HOSTS: settings.backendHosts.join(',') } : {},
  };
  const variables: Record<string, string> = Object.assign({}, ...sections.map((section) => all[section]));
  return {
    ...variables,
    POWERTOOLS_LOG_LEVEL: settings.logLevel,
    GATEHOUSE_METRICS_NAMESPACE: settings.metricsNamespace,
    // Without __proto__, JSON from outside cannot swap an object's prototype.
    NODE_OPTIONS: '--enable-source-maps --disable-proto=delete',
  };
}
