import { ForbiddenAddressError } from './guarded-lookup.ts';
import type { SendFailure } from './send-result.ts';

/**
 * What a fault of the network means to the caller. Messages carry the fault's code and never its text, which may
 * name addresses inside the gateway's network.
 */
export function explainFault(error: Error, sent: boolean): SendFailure {
  const code = codeOf(error);
  if (error instanceof ForbiddenAddressError) {
    const message = 'The backend’s host name leads to an address that the gateway may not call.';
    return { ok: false, kind: 'backend_forbidden_address', message, sent };
  }
  if (code.startsWith('HPE_')) {
    const message = `The backend’s answer is not valid HTTP (${code}).`;
    return { ok: false, kind: 'backend_reply_unreadable', message, sent };
  }
  return { ok: false, kind: 'backend_unreachable', message: reasonFor(code, sent), sent };
}

/** The other side ended the connection. */
export function isReset(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function reasonFor(code: string, sent: boolean): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `The backend’s host name could not be resolved (${code}).`;
  if (code === 'ECONNREFUSED') return 'The backend refused the connection.';
  if (/CERT|SIGNATURE|ISSUER|TLS|SSL|EPROTO/.test(code)) {
    return `The gateway could not agree on TLS with the backend (${code}).`;
  }
  const what = sent ? 'The connection to the backend was lost before it answered' : 'The backend could not be reached';
  return code === '' ? `${what}.` : `${what} (${code}).`;
}

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : '';
}
