import { type BackendDeps, callBackend } from '../backends/call-backend.ts';
import type { Tool } from '../catalogue/types.ts';
import { type AskedCall, type ExamineDeps, examineCall } from './examine-call.ts';
import { type KeepResult, linkLarge } from './link-large.ts';
import { type Dissent, invalidArguments, withoutConsent } from './refusals.ts';
import { type ShapedReply, shapeReply } from './shape.ts';
import { openTrail, type TrailDeps } from './trail.ts';

/** One `tools/call`, whichever protocol brought it. */
export interface ToolCall extends AskedCall {
  requestId: string;
  /** The task that it is the work of, if it is. */
  taskId?: string | undefined;
  /** Epoch milliseconds by which the answer must be there. */
  deadline: number;
  /** Aborts when nobody wants the answer any more, where that can be known. */
  cancelled?: AbortSignal | undefined;
  /** What whoever uses the client says to this very call. Asked only where the tool needs consent, and then once. */
  consent(tool: Tool): Promise<Consent>;
}

export type Consent = 'given' | 'not_asked' | Dissent;

export interface CallDeps extends ExamineDeps, BackendDeps, TrailDeps {
  /** Absent: every result is given as it is. */
  keepResult?: KeepResult;
}

/**
 * `undefined` when the caller has no such tool: there is none, it is switched off, or they may not use it. A tool that is
 * given back waits for consent to the call: nothing has been sent.
 */
export type CallAnswer = ShapedReply | { unconfirmed: Tool } | undefined;

/**
 * The journey of a tool call, in order. What the model can mend comes back as an answer with `is_error`; a failure
 * of the gateway itself is thrown as `GatewayError`. Nothing is sent before the log has the refusal or, for tools
 * that change something, the intent.
 */
export async function callTool(received: ToolCall, deps: CallDeps): Promise<CallAnswer> {
  // Find the tool, validate the arguments, decide.
  const examined = await examineCall(received, deps);
  const { call, tool, backend, problems, decision } = examined;
  const trail = openTrail(examined, deps);
  if (!tool || !backend || !decision.allow) {
    await trail.refuse(decision.allow ? 'unknown_backend' : decision.reason);
    return undefined;
  }
  if (problems.length > 0) {
    await trail.refuse('invalid_arguments');
    return invalidArguments(tool.name, problems);
  }

  // Where the tool needs it, go on only with the consent of whoever uses the client.
  const consent = tool.requires_confirmation ? await received.consent(tool) : 'given';
  if (consent === 'not_asked') return { unconfirmed: tool };
  if (consent !== 'given') {
    await trail.refuse(consent);
    return withoutConsent(tool.name, consent);
  }

  // Record the intent: durable before anything that changes data is sent.
  await trail.intend({ durable: tool.risk_level !== 'read', withConsent: tool.requires_confirmation === true });

  // Send, and shape what comes back.
  const result = await callBackend(
    {
      tool,
      backend,
      args: call.arguments,
      correlationId: trail.callId,
      deadline: call.deadline,
      cancelled: call.cancelled,
    },
    deps,
  );
  const answer = shapeReply(result, tool, { correlationId: trail.callId });

  // Record the outcome; then answer, or say where the answer is if it is too large.
  await trail.conclude(result, answer);
  return linkLarge(answer, result, call.principal, deps.keepResult);
}
