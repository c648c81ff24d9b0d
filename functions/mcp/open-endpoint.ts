import { trustedCatalogue } from '../catalogue/trusted.ts';
import { systemClock } from '../gateway/clock.ts';
import { readSettings } from '../gateway/config.ts';
import { openAudit, openCatalogue, openCredentials, openState } from '../gateway/deps.ts';
import { countToolExecution, logger } from '../gateway/telemetry.ts';
import { version } from '../gateway/version.ts';
import { decide } from '../policy/decide.ts';
import { rulesOf } from '../policy/rules.ts';
import { catalogueTools } from './catalogue-tools.ts';
import { type McpEndpoint, mcpEndpoint } from './endpoint.ts';
import { withSearch } from './search-tools.ts';

/** `/mcp` with the catalogue's tools, as the environment has it. Throws `internal` for settings that are wrong. */
export async function openMcpEndpoint(env: NodeJS.ProcessEnv): Promise<McpEndpoint> {
  const isStateless = readSettings('sessions', env).GATEHOUSE_SESSIONS === 'stateless';
  const [catalogue, audit, state] = await Promise.all([
    openCatalogue(env),
    openAudit(env),
    isStateless ? undefined : openState(env, systemClock),
  ]);
  const rules = rulesOf(readSettings('policy', env));
  const trusted = trustedCatalogue(catalogue, systemClock);
  const tools = catalogueTools({
    catalogue: trusted,
    rules,
    audit,
    credentials: openCredentials(env),
    allowLocal: readSettings('egress', env).GATEHOUSE_ALLOW_LOCAL_BACKENDS,
    clock: systemClock,
    observer: {
      executed: countToolExecution,
      outcomeLost: (callId, cause) => logger.error('outcome_not_recorded', { call_id: callId, error: cause as Error }),
    },
  });
  return mcpEndpoint({
    url: `${readSettings('endpoint', env).GATEHOUSE_PUBLIC_URL}/mcp`,
    face: { name: 'gatehouse', title: 'Gatehouse', version },
    room: withSearch(tools, {
      snapshot: trusted.snapshot,
      may: ({ principal }, tool) => decide(principal, tool, rules).allow,
      above: readSettings('listing', env).GATEHOUSE_SEARCH_ABOVE,
    }),
    failed: (error) => logger.warn('protocol_fault', { error }),
    ...(state && { sessions: { state, clock: systemClock } }),
  });
}
