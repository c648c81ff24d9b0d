import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { GatewayError } from '../gateway/errors.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** How long and how much `getJson` reads. */
interface Bounds {
  /** Milliseconds for the whole exchange. */
  deadline: number;
  /** Bytes of the body. */
  limit: number;
}

/** An issuer that is slower counts as down; a set of a hundred keys with certificates stays below 300 KB. */
const usualBounds: Bounds = { deadline: 3_000, limit: 512 * 1024 };

/**
 * Parses an address that the gateway may read its keys from: https, or plain http on loopback only, since whoever
 * can change the answer can sign tokens. Throws `internal`, because only an operator can mend it.
 */
export function parseKeyAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.has(url.hostname));
  if (url && isSafe && !url.username && !url.password) return url;
  throw new GatewayError('internal', 'jwks_uri must be an https URL without credentials (http only on loopback).', {
    field: 'jwks_uri',
  });
}

/**
 * Reads a JSON document over HTTP. Throws `unavailable` for anything but a complete 200 answer with JSON in UTF-8
 * within the bounds. Redirects are not followed: they would let the answering host name another one.
 */
export async function getJson(address: string, bounds = usualBounds): Promise<unknown> {
  const url = parseKeyAddress(address);
  // As an object and on first use: `import` would read every export, which loads Node's fetch stack.
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const text = await exchange((options) => request(url, options), bounds);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw unavailable('is not JSON', cause);
  }
}

function exchange(open: (options: RequestOptions) => ClientRequest, bounds: Bounds): Promise<string> {
  return new Promise((resolve, reject) => {
    // A connection of its own: minutes pass between two reads, and a frozen function would find a kept one dead.
    const options = { agent: false, headers: { accept: 'application/json', 'accept-encoding': 'identity' } };
    const outgoing = open(options);
    const timer = setTimeout(() => fail(unavailable('took too long')), bounds.deadline);
    const fail = (error: GatewayError) => {
      clearTimeout(timer);
      outgoing.destroy();
      reject(error);
    };
    outgoing.on('error', (cause) => fail(unavailable('could not be reached', cause)));
    outgoing.on('response', (incoming) => {
      readText(incoming, bounds.limit).then((text) => {
        clearTimeout(timer);
        resolve(text);
      }, fail);
    });
    outgoing.end();
  });
}

async function readText(incoming: IncomingMessage, limit: number): Promise<string> {
  if (incoming.statusCode !== 200) throw unavailable(`answered ${incoming.statusCode}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > limit) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw unavailable('broke off its answer', cause);
  }
  if (size > limit) throw unavailable('is too large');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw unavailable('is not UTF-8', cause);
  }
}

function unavailable(problem: string, cause?: unknown): GatewayError {
  return new GatewayError('unavailable', `The issuer's key set ${problem}.`, { cause });
}
