import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoCatalogue } from '../../functions/catalogue/dynamo.ts';
import type { McpEndpoint } from '../../functions/mcp/endpoint.ts';
import { openMcpEndpoint } from '../../functions/mcp/open-endpoint.ts';
import { sdkTables } from '../../functions/tables/dynamo.ts';
import { type EmbeddedDynamo, startEmbeddedDynamo } from '../../local/embedded-dynamo.ts';
import { createTables } from '../../local/tables.ts';
import { aTool, dealers } from '../contract/sample.ts';
import { plainRequest } from '../http/plain-request.ts';
import { ada } from './session-instances.ts';

// What a request costs in requests to the tables, counted where they arrive, of the endpoint as `post-mcp` opens it.

const names = { catalogue: 'Catalogue', state: 'State', audit: 'Audit' };
const operator = { ...ada, roles: ['administrator'] };

let dynamo: EmbeddedDynamo;
let servers: Server[];
let env: Record<string, string>;
/** Operation and table of each request. */
let operations: string[] = [];

/** Notes what passes on its way to the tables. */
const counting = createServer(async (incoming, outgoing) => {
  const body = await buffer(incoming);
  const operation = String(incoming.headers['x-amz-target']).split('.')[1];
  const { TableName, RequestItems = {} } = JSON.parse(body.toString());
  operations.push(`${operation} ${TableName ?? Object.keys(RequestItems)}`);
  send(dynamo.endpoint, { method: 'POST', headers: incoming.headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  }).end(body);
});
const backend = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}');
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  dynamo = await startEmbeddedDynamo();
  servers = [counting, backend];
  const access = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const client = new DynamoDBClient({ ...access, endpoint: dynamo.endpoint });
  await createTables(client, names);
  const catalogue = dynamoCatalogue(sdkTables(client), names.catalogue);
  const http = { kind: 'http' as const, backend: 'dealers', api_endpoint: '/things', parameters: [] };
  await catalogue.publish(await catalogue.head(), {
    head: { backends: { dealers: { ...dealers, base_url: await listen(backend) } }, specs: {} },
    snapshot: {
      tools: [
        aTool('read_things', { risk_level: 'read', binding: { ...http, http_method: 'GET' } }),
        aTool('write_things', { risk_level: 'write', binding: { ...http, http_method: 'POST' } }),
      ],
      overrides: {},
    },
  });
  client.destroy();
  env = {
    AWS_REGION: access.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: await listen(counting),
    GATEHOUSE_CATALOGUE_TABLE: names.catalogue,
    GATEHOUSE_STATE_TABLE: names.state,
    GATEHOUSE_AUDIT_TABLE: names.audit,
    GATEHOUSE_CREDENTIALS: 'file:/nowhere',
    GATEHOUSE_OWN_SECRETS: 'file:/nowhere',
    GATEHOUSE_PUBLIC_URL: 'http://127.0.0.1',
    GATEHOUSE_ALLOW_LOCAL_BACKENDS: 'true',
  };
});
afterAll(async () => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  await dynamo.close();
});

/** An instance that has served nothing yet. */
let endpoint: McpEndpoint;
beforeEach(async () => {
  endpoint = await openMcpEndpoint({ ...env });
});

/** Sends a message; gives what it cost, and the answer's headers. */
async function cost(message: object, headers: Record<string, string>) {
  operations = [];
  const common = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const request = plainRequest({ headers: { ...common, ...headers }, principal: operator });
  const answer = await endpoint.post(request, { jsonrpc: '2.0', ...message });
  await answer.finished;
  expect(answer.status, String(answer.body)).toBeLessThan(300);
  expect(String(answer.body)).not.toMatch(/"isError":true|"error"/);
  return { operations, headers: answer.headers };
}

async function modern(method: string, params: { name?: string; uri?: string } & Record<string, unknown> = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const name = params.name ?? params.uri ?? '';
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': name };
  return (await cost({ id: 1, method, params: { ...params, _meta } }, headers)).operations;
}

const modernCall = (name: string) => modern('tools/call', { name, arguments: {} });

/** A session that was begun on another instance. */
async function beginSession(): Promise<{ 'mcp-session-id': string }> {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const { headers } = await cost({ id: 1, method: 'initialize', params }, {});
  endpoint = await openMcpEndpoint({ ...env });
  return { 'mcp-session-id': headers['mcp-session-id'] ?? '' };
}

const catalogue = 'BatchGetItem Catalogue';
/** Intent and outcome of a read are written together; the intent of a write must be there before it is sent. */
const audit = { read_things: ['BatchWriteItem Audit'], write_things: ['PutItem Audit', 'PutItem Audit'] };

describe.each(['read_things', 'write_things'] as const)('a call of %s costs', (name) => {
  it('a client of 2026 one read of the catalogue, or none when it was read just now, and the audit', async () => {
    expect(await modernCall(name)).toEqual([catalogue, ...audit[name]]);
    expect(await modernCall(name)).toEqual(audit[name]);
  });

  it('a client of 2025 with a session one read more, that of the session', async () => {
    const session = await beginSession();
    const call = { id: 2, method: 'tools/call', params: { name, arguments: {} } };
    expect((await cost(call, session)).operations).toEqual(['GetItem State', catalogue, ...audit[name]]);
    expect((await cost(call, session)).operations).toEqual(['GetItem State', ...audit[name]]);
  });
});

it('a search for tools costs the pointer and the revision, and nothing for as long as they are trusted', async () => {
  const search = () => modern('tools/call', { name: 'search_tools', arguments: { query: 'things' } });
  expect(await search()).toEqual([catalogue, catalogue]);
  expect(await search()).toEqual([]);
});

describe('without a call', () => {
  it('asking what the gateway can do costs the catalogue’s pointer, which says whether there are skills', async () => {
    expect(await modern('server/discover')).toEqual([catalogue]);
    expect(await modern('server/discover')).toEqual([]);
  });

  it('lists cost the pointer and the revision, and nothing for as long as they are trusted', async () => {
    expect(await modern('prompts/list')).toEqual([catalogue, catalogue]);
    for (const method of ['resources/list', 'resources/templates/list', 'prompts/list', 'skills/list', 'tools/list']) {
      expect(await modern(method), method).toEqual([]);
    }
  });

  it('a message of a session costs the read of the session', async () => {
    const session = await beginSession();
    expect((await cost({ method: 'notifications/initialized' }, session)).operations).toEqual(['GetItem State']);
    expect((await cost({ id: 2, method: 'ping' }, session)).operations).toEqual(['GetItem State']);
  });
});
