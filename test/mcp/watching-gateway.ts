import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import type { Principal } from '../../functions/auth/principal.ts';
import { memoryCatalogue } from '../../functions/catalogue/memory.ts';
import { withBackend } from '../../functions/catalogue/publish.ts';
import { withSkill } from '../../functions/catalogue/skills.ts';
import { withoutSpec, withSpec } from '../../functions/catalogue/specs.ts';
import type { Publication } from '../../functions/catalogue/store.ts';
import { trustedCatalogue } from '../../functions/catalogue/trusted.ts';
import type { Head, Snapshot } from '../../functions/catalogue/types.ts';
import { systemClock } from '../../functions/gateway/clock.ts';
import { jsonRpcErrorAnswer } from '../../functions/http/answer.ts';
import type { PlainAnswer, PlainRequest } from '../../functions/http/plain.ts';
import { mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { catalogueLibrary } from '../../functions/mcp/library/catalogue-library.ts';
import { keptResults } from '../../functions/mcp/library/kept-results.ts';
import { endSession } from '../../functions/mcp/sessions/end-session.ts';
import { memoryState } from '../../functions/state/memory.ts';
import { states } from '../conformance/request-state.ts';
import { dealers, importedTool, quietly, report } from '../contract/sample.ts';
import { plainRequest } from '../http/plain-request.ts';
import { ada } from './session-instances.ts';
import { smallRoom } from './small-room.ts';

export const url = 'http://127.0.0.1/mcp';

/** Who may use the tools of the spec `yard`, and so read its document. */
export const dealer: Principal = { ...ada, roles: ['dealer'] };

const pollMs = 40;
/** What the endpoint keeps back of a function's time. */
const reserveMs = 1_500;

export interface Options {
  hasSessions?: boolean;
  tellsChanges?: boolean;
  /** How long a stream may be open. */
  streamMs?: number;
}

/**
 * Two instances of the endpoint with the gateway's own library, sharing a catalogue and the state and nothing else. Every
 * request of a client reaches the other instance than the one before.
 */
export function watchingGateway({ hasSessions = true, tellsChanges = true, streamMs = 8_000 }: Options = {}) {
  const limits = { streamMs };
  const store = memoryCatalogue();
  const state = memoryState(systemClock);
  const kept = { state, clock: systemClock };
  const results = keptResults(state, systemClock);
  const faults: Error[] = [];
  const room = smallRoom({ get_stock: {} });

  const endpoints = Array.from({ length: 2 }, () => {
    const catalogue = trustedCatalogue(store, systemClock, pollMs);
    const library = catalogueLibrary({
      catalogue,
      store,
      may: ({ principal }, tool) => principal.roles.includes(tool.domain),
      results: async () => results,
    });
    const stamps = async () => {
      const { revision } = await catalogue.head();
      return { tools: revision, prompts: revision, resources: revision };
    };
    const resources = async () => library.resources;
    return mcpEndpoint({
      url,
      face: { name: 'gatehouse', version: '0.0.0' },
      room,
      states,
      library: async () => library,
      failed: (error) => faults.push(error),
      ...(hasSessions && { sessions: kept }),
      ...(tellsChanges && { subscriptions: { ...kept, pollMs, stamps, resources } }),
    });
  });

  let turn = 0;
  const seen: { method: string; instance: number; status: number }[] = [];

  async function answerTo(request: PlainRequest): Promise<PlainAnswer> {
    turn = 1 - turn;
    const instance = turn;
    const endpoint = endpoints[instance];
    const answer = await (async () => {
      if (!endpoint) throw new Error('There is no such instance.');
      if (request.method === 'DELETE') return endSession(request, state, systemClock);
      if (request.method === 'GET') return endpoint.get(request);
      return endpoint.post(request, JSON.parse(request.body));
    })().catch((error: unknown) => jsonRpcErrorAnswer(error, request.requestId));
    seen.push({ method: request.method, instance, status: answer.status });
    return answer;
  }

  function fetchAs(principal: Principal): typeof fetch {
    return async (input, init) => {
      const request = new Request(input, init);
      const headers = Object.fromEntries(request.headers);
      const deadline = Date.now() + reserveMs + limits.streamMs;
      const { method } = request;
      const plain = plainRequest({ method, headers, body: await request.text(), principal, deadline });
      const { status, headers: sent, body } = await answerTo(plain);
      return new Response(typeof body === 'string' ? body || null : ReadableStream.from(body), {
        status,
        headers: sent,
      });
    };
  }

  async function publish(make: (head: Head, snapshot: Snapshot) => Publication): Promise<void> {
    const head = await store.head();
    await store.publish(head, make(head, await store.snapshot(head.revision)));
  }
  const spec = { spec: 'yard', backend: 'dealers', report, ...quietly };

  return {
    fetchAs,
    /** Of requests that are yet to come. */
    limits,
    faults,
    seen,
    state,
    results,
    /** Imports the document of the spec `yard`, whose tools are of a domain. */
    importYard: (document: string, domain = 'dealer') =>
      publish((head, snapshot) =>
        withSpec({ ...head, backends: { dealers } }, snapshot, {
          ...spec,
          document,
          tools: [importedTool('get_things', { domain })],
        }),
      ),
    deleteYard: () => publish((head, snapshot) => withoutSpec(head, snapshot, 'yard', quietly.act)),
    /** Something that is about tools alone. */
    changeBackend: (description: string) =>
      publish((head, snapshot) =>
        withBackend(head, snapshot, { ...dealers, base_url: `https://${description}.example.com` }),
      ),
    putSkill: (digest: string) => {
      const uri = 'skill://sell-a-vehicle/SKILL.md';
      const entry = {
        uri,
        frontmatter: { name: 'sell-a-vehicle', description: 'Sells' },
        resources: [{ uri, digest, size: 2 }],
      };
      const skill = { name: 'sell-a-vehicle', entry, updated_at: '' };
      return publish((head, snapshot) => withSkill(head, snapshot, skill, { [digest]: 'aGk=' }));
    },
  };
}

export type WatchingGateway = ReturnType<typeof watchingGateway>;

/** The v2 SDK's client, which listens where a test tells it to. */
export async function listening(gateway: WatchingGateway, principal: Principal): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const transport = new StreamableHTTPClientTransport(new URL(url), { fetch: gateway.fetchAs(principal) });
  await client.connect(transport as Transport);
  return client;
}
