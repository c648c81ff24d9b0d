import { GatewayError } from '../gateway/errors.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The hosts and browser origins that may address this gateway. */
export interface Admission {
  publicUrl: string;
  allowedOrigins: readonly string[];
}

/**
 * A check that refuses DNS rebinding: `Host` must be the gateway's own, and an `Origin`, which only browsers send, must
 * be allowed (MCP 2026-07-28, Streamable HTTP: servers MUST validate `Origin`). It throws `forbidden`.
 */
export function originCheck({ publicUrl, allowedOrigins }: Admission): (headers: Record<string, string>) => void {
  const own = new URL(publicUrl);
  const isLocal = loopback.has(own.hostname);
  const mayStandFor = (hostname: string | undefined) => isLocal && hostname !== undefined && loopback.has(hostname);
  const isOwn = (host: string) => {
    // As nearly every request has it; a URL is not worth reading for that.
    if (host === own.host) return true;
    const hostname = hostnameOf(`http://${host}`);
    return hostname === own.hostname || mayStandFor(hostname);
  };
  return ({ host = '', origin }) => {
    if (!isOwn(host)) {
      throw new GatewayError('forbidden', 'The Host header does not name this gateway.', { field: 'host' });
    }
    if (origin === undefined || origin === own.origin || allowedOrigins.includes(origin)) return;
    if (mayStandFor(hostnameOf(origin))) return;
    throw new GatewayError('forbidden', 'This Origin may not call the gateway.', { field: 'origin' });
  };
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
