import type { ShapedReply } from './shape.ts';
import type { Problem } from './validate.ts';

/** Arguments that the tool's schema refuses, told so that a model can mend its call (MCP, SEP-1303: a tool error). */
export function invalidArguments(tool: string, problems: readonly Problem[]): ShapedReply {
  const lines = problems.map(({ path, message }) => `- ${path || 'arguments'}: ${message}`);
  const message = `The arguments of ${tool} are not valid. Nothing was sent.\n${lines.join('\n')}`;
  return {
    content: [{ type: 'text', text: message }],
    structured_content: {
      kind: 'invalid_arguments',
      message,
      problems,
      next_step: 'Correct these arguments after the tool’s input schema and call again.',
    },
    is_error: true,
    kind: 'invalid_arguments',
  };
}
