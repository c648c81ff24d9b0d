import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { deployment } from './deployment.ts';

export interface Outgoing {
  method?: string;
  /** Below the deployment's URL: `/mcp`. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Ends the connection so many milliseconds after the request was written. */
  leaveAfterMs?: number;
  /** The highest TLS version that is offered. */
  maxVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /** Who answers on the wire: the host that the certificate is checked for and that SNI names. */
  servername?: string;
}

export interface Answer {
  status: number;
  /** Names as they were spelled on the wire. */
  headers: [name: string, value: string][];
  body: string;
  /** Milliseconds from the first byte written to the end of the answer. */
  tookMs: number;
  tlsVersion: string | undefined;
}

/** Sends one request on a connection of its own, so that nothing is hidden by a client's cleverness. */
export function exchange(outgoing: Outgoing): Promise<Answer> {
  const { method = 'GET', path, headers = {}, body, leaveAfterMs, maxVersion, servername } = outgoing;
  const url = new URL(deployment.url + path);
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = open(url, {
      method,
      // The common rules of AWS WAF refuse requests that do not say what they come from.
      headers: {
        'user-agent': 'gatehouse-probe',
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
      agent: false,
      // A version that Node itself would refuse to offer must be offered to see it refused.
      ...(maxVersion === 'TLSv1.1' && { minVersion: 'TLSv1' as const, ciphers: 'DEFAULT@SECLEVEL=0' }),
      ...(maxVersion !== undefined && { maxVersion }),
      ...(servername !== undefined && { servername }),
    });
    request.setTimeout(60_000, () => request.destroy(new Error('No answer within 60 s.')));
    request.on('error', reject);
    request.on('response', async (response) => {
      try {
        const { socket } = response;
        const tlsVersion = 'getProtocol' in socket ? String((socket.getProtocol as () => unknown)()) : undefined;
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve({
          status: response.statusCode ?? 0,
          headers: pairs(response.rawHeaders),
          body: Buffer.concat(chunks).toString('utf8'),
          tookMs: performance.now() - started,
          tlsVersion,
        });
      } catch (error) {
        reject(error);
      }
    });
    request.end(body, () => {
      if (leaveAfterMs !== undefined) setTimeout(() => request.destroy(new Error('The probe left.')), leaveAfterMs);
    });
  });
}

function pairs(raw: string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] ?? '', raw[2 * at + 1] ?? '']);
}

/** The value of a header, whatever its case. */
export function headerOf({ headers }: Answer, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

const remapped = /^x-amzn-remapped-/i;

/** The function's headers that API Gateway has given another name. */
export function renamedHeaders({ headers }: Answer): string[] {
  return headers.map(([name]) => name).filter((name) => remapped.test(name));
}

const bearer = () => ({ authorization: `Bearer ${deployment.token}` });

/** One JSON-RPC request of revision 2026-07-28. */
export function send(
  method: string,
  params: Record<string, unknown> = {},
  options: Pick<Outgoing, 'headers' | 'leaveAfterMs'> = {},
) {
  const named: Record<string, string> = typeof params.name === 'string' ? { 'mcp-name': params.name } : {};
  return exchange({
    ...options,
    method: 'POST',
    path: '/mcp',
    headers: {
      ...bearer(),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...named,
      ...options.headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method,
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  });
}

/** A route that takes a bearer token. */
export function withToken(path: string, method = 'GET') {
  return exchange({ method, path, headers: bearer() });
}

/** A route that takes an API key. */
export function withKey(path: string) {
  return exchange({ path, headers: { 'x-api-key': deployment.adminKey } });
}
