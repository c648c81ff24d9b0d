import type { Principal } from '../../functions/auth/principal.ts';
import { systemClock } from '../../functions/gateway/clock.ts';
import { jsonRpcErrorAnswer } from '../../functions/http/answer.ts';
import type { PlainAnswer, PlainRequest } from '../../functions/http/plain.ts';
import { type McpEndpoint, mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { endSession } from '../../functions/mcp/sessions/end-session.ts';
import { memoryState } from '../../functions/state/memory.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { fixtureFace } from '../conformance/fixture-face.ts';
import { fixtureRoom } from '../conformance/fixture-room.ts';
import { states } from '../conformance/request-state.ts';

export const url = 'http://127.0.0.1/mcp';

export const ada: Principal = {
  kind: 'token',
  subject: 'ada',
  issuer: 'https://issuer.example.com',
  roles: [],
  groups: [],
  scopes: [],
};

export interface Instances {
  /** As a client calls it; each request reaches the next instance. */
  fetch: typeof fetch;
  /** The requests that were made: method and instance. */
  seen: { method: string; instance: number }[];
  faults: Error[];
  /** How many reads and writes of the state there were. */
  operations(): number;
  /** The same instances for someone else. */
  as(other: Principal): typeof fetch;
}

/**
 * Several instances of the protocol face with the fixtures of the conformance suite, sharing nothing but the state, which
 * `through` may put something before.
 */
export function instances(
  count: number,
  principal: Principal = ada,
  waitMs = 10_000,
  through: (state: StateStore) => StateStore = (state) => state,
): Instances {
  let operations = 0;
  const memory = through(memoryState(systemClock));
  const counted = <T extends (...parameters: never[]) => unknown>(work: T): T =>
    ((...parameters: Parameters<T>) => {
      operations += 1;
      return work(...parameters);
    }) as T;
  const state = {
    get: counted(memory.get),
    create: counted(memory.create),
    replace: counted(memory.replace),
    remove: counted(memory.remove),
  };
  const faults: Error[] = [];
  const seen: Instances['seen'] = [];
  const endpoints: McpEndpoint[] = Array.from({ length: count }, () =>
    mcpEndpoint({
      url,
      face: fixtureFace,
      room: fixtureRoom(state),
      states,
      failed: (error) => faults.push(error),
      sessions: { state, clock: systemClock },
    }),
  );
  let turn = 0;
  const fetchAs =
    (caller: Principal): typeof fetch =>
    async (input, init) => {
      const request = new Request(input, init);
      const instance = turn % count;
      turn += 1;
      seen.push({ method: request.method, instance });
      const plain: PlainRequest = {
        method: request.method,
        path: '/mcp',
        headers: Object.fromEntries(request.headers),
        query: {},
        parameters: {},
        body: await request.text(),
        principal: caller,
        requestId: crypto.randomUUID(),
        deadline: Date.now() + waitMs,
      };
      return toResponse(await answerOf(endpoints[instance] as McpEndpoint, plain, state));
    };
  return { seen, faults, operations: () => operations, fetch: fetchAs(principal), as: fetchAs };
}

async function answerOf(endpoint: McpEndpoint, request: PlainRequest, state: StateStore): Promise<PlainAnswer> {
  try {
    if (request.method === 'DELETE') return await endSession(request, state, systemClock);
    if (request.method === 'GET') return await endpoint.get(request);
    return await endpoint.post(request, JSON.parse(request.body));
  } catch (error) {
    return jsonRpcErrorAnswer(error, request.requestId);
  }
}

function toResponse({ status, headers, body }: PlainAnswer): Response {
  const content = typeof body === 'string' ? body || null : ReadableStream.from(body);
  return new Response(content as string | null, { status, headers });
}
