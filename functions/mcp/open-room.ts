import { type TrustedCatalogue, trustedCatalogue } from '../catalogue/trusted.ts';
import { systemClock } from '../gateway/clock.ts';
import { type Rule, readSettings } from '../gateway/config.ts';
import { openAudit, openCatalogue, openCredentials } from '../gateway/deps.ts';
import { countToolExecution, logger } from '../gateway/telemetry.ts';
import { rulesOf } from '../policy/rules.ts';
import { catalogueTools } from './catalogue-tools.ts';
import type { ToolRoom } from './tool-room.ts';

/** What calls of the catalogue's tools go through. */
export interface OpenRoom {
  tools: ToolRoom;
  catalogue: TrustedCatalogue;
  rules: readonly Rule[];
}

/** The catalogue's tools, as the environment has them. Throws `internal` for settings that are wrong. */
export async function openRoom(env: NodeJS.ProcessEnv): Promise<OpenRoom> {
  const [store, audit] = await Promise.all([openCatalogue(env), openAudit(env)]);
  const rules = rulesOf(readSettings('policy', env));
  const catalogue = trustedCatalogue(store, systemClock);
  const tools = catalogueTools({
    catalogue,
    rules,
    audit,
    credentials: openCredentials(env),
    allowLocal: readSettings('egress', env).GATEHOUSE_ALLOW_LOCAL_BACKENDS,
    clock: systemClock,
    observer: {
      executed: countToolExecution,
      outcomeLost: (callId, cause) => logger.error('outcome_not_recorded', { call_id: callId, error: cause as Error }),
    },
  });
  return { tools, catalogue, rules };
}
