import { resourceMetadata } from './auth/resource-metadata.ts';
import { readSettings } from './gateway/config.ts';
import { jsonAnswer } from './http/answer.ts';
import { route } from './http/route.ts';

const metadata = resourceMetadata({
  publicUrl: readSettings('endpoint', process.env).GATEHOUSE_PUBLIC_URL,
  issuers: readSettings('identity', process.env).GATEHOUSE_ISSUERS,
  scopes: readSettings('metadata', process.env).GATEHOUSE_SCOPES ?? [],
});

/** RFC 9728: public, and readable by the scripts of any page, since MCP clients also run in browsers. */
export const handler = route('get-protected-resource', () =>
  jsonAnswer(metadata, 200, { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' }),
);
