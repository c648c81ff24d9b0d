import type { Principal } from '../auth/principal.ts';
import { withoutAliases } from '../catalogue/aliases.ts';
import type { TrustedCatalogue } from '../catalogue/trusted.ts';
import type { Backend, SchemaForm, Tool } from '../catalogue/types.ts';
import type { Rule } from '../gateway/config.ts';
import { type Decision, decide } from '../policy/decide.ts';
import { type Problem, validateArguments } from './validate.ts';

/** What a caller asks for. */
export interface AskedCall {
  name: string;
  arguments: Record<string, unknown>;
  principal: Principal;
  /** The form of the schema that the caller was shown, which decides what it calls things. */
  schemas: SchemaForm;
}

export interface ExamineDeps {
  catalogue: TrustedCatalogue;
  rules: readonly Rule[];
}

/** What is known of a call before anything is done about it. */
export interface ExaminedCall<T extends AskedCall> {
  /** With the operation's own names for the arguments. */
  call: T;
  revision: number;
  tool: Tool | undefined;
  backend: Backend | undefined;
  problems: Problem[];
  decision: Decision;
}

/** Finds the tool, checks the arguments and decides. It does nothing, so a call may be examined more than once. */
export async function examineCall<T extends AskedCall>(received: T, deps: ExamineDeps): Promise<ExaminedCall<T>> {
  // Find: one request to the catalogue, or none for a tool that was read within the seconds that an instance trusts.
  const { head, tool } = await deps.catalogue.findTool(received.name);

  // Undo the aliases that the caller was shown: from here on everything has the operation's own names.
  const shown = received.schemas === 'safe' ? tool : undefined;
  const call = shown?.aliases ? { ...received, arguments: withoutAliases(received.arguments, shown) } : received;

  return {
    call,
    revision: head.revision,
    tool,
    backend: tool && head.backends[tool.binding.backend],
    // Validated before it is decided, since a rule may look at arguments; who is refused is told nothing about them.
    problems: tool ? validateArguments(tool, call.arguments, shown?.aliases) : [],
    decision: decide(call.principal, tool, deps.rules),
  };
}

/** Whether nothing but sending is left to do. */
export function mayBeSent({ tool, backend, problems, decision }: ExaminedCall<AskedCall>): boolean {
  return tool !== undefined && backend !== undefined && problems.length === 0 && decision.allow;
}
