import { GatewayError } from '../gateway/errors.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The hosts and browser origins that may address this gateway. */
export interface Admission {
  publicUrl: string;
  allowedOrigins: readonly string[];
}

/**
 * Refuses DNS rebinding: `Host` must be the gateway's own, and an `Origin`, which only browsers send, must be
 * allowed (MCP 2026-07-28, Streamable HTTP: servers MUST validate `Origin`). Throws `forbidden`.
 */
export function checkOrigin(headers: Record<string, string>, { publicUrl, allowedOrigins }: Admission): void {
  const own = new URL(publicUrl);
  const isLocal = loopback.has(own.hostname);
  const host = hostnameOf(`http://${headers.host ?? ''}`);
  if (host !== own.hostname && !(isLocal && host !== undefined && loopback.has(host))) {
    throw new GatewayError('forbidden', 'The Host header does not name this gateway.', { field: 'host' });
  }
  const { origin } = headers;
  if (origin === undefined || origin === own.origin || allowedOrigins.includes(origin)) return;
  const originHost = hostnameOf(origin);
  if (isLocal && originHost !== undefined && loopback.has(originHost)) return;
  throw new GatewayError('forbidden', 'This Origin may not call the gateway.', { field: 'origin' });
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
