import { type McpRequestContext, type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import * as z from 'zod/mini';
import { cursorTo, decodeCursor } from '../cursor.ts';
import type { Caller } from '../tool-room.ts';
import type { Library } from './library.ts';

const extension = 'io.modelcontextprotocol/skills';
const cacheHint = { ttlMs: 60_000, cacheScope: 'private' };

const listParams = z.object({ cursor: z.optional(z.string()) });
const getParams = z.object({ uri: z.string() });
const directoryParams = z.object({ uri: z.string(), cursor: z.optional(z.string()) });

/**
 * Serves the skills extension (SEP-2640): by hand, because the SDK's takes the resources of a server over. Clients are
 * told of it when there are skills, which only an answer about the server's capabilities has to know.
 */
export async function serveSkills(
  { server }: McpServer,
  context: McpRequestContext,
  caller: Caller,
  answer: <T>(from: (library: Library) => Promise<T>) => Promise<T>,
): Promise<void> {
  const hint = context.era === 'modern' ? cacheHint : {};
  server.setRequestHandler('skills/list', { params: listParams }, ({ cursor }) =>
    answer(async ({ skills }) => {
      const { items, next } = await skills.list(caller, decodeCursor(cursor));
      return { skills: items, ...cursorTo(next), ...hint };
    }),
  );
  server.setRequestHandler('skills/get', { params: getParams }, ({ uri }) =>
    answer(async ({ skills }) => {
      const skill = await skills.find(caller, uri);
      if (!skill) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown skill: ${uri}`, { uri });
      return { skill, ...hint };
    }),
  );
  server.setRequestHandler('resources/directory/read', { params: directoryParams }, ({ uri, cursor }) =>
    answer(async ({ skills }) => {
      const page = await skills.directory(caller, uri, decodeCursor(cursor));
      if (!page) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${uri} is no directory`, { uri });
      const { items, next } = page;
      return { resources: items, ...cursorTo(next), ...hint };
    }),
  );
  if (!tellsCapabilities(context)) return;
  const hasSkills = await answer(({ skills }) => skills.any()).catch(() => false);
  if (hasSkills) server.registerCapabilities({ extensions: { [extension]: { directoryRead: true } } });
}

/** An earlier client that has a session was told when it began. */
function tellsCapabilities({ era, requestInfo }: McpRequestContext): boolean {
  if (era === 'modern') return requestInfo?.headers.get('mcp-method') === 'server/discover';
  return !requestInfo?.headers.has('mcp-session-id');
}
