import { systemClock } from '../../functions/gateway/clock.ts';
import { readJson } from '../../functions/http/json-body.ts';
import { originCheck } from '../../functions/http/origin.ts';
import type { PlainAnswer, PlainRequest } from '../../functions/http/plain.ts';
import { requirePrincipal } from '../../functions/http/route.ts';
import { mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import type { ServerFace } from '../../functions/mcp/server.ts';
import { endSession } from '../../functions/mcp/sessions/end-session.ts';
import { runTask } from '../../functions/mcp/tasks/run-task.ts';
import type { StartWork } from '../../functions/mcp/tasks/task-desk.ts';
import { taskStore } from '../../functions/mcp/tasks/task-store.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { fixtureStamps } from './change-tools.ts';
import { fixtureFace } from './fixture-face.ts';
import { fixtureRoom } from './fixture-room.ts';
import { states } from './request-state.ts';

const maxMessageBytes = 1_048_576;

export interface FixtureGatewayOptions {
  publicUrl: string;
  state: StateStore;
  start: StartWork;
  /** The fixtures' own by default. */
  face?: ServerFace;
}

// A refused request is the suite's purpose, not a fault worth a line.
const failed = () => {};

/**
 * Answers any request to `/mcp`, with the suite's fixtures in place of a catalogue, by the same steps as the gateway's own
 * functions and with everything switched on.
 */
export function fixtureGateway(options: FixtureGatewayOptions): (request: PlainRequest) => Promise<PlainAnswer> {
  const { publicUrl, state, start, face = fixtureFace } = options;
  const kept = { state, clock: systemClock };
  const endpoint = mcpEndpoint({
    url: `${publicUrl}/mcp`,
    face,
    room: fixtureRoom(state),
    states,
    failed,
    sessions: kept,
    tasks: { ...kept, start },
    subscriptions: { ...kept, pollMs: 200, ...fixtureStamps(state) },
  });
  const checkOrigin = originCheck({ publicUrl, allowedOrigins: [] });
  return async (request) => {
    checkOrigin(request.headers);
    requirePrincipal(request, 'token');
    if (request.method === 'GET') return endpoint.get(request);
    if (request.method === 'DELETE') return endSession(request, state, systemClock);
    return endpoint.post(request, readJson(request, maxMessageBytes));
  };
}

/** Works on tasks of fixtures until they are over or have to ask. `deadline` in epoch milliseconds. */
export function fixtureWorker(state: StateStore): (taskId: string, deadline: number) => Promise<void> {
  const deps = { tasks: taskStore(state, systemClock), room: fixtureRoom(state), states, clock: systemClock, failed };
  return (taskId, deadline) => runTask(taskId, deadline, deps);
}
