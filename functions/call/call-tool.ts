import type { Principal } from '../auth/principal.ts';
import { type BackendDeps, callBackend } from '../backends/call-backend.ts';
import { withoutAliases } from '../catalogue/aliases.ts';
import type { TrustedCatalogue } from '../catalogue/trusted.ts';
import type { SchemaForm } from '../catalogue/types.ts';
import type { Rule } from '../gateway/config.ts';
import { decide } from '../policy/decide.ts';
import { invalidArguments } from './refusals.ts';
import { type ShapedReply, shapeReply } from './shape.ts';
import { openTrail, type TrailDeps } from './trail.ts';
import { validateArguments } from './validate.ts';

/** One `tools/call`, whichever protocol brought it. */
export interface ToolCall {
  name: string;
  arguments: Record<string, unknown>;
  principal: Principal;
  requestId: string;
  /** The form of the schema that the caller was shown, which decides what it calls things. */
  schemas: SchemaForm;
  /** Epoch milliseconds by which the answer must be there. */
  deadline: number;
}

export interface CallDeps extends BackendDeps, TrailDeps {
  catalogue: TrustedCatalogue;
  rules: readonly Rule[];
}

/** `undefined` when the caller has no such tool: there is none, it is switched off, or they may not use it. */
export type CallAnswer = ShapedReply | undefined;

/**
 * The journey of a tool call, in order. What the model can mend comes back as an answer with `is_error`; a failure
 * of the gateway itself is thrown as `GatewayError`. Nothing is sent before the log has the refusal or, for tools
 * that change something, the intent.
 */
export async function callTool(received: ToolCall, deps: CallDeps): Promise<CallAnswer> {
  // Find: one request to the catalogue, or none within the seconds that an instance trusts its pointer.
  const { head, tool } = await deps.catalogue.findTool(received.name);

  // Undo the aliases that the caller was shown: from here on everything has the operation's own names.
  const shown = received.schemas === 'safe' ? tool : undefined;
  const call = shown?.aliases ? { ...received, arguments: withoutAliases(received.arguments, shown) } : received;

  // Validate before deciding, since a rule may look at arguments; but say nothing about them to someone who is refused.
  const problems = tool ? validateArguments(tool, call.arguments, shown?.aliases) : [];

  // Decide.
  const decision = decide(call.principal, tool, deps.rules);
  const backend = tool && head.backends[tool.binding.backend];
  const trail = openTrail({ call, tool, backend, revision: head.revision, decision }, deps);
  if (!tool || !backend || !decision.allow) {
    await trail.refuse(decision.allow ? 'unknown_backend' : decision.reason);
    return undefined;
  }
  if (problems.length > 0) {
    await trail.refuse('invalid_arguments');
    return invalidArguments(tool.name, problems);
  }

  // Record the intent: durable before anything that changes data is sent.
  await trail.intend({ durable: tool.risk_level !== 'read' });

  // Send, and shape what comes back.
  const result = await callBackend(
    { tool, backend, args: call.arguments, correlationId: trail.callId, deadline: call.deadline },
    deps,
  );
  const answer = shapeReply(result, tool, { correlationId: trail.callId });

  // Record the outcome; then answer.
  await trail.conclude(result, answer);
  return answer;
}
