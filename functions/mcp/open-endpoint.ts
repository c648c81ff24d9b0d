import type { Tool } from '../catalogue/types.ts';
import { systemClock } from '../gateway/clock.ts';
import { readSettings } from '../gateway/config.ts';
import { openState } from '../gateway/deps.ts';
import { logger } from '../gateway/telemetry.ts';
import { version } from '../gateway/version.ts';
import { decide } from '../policy/decide.ts';
import { type McpEndpoint, mcpEndpoint } from './endpoint.ts';
import type { Library } from './library/library.ts';
import { openRoom } from './open-room.ts';
import { withSearch } from './search-tools.ts';
import type { StartWork } from './tasks/task-desk.ts';
import type { Caller } from './tool-room.ts';

/** Milliseconds between two looks for changes: an instance trusts for as long what it has read. */
const pollMs = 5_000;

/**
 * `/mcp` with the catalogue's tools, as the environment has it; with tasks, where `start` sets somebody to work on them.
 * Throws `internal` for settings that are wrong.
 */
export async function openMcpEndpoint(env: NodeJS.ProcessEnv, start?: StartWork): Promise<McpEndpoint> {
  const hasSessions = readSettings('sessions', env).GATEHOUSE_SESSIONS === 'sessions';
  const tellsChanges = readSettings('subscriptions', env).GATEHOUSE_SUBSCRIPTIONS === 'on';
  const [{ tools, states, store, results, catalogue, rules }, state] = await Promise.all([
    openRoom(env),
    hasSessions || tellsChanges || start ? openState(env, systemClock) : undefined,
  ]);
  const kept = state && { state, clock: systemClock };
  const may = ({ principal }: Caller, tool: Tool) => decide(principal, tool, rules).allow;
  let library: Promise<Library> | undefined;
  // Every change makes a revision, and who may use what changes with it.
  const stamps = async () => {
    const { revision } = await catalogue.head();
    return { tools: revision, prompts: revision, resources: revision };
  };
  const openLibrary = () => {
    library ??= import('./library/catalogue-library.ts').then(({ catalogueLibrary }) =>
      catalogueLibrary({ catalogue, store, may, results }),
    );
    return library;
  };
  const resources = async () => (await openLibrary()).resources;
  return mcpEndpoint({
    url: `${readSettings('endpoint', env).GATEHOUSE_PUBLIC_URL}/mcp`,
    face: { name: 'gatehouse', title: 'Gatehouse', version },
    room: withSearch(tools, {
      snapshot: catalogue.snapshot,
      may,
      above: readSettings('listing', env).GATEHOUSE_SEARCH_ABOVE,
    }),
    states,
    failed: (error) => logger.warn('protocol_fault', { error }),
    library: openLibrary,
    ...(kept && hasSessions && { sessions: kept }),
    ...(kept && start && { tasks: { ...kept, start } }),
    ...(kept && tellsChanges && { subscriptions: { ...kept, pollMs, stamps, resources } }),
  });
}
