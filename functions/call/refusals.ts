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

/** Why there is no consent to a call, as answers and the log have it. */
export type Dissent = 'declined_by_user' | 'cannot_ask_user';

/** A call to which whoever uses the client has said no, or cannot be asked. */
export function withoutConsent(tool: string, kind: Dissent): ShapedReply {
  return refusal({ kind, ...dissents[kind](tool) });
}

const dissents: Record<Dissent, (tool: string) => Omit<Refusal, 'kind'>> = {
  declined_by_user: (tool) => ({
    message: `The user has declined this call of ${tool}. Nothing was sent.`,
    next_step: 'Do not repeat the call unless the user asks for it.',
  }),
  cannot_ask_user: (tool) => ({
    message: cannotAsk(tool),
    next_step: 'Call it from a client that supports elicitation.',
  }),
};

/** What is said to a client that cannot ask its user for consent. */
export function cannotAsk(tool: string): string {
  return `The tool ${tool} needs its user's confirmation (elicitation), and this client cannot ask for it. Nothing was sent.`;
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
