import { expect, test } from 'vitest';
import { challenge } from '../../functions/auth/challenge.ts';

const resource_metadata = 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp';

test('points to the metadata and says no more to a client that presented nothing', () => {
  expect(challenge({ resource_metadata })).toBe(`Bearer resource_metadata="${resource_metadata}"`);
});

test('tells a client which scopes it needs', () => {
  expect(
    challenge({
      resource_metadata,
      error: 'insufficient_scope',
      description: 'This tool needs more.',
      scope: ['mcp:read', 'mcp:write'],
    }),
  ).toBe(
    `Bearer error="insufficient_scope", error_description="This tool needs more.", scope="mcp:read mcp:write", resource_metadata="${resource_metadata}"`,
  );
});

test.each([
  ['a quote', 'a", realm="b', "a', realm='b"],
  ['a backslash', 'a\\"b', "a?'b"],
  ['a line break', 'a\r\nSet-Cookie: b', 'a??Set-Cookie: b'],
  ['other alphabets', 'Zürich 界', 'Z?rich ?'],
])('keeps a description with %s inside its quotes and its line', (_what, description, written) => {
  expect(challenge({ resource_metadata, error: 'invalid_token', description })).toBe(
    `Bearer error="invalid_token", error_description="${written}", resource_metadata="${resource_metadata}"`,
  );
});

test('leaves out an empty list of scopes', () => {
  expect(challenge({ resource_metadata, scope: [] })).not.toContain('scope');
});
