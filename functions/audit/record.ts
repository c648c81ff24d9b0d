import * as z from 'zod/mini';

/**
 * One line of the audit log. A call writes an `intent` before and an `outcome` after; a refusal writes one
 * `refusal`. Arguments and replies are never here, only what identifies and explains the call.
 */
export const auditRecordSchema = z.object({
  /** The call's id; intent and outcome share it. */
  call_id: z.string(),
  kind: z.enum(['intent', 'outcome', 'refusal']),
  /** ISO 8601, UTC, milliseconds. */
  at: z.string(),
  request_id: z.string(),
  /** The task that the call is the work of; `request_id` is then that of the request that began the task. */
  task_id: z.optional(z.string()),
  subject: z.string(),
  issuer: z.string(),
  client_id: z.optional(z.string()),
  roles: z.array(z.string()),
  tool: z.string(),
  /** Absent when the tool is unknown. */
  risk_level: z.optional(z.string()),
  content_hash: z.optional(z.string()),
  revision: z.number(),
  backend: z.optional(z.string()),
  auth_mode: z.optional(z.string()),
  /** The rule that allowed, or the reason that refused. */
  decision: z.string(),
  /** Intent only: whoever uses the client was shown this very call, and consented. */
  user_consent: z.optional(z.boolean()),
  /** SHA-256 of the canonical arguments: tells equal calls apart from others without keeping their content. */
  arguments_hash: z.optional(z.string()),
  /** Outcome only. */
  result: z.optional(z.enum(['ok', 'error'])),
  error_kind: z.optional(z.string()),
  backend_status: z.optional(z.number()),
  duration_ms: z.optional(z.number()),
});
export type AuditRecord = z.infer<typeof auditRecordSchema>;
