import type { Backend, Tool } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { version } from '../gateway/version.ts';
import { attachCredential } from './attach.ts';
import type { SendDeps } from './attempt.ts';
import type { Credential, CredentialStore } from './credentials.ts';
import { type OutgoingCall, prepareCall } from './prepare.ts';
import { sendCall } from './send.ts';
import type { SendFailure, SendFailureKind, SendResult } from './send-result.ts';

export interface BackendCall {
  tool: Tool;
  backend: Backend;
  /** Already validated against the tool's schema. */
  args: Record<string, unknown>;
  /** Names the call in the backend's own log. */
  correlationId: string;
  /** Epoch milliseconds. */
  deadline: number;
  /** Aborts when nobody wants the answer any more. */
  cancelled?: AbortSignal | undefined;
}

export interface BackendDeps extends SendDeps {
  credentials: CredentialStore;
}

/**
 * Carries a call out over HTTP: prepares the request, attaches the backend's credential, adds the gateway's own
 * headers and sends. Every outcome is a value, also arguments that cannot be sent and a credential that cannot be
 * had; nothing has left the gateway unless the result says `sent`.
 */
export async function callBackend(request: BackendCall, deps: BackendDeps): Promise<SendResult> {
  const { tool, backend, deadline, cancelled } = request;
  const prepared = prepare(request);
  if ('ok' in prepared) return prepared;
  const credential = await readCredential(backend, deps.credentials);
  if (credential && 'ok' in credential) return credential;
  const attached = attachCredential(prepared, backend.auth, credential);
  if (!attached.ok) return attached;
  const headers = {
    accept: 'application/json, text/*;q=0.9, */*;q=0.8',
    'user-agent': `gatehouse/${version}`,
    ...attached.call.headers,
    'x-correlation-id': request.correlationId,
    'x-mcp-tool-name': tool.name,
    'x-mcp-risk-level': tool.risk_level,
  };
  const { connect_timeout_ms, read_timeout_ms, max_response_bytes } = backend;
  const limits = { connect_timeout_ms, read_timeout_ms, max_response_bytes, deadline, cancelled };
  return sendCall({ ...attached.call, headers }, limits, deps);
}

function prepare({ tool, backend, args }: BackendCall): OutgoingCall | SendFailure {
  try {
    return prepareCall(tool.binding, backend, args);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return failure(error.code === 'invalid' ? 'invalid_arguments' : 'tool_misconfigured', error.message);
  }
}

async function readCredential(
  { auth }: Backend,
  credentials: CredentialStore,
): Promise<Credential | undefined | SendFailure> {
  if (auth.mode === 'none') return undefined;
  try {
    return await credentials.read(auth.credential);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return failure('credential_unavailable', `The credential "${auth.credential}" could not be read.`);
  }
}

function failure(kind: SendFailureKind, message: string): SendFailure {
  return { ok: false, kind, message, sent: false };
}
