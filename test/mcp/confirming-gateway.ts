import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { memoryAudit } from '../../functions/audit/memory.ts';
import type { AuditRecord } from '../../functions/audit/record.ts';
import { memoryCatalogue } from '../../functions/catalogue/memory.ts';
import { trustedCatalogue } from '../../functions/catalogue/trusted.ts';
import type { Tool } from '../../functions/catalogue/types.ts';
import { systemClock } from '../../functions/gateway/clock.ts';
import { jsonRpcErrorAnswer } from '../../functions/http/answer.ts';
import type { PlainAnswer, PlainRequest } from '../../functions/http/plain.ts';
import { catalogueTools } from '../../functions/mcp/catalogue-tools.ts';
import { confirmation } from '../../functions/mcp/confirmation.ts';
import { type McpEndpoint, mcpEndpoint } from '../../functions/mcp/endpoint.ts';
import { requestStates } from '../../functions/mcp/request-state.ts';
import { runTask } from '../../functions/mcp/tasks/run-task.ts';
import { taskStore } from '../../functions/mcp/tasks/task-store.ts';
import { rulesOf } from '../../functions/policy/rules.ts';
import { memoryState } from '../../functions/state/memory.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { onLoopback } from '../../local/on-loopback.ts';
import { dealers } from '../contract/sample.ts';
import { plainRequest } from '../http/plain-request.ts';
import { ada } from './session-instances.ts';

const operator = { ...ada, roles: ['operator'] };
const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

export interface ConfirmingGateway {
  /** What reached the backend: method, address and body. */
  sent: string[];
  faults: Error[];
  publish(tools: Tool[]): Promise<void>;
  records(): Promise<AuditRecord[]>;
  /** A request of a client of 2026-07-28. */
  modern(method: string, params: Record<string, unknown>, options?: ModernOptions): Promise<Told>;
  /** The id of a session. */
  begin(protocolVersion: string, capabilities: object): Promise<string>;
  /** Messages of a session, or without any its stream after an event. The instance has `waitMs` for it. */
  legacy(session: string, messages: unknown, options?: { after?: string | undefined; waitMs?: number }): Promise<Told>;
  close(): Promise<void>;
}

interface ModernOptions {
  capabilities?: object;
  query?: Record<string, string>;
}

/** An answer, as one message or as the events of a stream. */
export interface Told {
  message: Message;
  messages: Message[];
  lastEvent: string | undefined;
}

export interface Message {
  id?: string | number;
  method?: string;
  params?: { message?: string };
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: Record<string, unknown> };
}

interface Options {
  readKey?: () => Promise<string>;
  through?: (state: StateStore) => StateStore;
}

/** Instances that take turns with the requests and share a catalogue, a state and nothing else. */
export async function confirmingGateway(
  tools: Tool[],
  { readKey = async () => 'one key for all the instances there are', through = (state) => state }: Options = {},
): Promise<ConfirmingGateway> {
  const sent: string[] = [];
  const faults: Error[] = [];
  const backend = await onLoopback(
    createServer(async (request, response) => {
      sent.push(`${request.method} ${request.url} ${await text(request)}`.trim());
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}');
    }),
  );
  const store = memoryCatalogue();
  const publish = async (published: Tool[]) => {
    const head = { backends: { dealers: { ...dealers, base_url: backend.url } }, specs: {} };
    await store.publish(await store.head(), { head, snapshot: { tools: published, overrides: {} } });
  };
  await publish(tools);
  const state = through(memoryState(systemClock));
  const audit = memoryAudit();
  const failed = (error: Error) => void faults.push(error);

  function instance(): McpEndpoint {
    const states = requestStates(readKey);
    const calls = {
      // Nothing is trusted: what is published is there at once.
      catalogue: trustedCatalogue(store, systemClock, 0),
      rules: rulesOf({}),
      audit,
      credentials: { read: async () => undefined, write: async () => {} },
      allowLocal: true,
      clock: systemClock,
      observer: { executed: () => {}, outcomeLost: () => {} },
    };
    const room = catalogueTools(
      calls,
      confirmation(states, async () => state, systemClock),
    );
    const worker = { tasks: taskStore(state, systemClock), room, states, clock: systemClock, failed };
    const start = async (taskId: string) => void runTask(taskId, Date.now() + 20_000, worker).catch(failed);
    const kept = { state, clock: systemClock };
    const face = { name: 'gatehouse', version: '0.0.0' };
    const url = 'http://127.0.0.1/mcp';
    return mcpEndpoint({ url, face, room, states, failed, sessions: kept, tasks: { ...kept, start } });
  }

  const instances = [instance(), instance(), instance()];
  let turn = 0;

  async function answerTo(request: Partial<PlainRequest>, message: unknown, waitMs = 10_000): Promise<PlainAnswer> {
    const endpoint = instances[turn % instances.length] as McpEndpoint;
    turn += 1;
    const plain = plainRequest({ principal: operator, deadline: Date.now() + waitMs, ...request });
    try {
      return message === undefined ? await endpoint.get(plain) : await endpoint.post(plain, message);
    } catch (error) {
      return jsonRpcErrorAnswer(error, plain.requestId);
    }
  }

  return {
    sent,
    faults,
    publish,
    records: async () => (await audit.read(new Date().toISOString().slice(0, 10), { limit: 100 })).records,

    async modern(method, params, { capabilities = { elicitation: {} }, query = {} } = {}) {
      const name = String(params.name ?? params.taskId);
      const headers = { ...json, 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': name };
      const _meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': capabilities,
      };
      const message = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } };
      return toldBy(await answerTo({ headers, query }, message));
    },

    async begin(protocolVersion, capabilities) {
      const params = { protocolVersion, capabilities, clientInfo: { name: 'test', version: '1' } };
      const { headers } = await answerTo({ headers: json }, { jsonrpc: '2.0', id: 1, method: 'initialize', params });
      return headers['mcp-session-id'] ?? '';
    },

    async legacy(session, messages, { after, waitMs = 10_000 } = {}) {
      const headers = { ...json, 'mcp-session-id': session, ...(after !== undefined && { 'last-event-id': after }) };
      return toldBy(await answerTo({ headers }, messages, waitMs));
    },

    close: backend.close,
  };
}

async function toldBy({ body }: PlainAnswer): Promise<Told> {
  const all = typeof body === 'string' ? body : await text(body);
  const events = [...all.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? '') as Message);
  const messages = all.startsWith('{') ? [JSON.parse(all) as Message] : events;
  const lastEvent = [...all.matchAll(/^id: (.+)$/gm)].at(-1)?.[1];
  return { message: messages.at(-1) ?? {}, messages, lastEvent };
}
