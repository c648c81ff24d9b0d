import type { CallToolResult, Tool as WireTool } from '@modelcontextprotocol/server';
import * as z from 'zod/mini';
import { schemaIn } from '../catalogue/schema-form.ts';
import type { SearchIndex } from '../catalogue/search-index.ts';
import type { Snapshot, Tool } from '../catalogue/types.ts';
import type { Caller, ToolRoom } from './tool-room.ts';

export const searchToolName = 'search_tools';
const defaultLimit = 5;
const maxLimit = 20;

const argumentsSchema = z.strictObject({
  query: z.string().check(z.minLength(1), z.maxLength(1_000)),
  limit: z._default(z.int().check(z.minimum(1), z.maximum(maxLimit)), defaultLimit),
});

export interface SearchDeps {
  snapshot(): Promise<Snapshot>;
  may(caller: Caller, tool: Tool): boolean;
  /** More tools than this, and a list that a client shows to a model is too long to choose from. */
  above: number;
}

/** A room whose tools can be searched for, and which says so where there are many. */
export function withSearch(room: ToolRoom, { snapshot, may, above }: SearchDeps): ToolRoom {
  const indexes = new WeakMap<Snapshot, SearchIndex>();

  /** Made when it is first needed, once a revision. */
  async function indexOf(revision: Snapshot): Promise<SearchIndex> {
    const { searchIndex } = await import('../catalogue/search-index.ts');
    const index = indexes.get(revision) ?? searchIndex(revision.tools);
    indexes.set(revision, index);
    return index;
  }

  async function search(caller: Caller, args: Record<string, unknown>): Promise<CallToolResult> {
    const parsed = z.safeParse(argumentsSchema, args);
    if (!parsed.success) {
      const text = `Give \`query\`, what the tool should do in a few words, and at most \`limit\`, 1 to ${maxLimit}.`;
      return { content: [{ type: 'text', text }], isError: true };
    }
    const { query, limit } = parsed.data;
    const index = await indexOf(await snapshot());
    const hits = index.search(query, limit, (tool) => may(caller, tool));
    const tools = hits.map(({ tool }) => ({
      name: tool.name,
      ...(tool.title !== undefined && { title: tool.title }),
      description: tool.description,
      risk_level: tool.risk_level,
      input_schema: schemaIn(caller.schemas, tool),
    }));
    return { content: [{ type: 'text', text: JSON.stringify({ tools }) }], structuredContent: { tools } };
  }

  /**
   * A tool of the catalogue goes before one of ours of the same name. Told by the snapshot, which a search needs anyway:
   * a name that the store does not have would be asked for anew each time.
   */
  const isOurs = async (caller: Caller, name: string) =>
    name === searchToolName &&
    !(await snapshot()).tools.some((tool) => tool.name === searchToolName && may(caller, tool));

  return {
    ...room,
    async list(caller, after) {
      const page = await room.list(caller, after);
      const isLarge = page.next !== undefined || page.tools.length > above;
      if (after !== undefined || !isLarge || page.tools.some(({ name }) => name === searchToolName)) return page;
      return { ...page, tools: [searchTool, ...page.tools] };
    },
    find: async (caller, name) => ((await isOurs(caller, name)) ? searchTool : room.find(caller, name)),
    taskSupport: async (caller, name, args) =>
      (await isOurs(caller, name)) ? undefined : room.taskSupport(caller, name, args),
    call: async (caller, name, args, context) =>
      (await isOurs(caller, name)) ? search(caller, args) : room.call(caller, name, args, context),
  };
}

const searchTool: WireTool = {
  name: searchToolName,
  title: 'Search tools',
  description:
    'Finds the tools that fit a task, best first, with their input schemas. Every tool that is found can be called at ' +
    'once by its name.',
  inputSchema: {
    type: 'object',
    properties: {
      query: {
        type: 'string',
        description: 'What the tool should do, in a few words.',
        minLength: 1,
        maxLength: 1_000,
      },
      limit: {
        type: 'integer',
        description: 'How many tools at most.',
        minimum: 1,
        maximum: maxLimit,
        default: defaultLimit,
      },
    },
    required: ['query'],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};
