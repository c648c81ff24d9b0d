import type { IncomingMessage } from 'node:http';
import type { BackendReply, SendFailure } from './send-result.ts';

export interface ReadingRules {
  method: string;
  maxBytes: number;
  /** Called for the head and for each piece of the body. */
  progressed: () => void;
}

export type Reading =
  | { ok: true; reply: Omit<BackendReply, 'duration_ms'> }
  | { ok: false; kind: SendFailure['kind']; message: string };

/**
 * Reads an answer to its end, or until it proves to be one that the gateway does not accept: then nothing more is
 * read and the caller must give up the connection. Never rejects.
 */
export function readReply(incoming: IncomingMessage, rules: ReadingRules): Promise<Reading> {
  rules.progressed();
  const status = incoming.statusCode ?? 0;
  const refusal = refuse(incoming, status, rules);
  if (refusal) return Promise.resolve(refusal);
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    incoming.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size > rules.maxBytes) {
        incoming.pause();
        resolve(tooLarge(rules.maxBytes));
        return;
      }
      chunks.push(chunk);
      rules.progressed();
    });
    incoming.on('end', () => {
      const body = chunks.length === 1 ? (chunks[0] ?? new Uint8Array()) : Buffer.concat(chunks);
      resolve({ ok: true, reply: { status, headers: plainHeaders(incoming), body } });
    });
    const cut = () => resolve(unreadable('The backend’s answer was cut off before its end.'));
    incoming.on('error', cut);
    incoming.on('close', cut);
  });
}

/** What the head alone tells. */
function refuse(incoming: IncomingMessage, status: number, { method, maxBytes }: ReadingRules): Reading | undefined {
  const { headers } = incoming;
  if (status >= 300 && status < 400) return redirected(status, headers.location);
  const hasBody = method !== 'HEAD' && status !== 204 && headers['content-length'] !== '0';
  if (!hasBody) return undefined;
  // Compression was not asked for. Unpacking it anyway would let a small answer fill the memory.
  const encodings = `${headers['content-encoding'] ?? ''},${headers['transfer-encoding'] ?? ''}`.toLowerCase();
  const encoding = encodings.split(',').find((name) => !plainEncodings.has(name.trim()));
  if (encoding !== undefined) {
    return unreadable(
      `The backend’s answer is encoded as "${encoding.trim().slice(0, 20)}" although the request excludes that.`,
    );
  }
  return Number(headers['content-length'] ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined;
}

const plainEncodings = new Set(['', 'identity', 'chunked']);

function redirected(status: number, location: string | undefined): Reading {
  const target = location === undefined ? null : URL.parse(location, 'https://same-host.invalid');
  // The query may hold what is only meant for the browser.
  const place = target ? ` to ${target.host === 'same-host.invalid' ? '' : target.origin}${target.pathname}` : '';
  const message = `The backend redirected the call (${status})${place.slice(0, 300)}. Redirects are not followed.`;
  return { ok: false, kind: 'backend_redirect', message };
}

function tooLarge(maxBytes: number): Reading {
  const message = `The backend’s answer is larger than the ${maxBytes} bytes that this backend is allowed.`;
  return { ok: false, kind: 'backend_reply_too_large', message };
}

function unreadable(message: string): Reading {
  return { ok: false, kind: 'backend_reply_unreadable', message };
}

/** Only `set-cookie` has a list of values, and cookies of a backend are nobody's. */
function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
