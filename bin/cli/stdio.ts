import { parseArgs } from 'node:util';
import { serveStdio } from './stdio/serve-stdio.ts';

const usage = `node bin/cli.ts stdio --url URL

An MCP server on stdin and stdout that forwards to a deployed gateway, for clients that speak nothing else.

  --url URL        the gateway's endpoint, for example https://mcp.example.com/mcp
  --token TOKEN    the user's access token; better given as GATEHOUSE_TOKEN, because other users of the machine can see
                   arguments
`;

/** `stdio`: serves until stdin ends. Gives 2 for wrong arguments. */
export async function stdioCommand(args: string[]): Promise<number> {
  const options = optionsIn(args);
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  await serveStdio(options.url, options.token);
  return 0;
}

type Options = { help: true } | { help: false; url: URL; token: string };

/** What was asked for, or what is wrong with it. */
function optionsIn(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: { url: { type: 'string' }, token: { type: 'string' }, help: { type: 'boolean', default: false } },
    });
    if (values.help) return { help: true };
    const url = endpointIn(values.url);
    if (typeof url === 'string') return url;
    const token = (values.token ?? process.env.GATEHOUSE_TOKEN ?? '').trim();
    if (token === '') return 'There is no token: set GATEHOUSE_TOKEN.';
    // Named here, because whoever refuses it later shows it.
    if (!/^[\x21-\x7e]+$/.test(token)) return 'The token has characters that no token has, such as spaces.';
    return { help: false, url, token };
  } catch (error) {
    return (error as Error).message;
  }
}

function endpointIn(text: string | undefined): URL | string {
  if (text === undefined) return '--url is missing.';
  const url = URL.parse(text);
  if (!url || !['https:', 'http:'].includes(url.protocol)) return '--url must be an address that begins with https://.';
  if (url.username !== '' || url.password !== '') return '--url must not have a user name or password.';
  const isLoopback = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  // The token would be there to read for everyone on the way.
  if (url.protocol === 'http:' && !isLoopback) return '--url must begin with https://, but on this machine itself.';
  return url;
}
