import { readSettings } from './gateway/config.ts';
import { originCheck } from './http/origin.ts';
import { requirePrincipal, streamingRoute } from './http/route.ts';
import { openMcpEndpoint } from './mcp/open-endpoint.ts';

const { GATEHOUSE_PUBLIC_URL, GATEHOUSE_ALLOWED_ORIGINS } = readSettings('endpoint', process.env);
const checkOrigin = originCheck({ publicUrl: GATEHOUSE_PUBLIC_URL, allowedOrigins: GATEHOUSE_ALLOWED_ORIGINS });
const endpoint = await openMcpEndpoint(process.env);

/**
 * Resumes the stream of a POST that broke off. Where the instance that carried it is gone, this one goes on in its
 * place, so it has everything that `post-mcp` has. Where clients are told of changes, it opens the stream for that.
 */
export const handler = streamingRoute('get-mcp', (request) => {
  checkOrigin(request.headers);
  requirePrincipal(request, 'token');
  return endpoint.get(request);
});
