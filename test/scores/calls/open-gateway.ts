import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../local/free-port.ts';
import { serveGateway } from '../../../local/gateway.ts';
import { startSurroundings } from '../../../local/surroundings.ts';
import type { Json } from './json.ts';

/** A tool as a client is shown it. */
export interface ListedTool {
  name: string;
  inputSchema: Json;
}

export interface CallResult {
  isError: boolean;
  /** What the model is told. */
  text: string;
}

/** A whole gateway on loopback, used by its front door alone. */
export interface OpenGateway {
  /** An admin route. Rejects with what the gateway answered. */
  admin(method: string, path: string, body?: string | Buffer, contentType?: string): Promise<Json>;
  listTools(): Promise<Map<string, ListedTool>>;
  call(name: string, args: Json): Promise<CallResult>;
  close(): Promise<void>;
}

const revision = '2026-07-28';
const quiet = { POWERTOOLS_LOG_LEVEL: 'SILENT' };
/** May use tools of every risk. */
const rules = [{ name: 'everything', roles: ['score'], risk_levels: ['read', 'write', 'privileged'] }];

export async function openGateway(): Promise<OpenGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-calls-'));
  const url = `http://127.0.0.1:${await freePort(0)}`;
  const surroundings = await startSurroundings(url, directory);
  const gateway = await serveGateway(url, { ...surroundings.env, ...quiet, GATEHOUSE_RULES: JSON.stringify(rules) });
  const key = await surroundings.issueAdminKey('score');
  const token = await surroundings.signToken('score', ['score']);
  const agent = new Agent({ keepAlive: true });

  const message = async (method: string, params: Json): Promise<Json> => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': revision,
      'mcp-method': method,
      ...(typeof params.name === 'string' && { 'mcp-name': params.name }),
    };
    const meta = {
      'io.modelcontextprotocol/protocolVersion': revision,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } });
    const answer = await send(agent, `${url}/mcp`, { method: 'POST', headers, body });
    const { result, error } = JSON.parse(answer.text) as { result?: Json; error?: Json };
    if (!result) throw new Error(`${method} was answered ${answer.status}: ${JSON.stringify(error ?? answer.text)}`);
    return result;
  };

  return {
    admin: async (method, path, body = '', contentType = 'application/json') => {
      const headers = { 'x-api-key': key, 'content-type': contentType };
      const answer = await send(agent, `${url}${path}`, { method, headers, body });
      if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`);
      return answer.text === '' ? {} : (JSON.parse(answer.text) as Json);
    },
    listTools: async () => {
      const listed = new Map<string, ListedTool>();
      let cursor: unknown;
      do {
        const page = await message('tools/list', cursor === undefined ? {} : { cursor });
        for (const tool of page.tools as ListedTool[]) listed.set(tool.name, tool);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return listed;
    },
    call: async (name, args) => {
      const { isError, content } = await message('tools/call', { name, arguments: args });
      const [first] = content as { text?: string }[];
      return { isError: isError === true, text: first?.text ?? '' };
    },
    close: async () => {
      agent.destroy();
      await gateway.close();
      await surroundings.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Sending {
  method: string;
  headers: Record<string, string>;
  body: string | Buffer;
}

function send(
  agent: Agent,
  url: string,
  { method, headers, body }: Sending,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { agent, method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
