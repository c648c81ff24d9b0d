import { toAuthorizerContext } from '../functions/auth/context.ts';
import { adminScopes, type Principal } from '../functions/auth/principal.ts';

const revision = '2026-07-28';

const operator: Principal = {
  kind: 'token',
  subject: 'bench',
  issuer: 'bench',
  roles: ['operator'],
  groups: [],
  scopes: [],
};

const administrator: Principal = { ...operator, kind: 'key', scopes: [...adminScopes] };

/** A v1 proxy event as API Gateway sends it after the authorizer. */
export function proxyEvent(
  method: string,
  url: string,
  options: Partial<{ parameters: Record<string, string>; headers: Record<string, string>; body: string }> = {},
) {
  const { pathname, searchParams, host } = new URL(url);
  const principal = pathname.startsWith('/admin/') ? administrator : operator;
  const headers = {
    host,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...options.headers,
  };
  return {
    resource: pathname,
    path: pathname,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: searchParams.size > 0 ? Object.fromEntries(searchParams) : null,
    pathParameters: options.parameters ?? null,
    body: options.body ?? null,
    isBase64Encoded: false,
    requestContext: { requestId: 'bench', resourcePath: pathname, authorizer: toAuthorizerContext(principal) },
  };
}

/** Headers and body of a request of the 2026-07-28 revision. */
export function modernMessage(method: string, params: Record<string, unknown> = {}) {
  const name = typeof params.name === 'string' ? { 'mcp-name': params.name } : {};
  return {
    headers: { 'mcp-protocol-version': revision, 'mcp-method': method, ...name },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': revision,
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  };
}
