import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { connectModern } from '../journeys/clients.ts';
import { type LocalGateway, startLocalGateway } from '../journeys/local-gateway.ts';
import { blocks, page } from './markdown.ts';

const all = blocks(page('docs/clients.md'));
const ofLanguage = (language: string) => all.filter((block) => block.language === language);

const remote = z.looseObject({
  url: z.literal('https://mcp.example.com/mcp'),
  type: z.literal('http').optional(),
  headers: z.object({ Authorization: z.string().regex(/^Bearer \$\{[\w:-]+\}$/) }).optional(),
});
const local = z.object({ command: z.string(), args: z.array(z.string()), env: z.record(z.string(), z.string()) });
/** Of a client that starts its server. */
const started = z.object({ mcpServers: z.object({ gatehouse: local }) });
const servers = z.strictObject({ gatehouse: z.union([remote, local]) });
const configuration = z.union([
  z.strictObject({ mcpServers: servers }),
  z.strictObject({ servers, inputs: z.array(z.object({ id: z.string() })).optional() }),
]);

describe('the configurations of clients', () => {
  it.each(ofLanguage('json').map(({ line, text }) => [line, text]))(
    'in line %i is valid and holds no secret',
    (_, text) => {
      const parsed = configuration.parse(JSON.parse(text as string));
      for (const { id } of 'inputs' in parsed ? (parsed.inputs ?? []) : []) expect(text).toContain(`\${input:${id}}`);
      expect(text).toContain('https://mcp.example.com/mcp');
    },
  );

  it('are there for every client that the page names', () => {
    expect(ofLanguage('json')).toHaveLength(7);
    expect(ofLanguage('ts')).toHaveLength(2);
  });
});

describe('the programs on the page', () => {
  // Inside the project, because they import its packages; dist/ is not kept.
  const dist = join(import.meta.dirname, '../../dist');
  let directory: string;
  let gateway: LocalGateway;
  let env: Record<string, string>;
  beforeAll(async () => {
    mkdirSync(dist, { recursive: true });
    directory = mkdtempSync(join(dist, 'docs-'));
    gateway = await startLocalGateway();
    env = { GATEHOUSE_URL: gateway.url, GATEHOUSE_TOKEN: await gateway.token('viewer') };
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function run(command: string, args: string[]): Promise<string> {
    const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env } });
    return new Promise((resolve) => {
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
      child.on('close', () => resolve(output));
    });
  }

  it.each(ofLanguage('ts').map(({ line, text }) => [line, text]))(
    'in line %i lists and calls tools',
    async (line, text) => {
      const file = join(directory, `line-${line}.ts`);
      writeFileSync(file, text as string);
      const output = await run(process.execPath, ['--disable-warning=ExperimentalWarning', file]);
      expect(output.trim().split('\n')).toEqual(['get_dealer_enquiries get_vehicle_inventory', 'called']);
    },
  );

  it('the server on stdin and stdout lists tools as it is configured', async () => {
    const text = ofLanguage('json').find((block) => block.text.includes('"stdio"'))?.text ?? '';
    const { command, args, env: given } = started.parse(JSON.parse(text)).mcpServers.gatehouse;
    const filledIn = (value: string) =>
      value
        .replace('/path/to/gatehouse', join(import.meta.dirname, '../..'))
        .replace('https://mcp.example.com', env.GATEHOUSE_URL ?? '')
        .replace(/\$\{GATEHOUSE_TOKEN\}/, env.GATEHOUSE_TOKEN ?? '');
    const client = await connectModern(
      new StdioClientTransport({
        command: command === 'node' ? process.execPath : command,
        args: args.map(filledIn),
        env: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, filledIn(value)])),
        stderr: 'ignore',
      }),
    );
    expect(await client.listTools()).toEqual(['get_dealer_enquiries', 'get_vehicle_inventory']);
    await client.close();
  });

  it('the curl line lists tools', async () => {
    const command = ofLanguage('sh').find(({ text }) => text.startsWith('curl'))?.text ?? '';
    const headers = [...command.matchAll(/-H ['"]([\w-]+): ([^'"]*)['"]/g)].map(([, name = '', value = '']) => [
      name,
      value.replace('$GATEHOUSE_TOKEN', env.GATEHOUSE_TOKEN ?? ''),
    ]);
    const body = / -d '(.*)'/.exec(command)?.[1] ?? '';
    const answer = await fetch(`${gateway.url}/mcp`, { method: 'POST', headers: Object.fromEntries(headers), body });
    expect(headers).toHaveLength(5);
    expect(await answer.json()).toMatchObject({ result: { tools: [{ name: 'get_dealer_enquiries' }, {}] } });
  });
});
