import {
  type CallToolResult,
  MissingRequiredClientCapabilityError,
  type Tool as WireTool,
} from '@modelcontextprotocol/server';
import { type CallDeps, callTool } from '../call/call-tool.ts';
import { examineCall, mayBeSent } from '../call/examine-call.ts';
import { cannotAsk } from '../call/refusals.ts';
import type { ShapedReply } from '../call/shape.ts';
import { schemaIn } from '../catalogue/schema-form.ts';
import type { SchemaForm, Snapshot, Tool } from '../catalogue/types.ts';
import { decide } from '../policy/decide.ts';
import type { Confirmation } from './confirmation.ts';
import { pageSize } from './cursor.ts';
import type { ToolRoom } from './tool-room.ts';

/** The catalogue's tools, as far as the caller may use them. */
export function catalogueTools(deps: CallDeps, confirmation: Confirmation): ToolRoom {
  const listings = { safe: listingIn('safe'), lossless: listingIn('lossless') };

  return {
    list: async ({ principal, schemas }, after) => {
      const tools: WireTool[] = [];
      for (const { tool, wire } of listings[schemas].inOrder(await deps.catalogue.snapshot())) {
        if (after !== undefined && tool.name <= after) continue;
        if (!decide(principal, tool, deps.rules).allow) continue;
        if (tools.length === pageSize) return { tools, next: tools[pageSize - 1]?.name ?? tool.name };
        tools.push(wire);
      }
      return { tools };
    },

    find: async ({ principal, schemas }, name) => {
      const { tool } = await deps.catalogue.findTool(name);
      return tool && decide(principal, tool, deps.rules).allow ? listings[schemas].wireOf(tool) : undefined;
    },

    // A call that would be refused is made at once: how it is refused and recorded stands in one place.
    taskSupport: async ({ principal, schemas }, name, args) => {
      const { tool } = await deps.catalogue.findTool(name);
      if (tool?.long_running !== true) return undefined;
      const examined = await examineCall({ name, arguments: args, principal, schemas }, deps);
      return mayBeSent(examined) ? { isRequired: false } : undefined;
    },

    call: async (caller, name, args, context) => {
      const consent = (tool: Tool) => confirmation.consent(caller, tool, context);
      const answer = await callTool({ ...caller, name, arguments: args, consent }, deps);
      if (answer && 'unconfirmed' in answer) return confirmation.ask(answer.unconfirmed, args, context);
      // Clients of 2025 have no error that says what they lack: theirs is the tool's.
      if (answer?.kind === 'cannot_ask_user' && context.mcpReq.envelope) throw lacksElicitation(name);
      return answer && toResult(answer);
    },
  };
}

interface ListedTool {
  tool: Tool;
  wire: WireTool;
}

/** Tools as the wire has them, made once a revision and not once a request. */
function listingIn(form: SchemaForm) {
  const listed = new WeakMap<Snapshot, ListedTool[]>();
  const wires = new WeakMap<Tool, WireTool>();

  const wireOf = (tool: Tool): WireTool => {
    const wire = wires.get(tool) ?? toWire(tool, form);
    wires.set(tool, wire);
    return wire;
  };

  const inOrder = (snapshot: Snapshot): ListedTool[] => {
    let tools = listed.get(snapshot);
    if (!tools) {
      tools = snapshot.tools
        .map((tool) => ({ tool, wire: wireOf(tool) }))
        .sort((a, b) => (a.tool.name < b.tool.name ? -1 : 1));
      listed.set(snapshot, tools);
    }
    return tools;
  };

  return { wireOf, inOrder };
}

function toWire(tool: Tool, form: SchemaForm): WireTool {
  return {
    name: tool.name,
    ...(tool.title !== undefined && { title: tool.title }),
    description: tool.description,
    inputSchema: { ...schemaIn(form, tool), type: 'object' },
    // No output schema: clients fail a call whose reply departs from an advertised one, and documents are often wrong.
    annotations: { ...(tool.title !== undefined && { title: tool.title }), ...tool.annotations },
  };
}

/** -32021 (MCP 2026-07-28). */
function lacksElicitation(tool: string): MissingRequiredClientCapabilityError {
  return new MissingRequiredClientCapabilityError({ requiredCapabilities: { elicitation: {} } }, cannotAsk(tool));
}

function toResult(answer: ShapedReply): CallToolResult {
  return {
    content: answer.content,
    ...(answer.structured_content !== undefined && { structuredContent: answer.structured_content }),
    ...(answer.is_error && { isError: true }),
  } as CallToolResult;
}
