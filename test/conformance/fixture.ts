import type {
  CallToolResult,
  InputRequiredResult,
  ServerContext,
  Tool as WireTool,
} from '@modelcontextprotocol/server';
import type { TaskSupport } from '../../functions/mcp/tool-room.ts';
import type { StateStore } from '../../functions/state/store.ts';

/** A tool that the conformance suite expects by name. */
export interface Fixture {
  description: string;
  /** Absent for a tool without arguments. */
  inputSchema?: Record<string, unknown>;
  annotations?: WireTool['annotations'];
  /** Present for a tool that may run as a task. */
  task?: TaskSupport;
  run(args: Record<string, unknown>, context: ServerContext, state: StateStore): Answer | Promise<Answer>;
}

type Answer = CallToolResult | InputRequiredResult;

/** A result that is one text. */
export function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

/** One red pixel. */
export const png = {
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  mimeType: 'image/png',
};

/** No sound at all, in 44 bytes of header. */
export const wav = {
  data: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=',
  mimeType: 'audio/wav',
};
