import type {
  CallToolResult,
  InputRequiredResult,
  ServerContext,
  Tool as WireTool,
} from '@modelcontextprotocol/server';
import type { Principal } from '../auth/principal.ts';
import type { SchemaForm } from '../catalogue/types.ts';

/** Who asks, and until when the answer is of use. */
export interface Caller {
  principal: Principal;
  requestId: string;
  /** How the client wants input schemas. */
  schemas: SchemaForm;
  /** Epoch milliseconds. */
  deadline: number;
  /** The task that the call is the work of, if it is. */
  taskId?: string;
  /** Whether the client can show its user a form. */
  canAsk?: boolean;
  /** Aborts when nobody wants the answer any more, where that can be known. */
  cancelled?: AbortSignal;
  /** The parameters of the request, where it is a single one: what is sealed for its next round is bound to them. */
  params?: unknown;
}

export interface ToolPage {
  tools: WireTool[];
  /** The name after which the next page starts; absent on the last page. */
  next?: string;
}

/** How a tool may run as a task (extension `io.modelcontextprotocol/tasks`). */
export interface TaskSupport {
  /** Whether it can only run as a task. */
  isRequired: boolean;
  /** What the client has to answer before there is a task. */
  ask?(args: Record<string, unknown>, context: ServerContext): InputRequiredResult | undefined;
}

/** The tools behind the protocol face. What the caller may not use does not exist here. */
export interface ToolRoom {
  /** Tools in the order of their names, after the name `after`. */
  list(caller: Caller, after: string | undefined): Promise<ToolPage>;
  find(caller: Caller, name: string): Promise<WireTool | undefined>;
  /** `undefined` for a call that is answered at once, also because it is refused. */
  taskSupport(caller: Caller, name: string, args: Record<string, unknown>): Promise<TaskSupport | undefined>;
  /** `undefined` for an unknown tool. */
  call(
    caller: Caller,
    name: string,
    args: Record<string, unknown>,
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult | undefined>;
}
