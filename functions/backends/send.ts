import { isAdmittedAddress } from './addresses.ts';
import { attempt, cancelled, type SendDeps, type SendLimits, type Target } from './attempt.ts';
import { systemResolve } from './guarded-lookup.ts';
import { outOfTime } from './patience.ts';
import type { OutgoingCall } from './prepare.ts';
import type { SendFailure, SendResult } from './send-result.ts';

export type { SendResult } from './send-result.ts';

/**
 * Sends a call and reads the whole answer within its limits. Redirects are not followed, compressed answers are
 * not asked for and not accepted (so no small answer can become a large one), cookies are not kept. A GET or HEAD
 * whose kept connection turns out to be closed is sent once more on a new one; nothing else is sent twice. Never
 * throws: what goes wrong on the network is a failure that says whether the backend may have acted.
 */
export async function sendCall(call: OutgoingCall, limits: SendLimits, deps: SendDeps): Promise<SendResult> {
  const target = readTarget(call.url, deps.allowLocal);
  if (!target) return forbidden;
  if (limits.cancelled?.aborted) return { ok: false, ...cancelled, sent: false };
  if (limits.deadline <= deps.clock()) return { ok: false, kind: 'backend_timeout', message: outOfTime, sent: false };
  const repeatable = call.method === 'GET' || call.method === 'HEAD';
  const exchange = { call, target, limits, deps: { resolve: systemResolve, ...deps }, repeatable };
  const first = await attempt(exchange, { freshConnection: false });
  if (!first.lostUnseen || !repeatable) return first.result;
  return (await attempt(exchange, { freshConnection: true })).result;
}

const forbidden: SendFailure = {
  ok: false,
  kind: 'backend_forbidden_address',
  message: 'The backend’s URL is not one that the gateway may call: it must be https and lead to a public address.',
  sent: false,
};

function readTarget(text: string, allowLocal: boolean): Target | undefined {
  const url = URL.parse(text);
  if (url?.username !== '' || url.password !== '') return undefined;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowLocal)) return undefined;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is connected to without a lookup, so it is judged here.
  const isLiteral = process.getBuiltinModule('node:net').isIP(hostname) !== 0;
  if (isLiteral && !isAdmittedAddress(hostname, allowLocal)) return undefined;
  return { scheme: url.protocol, hostname, port: url.port, path: url.pathname + url.search };
}
