import type { CallDeps } from '../call/call-tool.ts';
import type { CatalogueStore } from '../catalogue/store.ts';
import { type TrustedCatalogue, trustedCatalogue } from '../catalogue/trusted.ts';
import { systemClock } from '../gateway/clock.ts';
import { type Rule, readSettings } from '../gateway/config.ts';
import { openAudit, openCatalogue, openCredentials, openRequestStateKey, openState } from '../gateway/deps.ts';
import { countToolExecution, logger } from '../gateway/telemetry.ts';
import { rulesOf } from '../policy/rules.ts';
import { catalogueTools } from './catalogue-tools.ts';
import { confirmation } from './confirmation.ts';
import type { KeptResults } from './library/kept-results.ts';
import { type RequestStates, requestStates } from './request-state.ts';
import type { ToolRoom } from './tool-room.ts';

/** What calls of the catalogue's tools go through. */
export interface OpenRoom {
  tools: ToolRoom;
  /** What clients carry between the rounds of a request. */
  states: RequestStates;
  store: CatalogueStore;
  /** Large results of calls. Opened when the first is kept or read. */
  results: () => Promise<KeptResults>;
  catalogue: TrustedCatalogue;
  rules: readonly Rule[];
}

/** The catalogue's tools, as the environment has them. Throws `internal` for settings that are wrong. */
export async function openRoom(env: NodeJS.ProcessEnv): Promise<OpenRoom> {
  const [store, audit] = await Promise.all([openCatalogue(env), openAudit(env)]);
  const rules = rulesOf(readSettings('policy', env));
  const catalogue = trustedCatalogue(store, systemClock);
  const results = openResults(env);
  const states = requestStates(openRequestStateKey(env));
  const confirming = confirmation(states, () => openState(env, systemClock), systemClock);
  const calls: CallDeps = {
    catalogue,
    rules,
    audit,
    credentials: openCredentials(env),
    allowLocal: readSettings('egress', env).GATEHOUSE_ALLOW_LOCAL_BACKENDS,
    clock: systemClock,
    keepResult: async (...result) => {
      try {
        return await (await results()).keep(...result);
      } catch (error) {
        // The call took effect, so its result is given all the same.
        logger.warn('result_not_kept', { error: error as Error });
        return undefined;
      }
    },
    observer: {
      executed: countToolExecution,
      outcomeLost: (callId, cause) => logger.error('outcome_not_recorded', { call_id: callId, error: cause as Error }),
    },
  };
  return { tools: catalogueTools(calls, confirming), states, store, results, catalogue, rules };
}

function openResults(env: NodeJS.ProcessEnv): () => Promise<KeptResults> {
  let opened: Promise<KeptResults> | undefined;
  return () => {
    opened ??= Promise.all([import('./library/kept-results.ts'), openState(env, systemClock)]).then(
      ([{ keptResults }, state]) => keptResults(state, systemClock),
    );
    return opened;
  };
}
