import type { JSONRPCRequest } from '@modelcontextprotocol/client';

interface Schema {
  properties?: Record<string, Schema>;
  'x-mcp-header'?: unknown;
}

/** An argument, by its path, that a header repeats. */
interface Declaration {
  path: string[];
  header: string;
}

/** The headers that tools declare for their arguments with `x-mcp-header` (MCP 2026-07-28, Streamable HTTP). */
export interface DeclaredHeaders {
  /** Takes notice of tools that were listed. */
  learn(tools: unknown[]): void;
  /** Those of a call; none for a tool that has not been listed. */
  of(request: JSONRPCRequest): Record<string, string>;
}

export function declaredHeaders(): DeclaredHeaders {
  const byTool = new Map<unknown, Declaration[]>();
  return {
    learn(tools) {
      for (const { name, inputSchema } of tools as { name?: unknown; inputSchema?: Schema }[])
        byTool.set(name, [...declarations(inputSchema ?? {}, [])]);
    },
    of({ method, params }) {
      const declared = method === 'tools/call' ? (byTool.get(params?.name) ?? []) : [];
      return Object.fromEntries(
        declared.flatMap(({ path, header }) => {
          const value = valueAt(params?.arguments, path);
          return isPrimitive(value) ? [[`Mcp-Param-${header}`, encodeHeaderValue(String(value))]] : [];
        }),
      );
    },
  };
}

function* declarations(schema: Schema, path: string[]): Generator<Declaration> {
  const header = schema['x-mcp-header'];
  if (typeof header === 'string') yield { path, header };
  for (const [name, inner] of Object.entries(schema.properties ?? {})) yield* declarations(inner, [...path, name]);
}

function valueAt(value: unknown, path: string[]): unknown {
  return path.reduce((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], value);
}

function isPrimitive(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** What a header cannot carry goes as base64: other characters than ASCII's, spaces at the ends, and what looks encoded. */
function encodeHeaderValue(value: string): string {
  const isSafe = /^[\x20-\x7e\t]*$/.test(value) && value === value.trim() && !value.startsWith('=?base64?');
  return isSafe ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
