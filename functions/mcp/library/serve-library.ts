import {
  type McpRequestContext,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';
import { cursorTo, decodeCursor } from '../cursor.ts';
import type { Guard } from '../guard.ts';
import type { Caller } from '../tool-room.ts';
import type { Library } from './library.ts';
import { serveSkills } from './serve-skills.ts';

/** Values that one answer to `completion/complete` may have (MCP, completion). */
const maxValues = 100;

/** A library that is opened when it is first needed. */
export interface ServedLibrary {
  open: () => Promise<Library>;
  guard: Guard;
}

/** Serves resources, prompts, completion and skills on a server that declares the first three. */
export async function serveLibrary(
  mcp: McpServer,
  context: McpRequestContext,
  caller: Caller,
  { open, guard }: ServedLibrary,
): Promise<void> {
  const { server } = mcp;
  const answer = <T>(from: (library: Library) => Promise<T>) => guard(caller, async () => from(await open()));

  server.setRequestHandler('resources/list', ({ params }) =>
    answer(async ({ resources }) => {
      const { items, next } = await resources.list(caller, decodeCursor(params?.cursor));
      return { resources: items, ...cursorTo(next) };
    }),
  );
  server.setRequestHandler('resources/templates/list', () =>
    answer(async ({ resources }) => ({ resourceTemplates: await resources.templates(caller) })),
  );
  server.setRequestHandler('resources/read', ({ params: { uri } }) =>
    answer(async ({ resources }) => {
      const contents = await resources.read(caller, uri);
      if (!contents) throw new ResourceNotFoundError(uri);
      return { contents };
    }),
  );
  server.setRequestHandler('prompts/list', ({ params }) =>
    answer(async ({ prompts }) => {
      const { items, next } = await prompts.list(caller, decodeCursor(params?.cursor));
      return { prompts: items, ...cursorTo(next) };
    }),
  );
  server.setRequestHandler('prompts/get', ({ params: { name, arguments: args = {} } }) =>
    answer(async ({ prompts }) => (await prompts.get(caller, name, args)) ?? unknown(`prompt: ${name}`)),
  );
  server.setRequestHandler('completion/complete', ({ params: { ref, argument } }) =>
    answer(async ({ prompts, resources }) => {
      const { name, value } = argument;
      const values =
        ref.type === 'ref/prompt'
          ? ((await prompts.complete(caller, ref.name, name, value)) ?? unknown(`prompt: ${ref.name}`))
          : ((await resources.complete(caller, ref.uri, name, value)) ?? unknown(`resource template: ${ref.uri}`));
      const hasMore = values.length > maxValues;
      return { completion: { values: values.slice(0, maxValues), total: values.length, hasMore } };
    }),
  );
  await serveSkills(mcp, context, caller, answer);
}

function unknown(what: string): never {
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown ${what}`);
}
