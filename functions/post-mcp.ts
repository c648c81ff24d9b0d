import { readSettings } from './gateway/config.ts';
import { openTaskWorker } from './gateway/deps.ts';
import { readJson } from './http/json-body.ts';
import { originCheck } from './http/origin.ts';
import { requirePrincipal, streamingRoute } from './http/route.ts';
import { openMcpEndpoint } from './mcp/open-endpoint.ts';

const { GATEHOUSE_PUBLIC_URL, GATEHOUSE_ALLOWED_ORIGINS } = readSettings('endpoint', process.env);
const checkOrigin = originCheck({ publicUrl: GATEHOUSE_PUBLIC_URL, allowedOrigins: GATEHOUSE_ALLOWED_ORIGINS });
const endpoint = await openMcpEndpoint(process.env, openTaskWorker(process.env));

/** Larger messages are refused: tool arguments are not a place for files. */
const maxMessageBytes = 1_048_576;

export const handler = streamingRoute('post-mcp', (request) => {
  checkOrigin(request.headers);
  requirePrincipal(request, 'token');
  return endpoint.post(request, readJson(request, maxMessageBytes));
});
