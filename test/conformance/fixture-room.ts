import type { Tool as WireTool } from '@modelcontextprotocol/server';
import type { ToolRoom } from '../../functions/mcp/tool-room.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { answeringTools } from './answering-tools.ts';
import { askingTools } from './asking-tools.ts';
import { changeTools } from './change-tools.ts';
import type { Fixture } from './fixture.ts';
import { slowTools } from './slow-tools.ts';
import { taskTools } from './task-tools.ts';

const fixtures = new Map(
  Object.entries({ ...answeringTools, ...askingTools, ...taskTools, ...changeTools, ...slowTools }),
);
const noArguments = { type: 'object', additionalProperties: false };

/** The suite's tools behind the same interface as the catalogue's. */
export const fixtureRoom = (state: StateStore): ToolRoom => ({
  list: async (_caller, after) => ({
    tools: [...fixtures]
      .filter(([name]) => after === undefined || name > after)
      .map(([name, fixture]) => toWire(name, fixture))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  }),

  find: async (_caller, name) => {
    const fixture = fixtures.get(name);
    return fixture && toWire(name, fixture);
  },

  taskSupport: async (_caller, name) => fixtures.get(name)?.task,

  call: async (_caller, name, args, context) => fixtures.get(name)?.run(args, context, state),
});

function toWire(name: string, { description, inputSchema = noArguments, annotations }: Fixture): WireTool {
  return { name, description, inputSchema: { ...inputSchema, type: 'object' }, ...(annotations && { annotations }) };
}
