import { expect, test, vi } from 'vitest';
import { lambdaContext } from './authorizer-events.ts';

test('serves the metadata to anyone, browsers included', async () => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('GATEHOUSE_PUBLIC_URL', 'https://mcp.example.com');
  const issuers = [{ issuer: 'https://idp.example.com', jwks_uri: 'https://idp.example.com/jwks', audiences: ['a'] }];
  vi.stubEnv('GATEHOUSE_ISSUERS', JSON.stringify(issuers));
  vi.stubEnv('GATEHOUSE_SCOPES', 'https://mcp.example.com/mcp/mcp.tools, openid');
  const { handler } = await import('../../functions/get-protected-resource.ts');
  const event = {
    httpMethod: 'GET',
    path: '/.well-known/oauth-protected-resource/mcp',
    headers: {},
    requestContext: { requestId: 'r-1' },
  };
  const { statusCode, headers, body } = await handler(event, lambdaContext);
  expect(statusCode).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'public, max-age=300',
    'access-control-allow-origin': '*',
  });
  expect(JSON.parse(body)).toEqual({
    resource: 'https://mcp.example.com/mcp',
    resource_name: 'Gatehouse',
    authorization_servers: ['https://idp.example.com'],
    bearer_methods_supported: ['header'],
    scopes_supported: ['https://mcp.example.com/mcp/mcp.tools', 'openid'],
  });
});
