import {
  type CallToolResult,
  isInputRequiredResult,
  type McpRequestContext,
  McpServer,
  type McpServerFactory,
  ProtocolError,
  ProtocolErrorCode,
  type ServerOptions,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { callerFrom } from './caller.ts';
import { canAskUser } from './can-ask-user.ts';
import { cursorTo, decodeCursor } from './cursor.ts';
import { elicitationValidator } from './elicitation-validator.ts';
import { decodeHeaderValue } from './header-value.ts';
import type { ServedLibrary } from './library/serve-library.ts';
import type { RequestStates } from './request-state.ts';
import { callAsTask, serveTasks, tasksExtension } from './tasks/serve-tasks.ts';
import type { TaskDesk } from './tasks/task-desk.ts';
import type { Caller, ToolRoom } from './tool-room.ts';

/** What a server tells about itself and can do beside tools. */
export interface ServerFace {
  name: string;
  title?: string;
  version: string;
  instructions?: string;
  options?: ServerOptions;
  /** Registers further features on each server; tools come from the room alone. */
  extend?: (mcp: McpServer) => void;
}

/** What there is beside tools that are answered at once. */
export interface Extras {
  tasks?: TaskDesk | undefined;
  /** Resources, prompts and skills. */
  library?: ServedLibrary | undefined;
  /** Whether clients are told of changes, by their era. */
  tellsChanges?: Record<McpRequestContext['era'], boolean>;
}

/** How long a client may keep a list: a tool that was revoked since is refused when it is called. */
const listTtlMs = 60_000;
const discoverTtlMs = 3_600_000;

const libraryCapabilities = { resources: {}, prompts: {} };
const libraryHint = { ttlMs: listTtlMs, cacheScope: 'private' } as const;
const libraryHints = {
  'resources/list': libraryHint,
  'resources/templates/list': libraryHint,
  'resources/read': libraryHint,
  'prompts/list': libraryHint,
};

/**
 * Makes one server for one request, for either protocol era. It is an `McpServer`, because only on that does the SDK
 * check `Mcp-Param-*` headers; but only the called tool is registered on it, and the two tool handlers are ours,
 * because registering a catalogue costs more than answering from it.
 */
export function serverFactory(
  face: ServerFace,
  room: ToolRoom,
  states: RequestStates,
  extras: Extras = {},
): McpServerFactory {
  const { tasks, library, tellsChanges = { modern: false, legacy: false } } = extras;
  const { name, title, version, instructions } = face;
  const optionsFor = (isModern: boolean, tells: boolean): ServerOptions => ({
    ...face.options,
    capabilities: {
      ...face.options?.capabilities,
      ...listed({ ...face.options?.capabilities, ...(library && libraryCapabilities) }, tells),
      ...(library && { completions: {} }),
      tools: { listChanged: tells },
      ...(isModern && tasks && { extensions: { ...face.options?.capabilities?.extensions, [tasksExtension]: {} } }),
    },
    ...(instructions !== undefined && { instructions }),
    cacheHints: {
      ...(library && libraryHints),
      ...face.options?.cacheHints,
      'tools/list': { ttlMs: listTtlMs, cacheScope: 'private' },
      'server/discover': { ttlMs: discoverTtlMs, cacheScope: 'private' },
    },
    jsonSchemaValidator: elicitationValidator,
    requestState: { verify: states.open },
  });
  const options = { modern: optionsFor(true, tellsChanges.modern), legacy: optionsFor(false, tellsChanges.legacy) };

  return async (context) => {
    const caller = callerFrom(context.authInfo);
    const mcp = new McpServer({ name, version, ...(title !== undefined && { title }) }, options[context.era]);
    // Thrown here, a failure would cost the client its reason; the handler below can tell it.
    const unregistered = await registerCalledTool(mcp, context, caller, room).catch((error: Error) => error);
    face.extend?.(mcp);
    const isModern = context.era === 'modern';
    if (isModern && tasks) serveTasks(mcp, caller, tasks);
    if (library && !isAboutTools(context)) {
      const { serveLibrary } = await import('./library/serve-library.ts');
      await serveLibrary(mcp, context, caller, library);
    }
    mcp.server.setRequestHandler('tools/list', async ({ params }) => {
      const { tools, next } = await room.list(caller, decodeCursor(params?.cursor));
      return { tools, ...cursorTo(next) };
    });
    mcp.server.setRequestHandler('tools/call', async ({ params }, callContext) => {
      if (unregistered) throw unregistered;
      const { name: tool, arguments: args = {} } = params;
      const support = isModern && tasks ? await room.taskSupport(caller, tool, args) : undefined;
      const task = support && tasks && (await callAsTask({ tool, args }, support, caller, callContext, tasks));
      if (task) return task;
      const canAsk = canAskUser(mcp.server.getClientCapabilities());
      const result = await room.call({ ...caller, canAsk }, tool, args, callContext);
      if (!result) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
      if (isInputRequiredResult(result)) return result;
      return mcp.server.projectCallToolResult(readable(result, mcp.server.getNegotiatedProtocolVersion()), undefined);
    });
    return mcp;
  };
}

/** Known of clients of 2026-07-28 only; such a request needs nothing of the library, which costs a cold start. */
function isAboutTools({ era, requestInfo }: McpRequestContext): boolean {
  return era === 'modern' && (requestInfo?.headers.get('mcp-method')?.startsWith('tools/') ?? false);
}

/** Links came with revision 2025-06-18; the text beside one has its address too. */
function readable(result: CallToolResult, version = '2025-03-26'): CallToolResult {
  if (version >= '2025-06-18') return result;
  return { ...result, content: result.content.filter(({ type }) => type !== 'resource_link') };
}

/** What is listed beside tools, with or without word of its changes. */
function listed({ prompts, resources }: ServerOptions['capabilities'] = {}, listChanged: boolean) {
  return {
    ...(prompts && { prompts: { ...prompts, listChanged } }),
    ...(resources && { resources: { ...resources, listChanged, ...(listChanged && { subscribe: true }) } }),
  };
}

/** The SDK compares `Mcp-Param-*` headers with the arguments by the schema of a registered tool (SEP-2243). */
async function registerCalledTool(
  mcp: McpServer,
  context: McpRequestContext,
  caller: Caller,
  room: ToolRoom,
): Promise<void> {
  const headers = context.requestInfo?.headers;
  const name = headers?.get('mcp-name');
  if (context.era !== 'modern' || headers?.get('mcp-method') !== 'tools/call' || !name) return;
  const tool = await room.find(caller, decodeHeaderValue(name));
  if (tool && namesHeaders(tool.inputSchema))
    mcp.registerTool(tool.name, { inputSchema: describedBy(tool.inputSchema) }, () => ({ content: [] }));
}

const naming = new WeakMap<object, boolean>();

/** Whether a schema takes arguments from headers, `x-mcp-header`. Looked for once: a room gives the same schema again. */
function namesHeaders(schema: object): boolean {
  const known = naming.get(schema) ?? JSON.stringify(schema).includes('"x-mcp-header"');
  naming.set(schema, known);
  return known;
}

/** A schema that carries its JSON form and accepts everything: the call page validates, once. */
function describedBy(schema: Record<string, unknown>): StandardSchemaWithJSON {
  return {
    '~standard': {
      version: 1,
      vendor: 'gatehouse',
      validate: (value) => ({ value }),
      jsonSchema: { input: () => schema, output: () => schema },
    },
  };
}
