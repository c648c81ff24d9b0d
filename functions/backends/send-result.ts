/** A whole answer, whatever its status. */
export interface BackendReply {
  status: number;
  /** Lower-case names; without `set-cookie`. */
  headers: Record<string, string>;
  body: Uint8Array;
  duration_ms: number;
}

export type SendFailureKind =
  | 'invalid_arguments'
  | 'tool_misconfigured'
  | 'credential_unavailable'
  | 'backend_forbidden_address'
  | 'backend_unreachable'
  | 'backend_timeout'
  | 'cancelled'
  | 'backend_redirect'
  | 'backend_reply_too_large'
  | 'backend_reply_unreadable';

export interface SendFailure {
  ok: false;
  kind: SendFailureKind;
  /** A sentence that is safe to send. */
  message: string;
  /** Whether the request may have reached the backend, and so may have taken effect. */
  sent: boolean;
}

export type SendResult = { ok: true; reply: BackendReply } | SendFailure;
