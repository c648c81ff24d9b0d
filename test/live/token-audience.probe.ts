import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { deployment, has, report } from './deployment.ts';
import { exchange, send } from './exchange.ts';

// Question 8: whether the identity provider names this gateway in the token when the client asks for it with the
// `resource` parameter (RFC 8707). For Amazon Cognito sources disagree. Get LIVE_TOKEN by such a request.

const claimsSchema = z.looseObject({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  exp: z.number(),
});
const payload = deployment.token.split('.')[1];
const claims = payload ? claimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))) : undefined;
const isCognito = claims?.iss.startsWith('https://cognito-idp.') ?? false;
const audiences = [claims?.aud ?? []].flat();

describe.skipIf(!has.token)('the token', () => {
  it('is of an issuer that the metadata names, and is accepted', async () => {
    const metadata = z
      .object({ resource: z.string(), authorization_servers: z.array(z.string()) })
      .parse(JSON.parse((await exchange({ path: '/.well-known/oauth-protected-resource/mcp' })).body));
    report(`8: ${claims?.iss} put these audiences into the token`, {
      aud: claims?.aud ?? 'none',
      resource: metadata.resource,
      is_bound: audiences.includes(metadata.resource),
    });
    expect(metadata.resource).toBe(`${deployment.url}/mcp`);
    expect(metadata.authorization_servers).toContain(claims?.iss);
    expect((await send('tools/list')).status).toBe(200);
  });

  it.skipIf(!isCognito)('of Cognito names the gateway and not only the app client', () => {
    expect(audiences).toContain(`${deployment.url}/mcp`);
  });
});
