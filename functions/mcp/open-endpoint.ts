import { systemClock } from '../gateway/clock.ts';
import { readSettings } from '../gateway/config.ts';
import { openState } from '../gateway/deps.ts';
import { logger } from '../gateway/telemetry.ts';
import { version } from '../gateway/version.ts';
import { decide } from '../policy/decide.ts';
import { type McpEndpoint, mcpEndpoint } from './endpoint.ts';
import { openRoom } from './open-room.ts';
import { withSearch } from './search-tools.ts';
import type { StartWork } from './tasks/task-desk.ts';

/**
 * `/mcp` with the catalogue's tools, as the environment has it; with tasks, where `start` sets somebody to work on them.
 * Throws `internal` for settings that are wrong.
 */
export async function openMcpEndpoint(env: NodeJS.ProcessEnv, start?: StartWork): Promise<McpEndpoint> {
  const hasSessions = readSettings('sessions', env).GATEHOUSE_SESSIONS === 'sessions';
  const [{ tools, catalogue, rules }, state] = await Promise.all([
    openRoom(env),
    hasSessions || start ? openState(env, systemClock) : undefined,
  ]);
  const kept = state && { state, clock: systemClock };
  return mcpEndpoint({
    url: `${readSettings('endpoint', env).GATEHOUSE_PUBLIC_URL}/mcp`,
    face: { name: 'gatehouse', title: 'Gatehouse', version },
    room: withSearch(tools, {
      snapshot: catalogue.snapshot,
      may: ({ principal }, tool) => decide(principal, tool, rules).allow,
      above: readSettings('listing', env).GATEHOUSE_SEARCH_ABOVE,
    }),
    failed: (error) => logger.warn('protocol_fault', { error }),
    ...(kept && hasSessions && { sessions: kept }),
    ...(kept && start && { tasks: { ...kept, start } }),
  });
}
