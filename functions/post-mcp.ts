import { trustedCatalogue } from './catalogue/trusted.ts';
import { systemClock } from './gateway/clock.ts';
import { readSettings } from './gateway/config.ts';
import { openAudit, openCatalogue, openCredentials } from './gateway/deps.ts';
import { countToolExecution, logger } from './gateway/telemetry.ts';
import { version } from './gateway/version.ts';
import { readJson } from './http/json-body.ts';
import { checkOrigin } from './http/origin.ts';
import { requirePrincipal, streamingRoute } from './http/route.ts';
import { catalogueTools } from './mcp/catalogue-tools.ts';
import { mcpEndpoint } from './mcp/endpoint.ts';
import { rulesOf } from './policy/rules.ts';

const { env } = process;
const { GATEHOUSE_PUBLIC_URL, GATEHOUSE_ALLOWED_ORIGINS } = readSettings('endpoint', env);
const [catalogue, audit] = await Promise.all([openCatalogue(env), openAudit(env)]);

const tools = catalogueTools({
  catalogue: trustedCatalogue(catalogue, systemClock),
  rules: rulesOf(readSettings('policy', env)),
  audit,
  credentials: openCredentials(env),
  allowLocal: readSettings('egress', env).GATEHOUSE_ALLOW_LOCAL_BACKENDS,
  clock: systemClock,
  observer: {
    executed: countToolExecution,
    outcomeLost: (callId, cause) => logger.error('outcome_not_recorded', { call_id: callId, error: cause as Error }),
  },
});

const { post } = mcpEndpoint({
  url: `${GATEHOUSE_PUBLIC_URL}/mcp`,
  face: { name: 'gatehouse', title: 'Gatehouse', version },
  room: tools,
  failed: (error) => logger.warn('protocol_fault', { error }),
});

/** Larger messages are refused: tool arguments are not a place for files. */
const maxMessageBytes = 1_048_576;

export const handler = streamingRoute('post-mcp', (request) => {
  checkOrigin(request.headers, { publicUrl: GATEHOUSE_PUBLIC_URL, allowedOrigins: GATEHOUSE_ALLOWED_ORIGINS });
  requirePrincipal(request, 'token');
  return post(request, readJson(request, maxMessageBytes));
});
