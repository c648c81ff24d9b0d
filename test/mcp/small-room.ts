import type { CallToolResult, Tool as WireTool } from '@modelcontextprotocol/server';
import type { Caller, ToolRoom } from '../../functions/mcp/tool-room.ts';

/** A tool as a test writes it: what it answers to which arguments. */
export type SmallTool = Partial<WireTool> & { answer?: (args: Record<string, unknown>) => CallToolResult };

/** A room with a few tools, two a page, that remembers how often it was asked and by whom. */
export interface SmallRoom extends ToolRoom {
  asked: { list: number; find: number; call: number };
  callers: Caller[];
}

export function smallRoom(tools: Record<string, SmallTool>): SmallRoom {
  const names = Object.keys(tools).sort();
  const toWire = (name: string): WireTool => {
    const { answer, ...parts } = tools[name] ?? {};
    return { name, inputSchema: { type: 'object' }, ...parts };
  };
  const asked = { list: 0, find: 0, call: 0 };
  const callers: Caller[] = [];
  return {
    asked,
    callers,
    list: async (caller, after) => {
      asked.list += 1;
      callers.push(caller);
      const left = names.filter((name) => after === undefined || name > after);
      const page = left.slice(0, 2);
      const last = page.at(-1);
      return { tools: page.map(toWire), ...(left.length > page.length && last !== undefined && { next: last }) };
    },
    find: async (_caller, name) => {
      asked.find += 1;
      return names.includes(name) ? toWire(name) : undefined;
    },
    taskSupport: async () => undefined,
    call: async (caller, name, args) => {
      asked.call += 1;
      callers.push(caller);
      if (!names.includes(name)) return undefined;
      return tools[name]?.answer?.(args) ?? { content: [{ type: 'text', text: `${name} ${JSON.stringify(args)}` }] };
    },
  };
}
