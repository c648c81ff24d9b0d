// Warm costs, in a process of their own: the servers that it calls run in another, so that only the gateway's CPU time
// is counted. Prints one JSON object of CPU microseconds.

import { Agent, get } from 'node:http';
import { createMcpHandler, fromJsonSchema, McpServer, Server } from '@modelcontextprotocol/server';
import type { AuditLog } from '../functions/audit/log.ts';
import { memoryCatalogue } from '../functions/catalogue/memory.ts';
import type { CatalogueStore } from '../functions/catalogue/store.ts';
import { openAudit, openCatalogue } from '../functions/gateway/deps.ts';
import { installAwsLambda } from '../local/awslambda.ts';
import { callArguments, calledTool, fill } from './catalogue.ts';
import { modernMessage, proxyEvent } from './events.ts';
import { cpuPerRun, interleaved } from './measure.ts';

installAwsLambda();

const [doorBundle = '', backendUrl = '', rounds = '15'] = process.argv.slice(2);
// After `awslambda` is there, as under Lambda's runtime.
const { openDoor } = (await import(doorBundle)) as typeof import('./door.ts');
const gatewayUrl = 'http://127.0.0.1:3000';
const listing = modernMessage('tools/list');
const calling = modernMessage('tools/call', { name: calledTool, arguments: callArguments });
// What API Gateway makes of them before the function is invoked.
const listingEvent = proxyEvent('POST', `${gatewayUrl}/mcp`, listing);
const callingEvent = proxyEvent('POST', `${gatewayUrl}/mcp`, calling);

/** The SDK alone, driven with the same requests. */
function bareSdk(make: () => McpServer | Server) {
  const handler = createMcpHandler(make);
  return async ({ headers, body }: { headers: Record<string, string>; body: string }) => {
    const request = new Request(`${gatewayUrl}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body,
    });
    return (await handler.fetch(request)).text();
  };
}

const agent = new Agent({ keepAlive: true });
function backendCall(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(`${backendUrl}/items/7?q=blue&limit=10`, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
    }).on('error', reject);
  });
}

const large = memoryCatalogue();
await fill(large, 1_000, backendUrl);
const small = memoryCatalogue();
await fill(small, 50, backendUrl);

// A log that keeps nothing: the first rows are about the gateway's own work.
const noLog: AuditLog = { append: async () => {}, read: async () => ({ records: [] }) };
const withoutTables = openDoor(gatewayUrl, small, noLog);
const withoutTablesLarge = openDoor(gatewayUrl, large, noLog);
const onTables = openDoor(gatewayUrl, await openCatalogue(process.env), await openAudit(process.env));

async function wireTools(store: CatalogueStore) {
  const { tools } = await store.snapshot((await store.head()).revision);
  return tools.map(({ name, title, description, input_schema, annotations }) => ({
    name,
    ...(title !== undefined && { title }),
    description,
    inputSchema: { ...input_schema, type: 'object' as const },
    annotations,
  }));
}

async function lowLevelList(store: CatalogueStore) {
  const tools = await wireTools(store);
  return bareSdk(() => {
    const server = new Server({ name: 'bare', version: '0' }, { capabilities: { tools: {} } });
    server.setRequestHandler('tools/list', () => ({ tools }));
    return server;
  });
}

const called = (await wireTools(small)).find((tool) => tool.name === calledTool);
if (!called) throw new Error('The measured tool is not in the catalogue.');
const inputSchema = fromJsonSchema<Record<string, unknown>>(called.inputSchema);
const bareCall = bareSdk(() => {
  const mcp = new McpServer({ name: 'bare', version: '0' });
  mcp.registerTool(called.name, { description: called.description, inputSchema }, async () => {
    const reply = (await backendCall()) as Record<string, unknown>;
    return { content: [{ type: 'text', text: JSON.stringify(reply) }], structuredContent: reply };
  });
  return mcp;
});
const bareSmall = await lowLevelList(small);
const bareLarge = await lowLevelList(large);

/** Every answer is looked at before it is measured: a fast refusal is no result. */
async function checked(run: () => Promise<unknown>, mark: string) {
  const text = String(await run());
  if (!text.includes(mark)) throw new Error(`Expected ${mark} in ${text.slice(0, 500)}`);
  return run;
}

const mark = 'Item 9';
const last = 'search_items_0049';
const operations = {
  'backend call': backendCall,
  'bare SDK tools/call': await checked(() => bareCall(calling), mark),
  'gateway tools/call': await checked(() => withoutTables(callingEvent), mark),
  'gateway tools/call on tables': await checked(() => onTables(callingEvent), mark),
  'SDK low-level tools/list 50': await checked(() => bareSmall(listing), last),
  'gateway tools/list 50': await checked(() => withoutTables(listingEvent), last),
  'SDK low-level tools/list 1000': await checked(() => bareLarge(listing), 'search_items_0999'),
  'gateway tools/list 1000': await checked(() => withoutTablesLarge(listingEvent), 'search_items_0999'),
};

const runs = (name: string) => (name.includes('1000') ? 20 : 100);
// Once unmeasured, for the compiler.
for (const [name, operation] of Object.entries(operations)) await cpuPerRun(operation, runs(name) * 3);
const result = await interleaved(
  Object.fromEntries(Object.entries(operations).map(([name, run]) => [name, () => cpuPerRun(run, runs(name))])),
  Number(rounds),
);
process.stdout.write(JSON.stringify(result), () => process.exit(0));
