import { expect, test } from 'vitest';
import { resourceMetadata } from '../../functions/auth/resource-metadata.ts';

const publicUrl = 'https://mcp.example.com';

test('names the MCP endpoint as the resource and the issuers as its authorization servers', () => {
  const issuers = [{ issuer: 'https://idp.example.com' }, { issuer: 'https://login.example.org/tenant/v2.0' }];
  expect(resourceMetadata({ publicUrl, issuers })).toEqual({
    resource: 'https://mcp.example.com/mcp',
    resource_name: 'Gatehouse',
    authorization_servers: ['https://idp.example.com', 'https://login.example.org/tenant/v2.0'],
    bearer_methods_supported: ['header'],
  });
});

test('leaves out an issuer that clients could not find', () => {
  const issuers = [{ issuer: 'internal-signer' }, { issuer: 'http://127.0.0.1:4000' }];
  expect(resourceMetadata({ publicUrl, issuers }).authorization_servers).toEqual(['http://127.0.0.1:4000']);
});

test('names the scopes to ask for where there are any', () => {
  expect(resourceMetadata({ publicUrl, issuers: [], scopes: ['mcp'] }).scopes_supported).toEqual(['mcp']);
  expect(resourceMetadata({ publicUrl, issuers: [], scopes: [] })).not.toHaveProperty('scopes_supported');
});
