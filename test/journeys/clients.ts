import {
  type Transport as AnyModernTransport,
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as AnyLegacyTransport } from '@modelcontextprotocol/sdk/shared/transport.js';

interface Outcome {
  isError: boolean;
  structured: unknown;
  content: Block[];
  /** Of the first content block. */
  text: string;
}

type Block = { type: string; text?: string };

/** What the journeys need of a client, whichever protocol era it speaks. */
export interface JourneyClient {
  protocolVersion: string | undefined;
  listTools(): Promise<string[]>;
  /** What a listed tool says that it takes. */
  inputSchema(name: string): Promise<unknown>;
  call(name: string, args: Record<string, unknown>): Promise<Outcome>;
  close(): Promise<void>;
}

const identity = { name: 'journey', version: '1.0.0' };

interface CallResult {
  isError?: boolean | undefined;
  structuredContent?: unknown;
  content?: unknown;
}

/** A call's result as the journeys look at it. */
export function outcome(result: CallResult): Outcome {
  const content = (result.content ?? []) as Block[];
  return {
    isError: result.isError ?? false,
    structured: result.structuredContent,
    content,
    text: content[0]?.text ?? '',
  };
}

/** The endpoint of the gateway at `url`, whose query stands for what a client is configured with. */
export function endpointOf(url: string): URL {
  return new URL(`/mcp${new URL(url).search}`, url);
}

/** The v1 SDK's client: opens with `initialize`, speaks 2025-11-25. */
export function legacyClient(url: string, token: string, send: typeof fetch = fetch): Promise<JourneyClient> {
  const transport = new LegacyTransport(endpointOf(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: send,
  });
  // The SDK's own types disagree under exactOptionalPropertyTypes.
  return connectLegacy(transport as AnyLegacyTransport);
}

/** The same over any transport. */
export async function connectLegacy(transport: AnyLegacyTransport): Promise<JourneyClient> {
  let protocolVersion: string | undefined;
  const tell = transport.setProtocolVersion?.bind(transport);
  transport.setProtocolVersion = (version) => {
    protocolVersion = version;
    tell?.(version);
  };
  const client = new LegacyClient(identity);
  await client.connect(transport);
  return {
    protocolVersion,
    listTools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    inputSchema: async (name) => (await client.listTools()).tools.find((tool) => tool.name === name)?.inputSchema,
    call: async (name, args) => outcome((await client.callTool({ name, arguments: args })) as CallResult),
    close: () => client.close(),
  };
}

/** The v2 SDK's client: speaks 2026-07-28. */
export function modernClient(url: string, token: string, send: typeof fetch = fetch): Promise<JourneyClient> {
  const transport = new ModernTransport(endpointOf(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: send,
  });
  return connectModern(transport);
}

/** The same over any transport. */
export async function connectModern(transport: AnyModernTransport): Promise<JourneyClient> {
  const client = new ModernClient(identity, { versionNegotiation: { mode: 'auto' } });
  await client.connect(transport);
  return {
    protocolVersion: client.getNegotiatedProtocolVersion(),
    listTools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    inputSchema: async (name) => (await client.listTools()).tools.find((tool) => tool.name === name)?.inputSchema,
    call: async (name, args) => outcome(await client.callTool({ name, arguments: args })),
    close: () => client.close(),
  };
}
