import type { ShapedReply } from './shape.ts';
import type { Problem } from './validate.ts';

/** Arguments that the tool's schema refuses, told so that a model can mend its call (MCP, SEP-1303: a tool error). */
export function invalidArguments(tool: string, problems: readonly Problem[]): ShapedReply {
  const lines = problems.map(({ path, message }) => `- ${path || 'arguments'}: ${message}`);
  return refusal({
    kind: 'invalid_arguments',
    message: `The arguments of ${tool} are not valid. Nothing was sent.\n${lines.join('\n')}`,
    problems,
    next_step: 'Correct these arguments after the tool’s input schema and call again.',
  });
}

/** A call to which whoever uses the client has said no. */
export function declinedCall(tool: string): ShapedReply {
  return refusal({
    kind: 'declined_by_user',
    message: `The user has declined this call of ${tool}. Nothing was sent.`,
    next_step: 'Do not repeat the call unless the user asks for it.',
  });
}

interface Refusal {
  kind: string;
  message: string;
  problems?: readonly Problem[];
  next_step: string;
}

function refusal(refused: Refusal): ShapedReply {
  const { kind, message, next_step } = refused;
  const text = `${message}\n${next_step}`;
  return { content: [{ type: 'text', text }], structured_content: refused, is_error: true, kind };
}
