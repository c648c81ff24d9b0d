import type { BackendAuth } from '../catalogue/types.ts';
import type { Credential } from './credentials.ts';
import { percentEncode } from './percent-encode.ts';
import type { OutgoingCall } from './prepare.ts';
import type { SendFailure } from './send-result.ts';

export type Attached = { ok: true; call: OutgoingCall } | SendFailure;

/**
 * Adds what the backend's `auth` mode asks for. Whatever the call had at that place, in any spelling, gives way:
 * no argument can stand in for the credential or beside it. A credential that is missing or of another mode's
 * shape is a `credential_unavailable` failure; its message never shows the secret.
 */
export function attachCredential(call: OutgoingCall, auth: BackendAuth, credential: Credential | undefined): Attached {
  if (auth.mode === 'none') return { ok: true, call };
  if (!credential) return unavailable(`The credential "${auth.credential}" does not exist.`);
  const secret = auth.mode === 'basic' ? basicSecret(credential) : plainSecret(credential);
  if (secret === undefined) {
    return unavailable(`The credential "${auth.credential}" is not one for the mode ${auth.mode}.`);
  }
  if (auth.mode === 'apiKey' && auth.in === 'query') return { ok: true, call: withQuery(call, auth.name, secret) };
  if (!/^[\x20-\x7e]+$/.test(secret)) {
    return unavailable(`The credential "${auth.credential}" has characters that an HTTP header cannot carry.`);
  }
  if (auth.mode === 'apiKey') return { ok: true, call: withHeader(call, auth.name, secret) };
  const scheme = auth.mode === 'basic' ? 'Basic' : 'Bearer';
  return { ok: true, call: withHeader(call, 'authorization', `${scheme} ${secret}`) };
}

function plainSecret(credential: Credential): string | undefined {
  return 'value' in credential && credential.value !== '' ? credential.value : undefined;
}

/** RFC 7617 section 2: UTF-8, and no colon in the user name. */
function basicSecret(credential: Credential): string | undefined {
  if (!('username' in credential) || credential.username.includes(':')) return undefined;
  return Buffer.from(`${credential.username}:${credential.password}`).toString('base64');
}

function withHeader(call: OutgoingCall, name: string, value: string): OutgoingCall {
  return { ...call, headers: { ...call.headers, [name.toLowerCase()]: value } };
}

function withQuery(call: OutgoingCall, name: string, value: string): OutgoingCall {
  const start = call.url.indexOf('?');
  const location = start < 0 ? call.url : call.url.slice(0, start);
  const query = start < 0 ? '' : call.url.slice(start + 1);
  const others = query.split('&').filter((pair) => pair !== '' && !names(pair, name));
  return { ...call, url: `${location}?${[...others, `${percentEncode(name)}=${percentEncode(value)}`].join('&')}` };
}

/** Many servers read names without case, and `key[]` or `key[a]` as another value of `key`. */
function names(pair: string, name: string): boolean {
  const [encoded = ''] = pair.split('=', 1);
  const read = decoded(encoded).toLowerCase();
  const reserved = name.toLowerCase();
  return read === reserved || read.startsWith(`${reserved}[`);
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function unavailable(message: string): SendFailure {
  return { ok: false, kind: 'credential_unavailable', message, sent: false };
}
