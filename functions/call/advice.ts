import type { SendFailure } from '../backends/send-result.ts';
import type { RiskLevel } from '../catalogue/types.ts';

const operator = 'tell the operator of the gateway';
const mayHaveActed = 'The call may have taken effect: check before repeating it.';

const adviceByKind: Record<SendFailure['kind'], string> = {
  invalid_arguments: 'Correct the argument that the message names and call again.',
  tool_misconfigured: `This tool cannot work as it is: ${operator}.`,
  credential_unavailable: `The gateway has no usable credential for this backend: ${operator}.`,
  backend_forbidden_address: `The backend’s address is not allowed: ${operator}.`,
  backend_unreachable: `Try again later; if it stays so, ${operator}.`,
  backend_timeout: `Try again later, or ask for less; if it stays so, ${operator}.`,
  cancelled: 'Call again if you want the result after all.',
  backend_redirect: `The backend’s base URL may be wrong or out of date: ${operator}.`,
  backend_reply_too_large: 'Ask for less: use the filters, fields or paging that the arguments offer.',
  backend_reply_unreadable: `The backend does not answer as it should: ${operator}.`,
};

/** What to do about a call that got no usable answer. */
export function adviseOnFailure({ kind, sent }: SendFailure, risk: RiskLevel): string {
  return sent && risk !== 'read' ? `${adviceByKind[kind]} ${mayHaveActed}` : adviceByKind[kind];
}

/** What to do about an answer with an error status. */
export function adviseOnStatus(status: number, retryAfter_s: number | undefined, risk: RiskLevel): string {
  const wait = retryAfter_s === undefined ? 'later' : `in ${retryAfter_s} seconds`;
  if (status >= 500) return risk === 'read' ? `Try again ${wait}.` : `Try again ${wait}. ${mayHaveActed}`;
  switch (status) {
    case 401:
    case 403:
      return `The backend refused the gateway’s credential or its permissions: other arguments will hardly help, so ${operator}.`;
    case 404:
    case 410:
      return 'Check the identifiers in the arguments, for example by listing or searching first.';
    case 409:
    case 412:
      return 'The state has changed or conflicts: read it again, then decide.';
    case 413:
      return 'Send less.';
    case 429:
      return `The backend limits the rate of calls. Try again ${wait}.`;
    default:
      return 'Correct the arguments after the backend’s message and call again.';
  }
}
