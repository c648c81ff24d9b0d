import { hash, randomUUID } from 'node:crypto';
import type { AuditLog } from '../audit/log.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { SendResult } from '../backends/send.ts';
import { canonicalJson } from '../catalogue/canonical-json.ts';
import type { Clock } from '../gateway/clock.ts';
import type { ToolCall } from './call-tool.ts';
import type { ExaminedCall } from './examine-call.ts';
import type { ShapedReply } from './shape.ts';

/** What is known about a call once it is decided. */
type Decided = Pick<ExaminedCall<Omit<ToolCall, 'consent'>>, 'call' | 'tool' | 'backend' | 'revision' | 'decision'>;

/** A call that was sent, as metrics count it. */
export interface Execution {
  risk_level: string;
  result: 'ok' | 'error';
}

/** The audit records of one call. */
export interface Trail {
  callId: string;
  /** Writes the one record of a call that goes no further. Throws `unavailable` when it cannot be kept. */
  refuse(reason: string): Promise<void>;
  /** Records the intent: at once if it must be durable, else in the same request as the outcome. */
  intend(options: { durable: boolean; withConsent: boolean }): Promise<void>;
  /**
   * Records the outcome. A call that changed something is answered even if this fails, because its intent is kept
   * and hiding its result would make the client repeat it; a read whose record cannot be kept throws `unavailable`.
   */
  conclude(result: SendResult, answer: ShapedReply): Promise<void>;
}

/** Told what the log or the metrics should know beside the audit records. */
export interface CallObserver {
  executed(execution: Execution): void;
  /** The outcome of a call whose intent is durable could not be recorded. */
  outcomeLost(callId: string, cause: unknown): void;
}

export interface TrailDeps {
  audit: AuditLog;
  clock: Clock;
  observer: CallObserver;
}

/** Opens the trail of a decided call. Records carry a digest of the arguments, never the arguments. */
export function openTrail({ call, tool, backend, revision, decision }: Decided, deps: TrailDeps): Trail {
  const callId = randomUUID();
  const started = deps.clock();
  const common = {
    call_id: callId,
    request_id: call.requestId,
    ...(call.taskId !== undefined && { task_id: call.taskId }),
    subject: call.principal.subject,
    issuer: call.principal.issuer,
    ...(call.principal.client_id !== undefined && { client_id: call.principal.client_id }),
    roles: call.principal.roles,
    // A name that no tool can have is kept only as far as a name may reach.
    tool: call.name.slice(0, 64),
    ...(tool && { risk_level: tool.risk_level, content_hash: tool.content_hash }),
    revision,
    ...(backend && { backend: backend.name, auth_mode: backend.auth.mode }),
    arguments_hash: digest(call.arguments),
  };
  const record = (kind: AuditRecord['kind'], detail: Partial<AuditRecord> & { decision: string }): AuditRecord => ({
    ...common,
    kind,
    at: new Date(deps.clock()).toISOString(),
    ...detail,
  });
  const allowedBy = decision.allow ? decision.rule : decision.reason;
  const waiting: AuditRecord[] = [];

  return {
    callId,
    refuse: (reason) => deps.audit.append([record('refusal', { decision: reason })]),
    intend: async ({ durable, withConsent }) => {
      const intent = record('intent', { decision: allowedBy, ...(withConsent && { user_consent: true }) });
      if (durable) await deps.audit.append([intent]);
      else waiting.push(intent);
    },
    conclude: async (result, answer) => {
      const duration_ms = deps.clock() - started;
      const outcome = answer.is_error ? ('error' as const) : ('ok' as const);
      deps.observer.executed({ risk_level: tool?.risk_level ?? 'read', result: outcome });
      const final = record('outcome', {
        decision: allowedBy,
        result: outcome,
        ...(answer.kind !== undefined && { error_kind: answer.kind }),
        ...(result.ok && { backend_status: result.reply.status }),
        duration_ms,
      });
      try {
        await deps.audit.append([...waiting, final]);
      } catch (cause) {
        if (waiting.length > 0) throw cause;
        deps.observer.outcomeLost(callId, cause);
      }
    },
  };
}

function digest(value: unknown): string {
  return `sha256:${hash('sha256', canonicalJson(value))}`;
}
