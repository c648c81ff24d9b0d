import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  type McpServer,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod/mini';
import type { Caller, TaskSupport } from '../tool-room.ts';
import { detailsOf, seedOf, type Task } from './task.ts';
import type { AskedTask, TaskDesk } from './task-desk.ts';

export const tasksExtension = 'io.modelcontextprotocol/tasks';

const taskParams = z.object({ taskId: z.string() });
const capabilitiesSchema = z.looseObject({ extensions: z.optional(z.record(z.string(), z.unknown())) });

/** What the client says with this request that it can do. */
function capabilitiesOf({ mcpReq }: ServerContext): z.infer<typeof capabilitiesSchema> {
  const declared = (mcpReq.envelope as Record<string, unknown> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
  return z.safeParse(capabilitiesSchema, declared).data ?? {};
}

function knowsTasks(context: ServerContext): boolean {
  return Object.hasOwn(capabilitiesOf(context).extensions ?? {}, tasksExtension);
}

/** The refusal of a request that only a client with tasks can be answered. */
function needsTasks(what: string): MissingRequiredClientCapabilityError {
  const requiredCapabilities = { extensions: { [tasksExtension]: {} } };
  return new MissingRequiredClientCapabilityError(
    { requiredCapabilities },
    `${what} needs a client that declares the extension ${tasksExtension}.`,
  );
}

/**
 * What becomes of a call of a tool that may run as a task: the task, a question that has to be answered first, or
 * `undefined` for a client without tasks, whose call is answered directly. Throws -32021 for such a client when the tool
 * cannot be.
 */
export async function callAsTask(
  call: Pick<AskedTask, 'tool' | 'args'>,
  support: TaskSupport,
  caller: Caller,
  context: ServerContext,
  desk: TaskDesk,
): Promise<CallToolResult | InputRequiredResult | undefined> {
  if (!knowsTasks(context)) {
    if (support.isRequired) throw needsTasks(`The tool ${call.tool}`);
    return undefined;
  }
  const question = support.ask?.(call.args, context);
  if (question) return question;
  const answers = context.mcpReq.inputResponses ?? {};
  const task = await desk.create(caller, { ...call, answers, capabilities: capabilitiesOf(context) });
  return { resultType: 'task', ...seedOf(task), content: [] };
}

/** Serves `tasks/get`, `tasks/update` and `tasks/cancel` on a server of the 2026-07-28 revision. */
export function serveTasks(mcp: McpServer, caller: Caller, desk: TaskDesk): void {
  const known = (task: Task | undefined, taskId: string): Task => {
    if (task) return task;
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown task: ${taskId}`, { taskId });
  };
  mcp.server.setRequestHandler('tasks/get', { params: taskParams }, async ({ taskId }, context) => {
    if (!knowsTasks(context)) throw needsTasks('tasks/get');
    return detailsOf(known(await desk.get(caller, taskId), taskId));
  });
  mcp.server.setRequestHandler('tasks/update', { params: taskParams }, async ({ taskId }, context) => {
    if (!knowsTasks(context)) throw needsTasks('tasks/update');
    // The SDK takes the answers out of the parameters, as it does for every request that brings some.
    known(await desk.update(caller, taskId, context.mcpReq.inputResponses ?? {}), taskId);
    return {};
  });
  mcp.server.setRequestHandler('tasks/cancel', { params: taskParams }, async ({ taskId }, context) => {
    if (!knowsTasks(context)) throw needsTasks('tasks/cancel');
    known(await desk.cancel(caller, taskId), taskId);
    return {};
  });
}
