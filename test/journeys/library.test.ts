import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { administer } from '../../local/administer.ts';
import { archiveOf } from './archive.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';

const stock = JSON.stringify({ vehicles: Array.from({ length: 9_000 }, (_, id) => ({ id, colour: 'ultramarine' })) });
const brochure = Buffer.alloc(600_000, '%PDF-1.7 \u0000\u00ff', 'latin1');
const chart = Buffer.alloc(500_000, 7);
const replies: Record<string, [type: string, body: string | Buffer]> = {
  '/stock': ['application/json', stock],
  '/brochure': ['application/pdf', brochure],
  '/chart': ['image/png', chart],
};

const yard = {
  'api/openapi.yaml': `openapi: 3.1.0
info: { title: Yard, version: "2" }
paths:
  /stock: { get: { operationId: getStock, responses: { 200: { description: All. } } } }
  /brochure: { get: { operationId: getBrochure, responses: { 200: { description: A file. } } } }
  /chart: { get: { operationId: getChart, responses: { 200: { description: An image. } } } }
  /parts: { post: { operationId: postPart, requestBody: { $ref: 'parts/a part.json' } } }
`,
  'api/parts/a part.json': '{"content":{"application/json":{"schema":{"type":"object"}}}}',
};
const vault = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Vault', version: '1' },
  paths: { '/safe': { delete: { operationId: 'emptySafe', responses: { 204: { description: 'Gone.' } } } } },
});

let gateway: LocalGateway;
/** An instance may trust what it knows of the catalogue for five. */
const seconds = { timeout: 10_000 };
const backend = createServer((request, response) => {
  const [type, body] = replies[request.url ?? ''] ?? ['text/plain', ''];
  response.writeHead(200, { 'content-type': type }).end(body);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  gateway = await startLocalGateway();
  const admin = administer(gateway.url, gateway.adminKey);
  await admin.importDocument('yard.tgz', archiveOf(yard), url);
  await admin.importDocument('vault.json', vault, url);
});
afterAll(async () => {
  await gateway.close();
  await new Promise((resolve) => backend.close(resolve));
});

type Connect = (role: string, subject?: string) => Promise<LegacyClient | ModernClient>;

const identity = { name: 'journey', version: '1.0.0' };

async function transportOptions(role: string, subject?: string) {
  return { requestInit: { headers: { authorization: `Bearer ${await gateway.token(role, subject)}` } } };
}

const legacy: Connect = async (role, subject) => {
  const client = new LegacyClient(identity);
  const transport = new LegacyTransport(new URL(`${gateway.url}/mcp`), await transportOptions(role, subject));
  await client.connect(transport as Parameters<LegacyClient['connect']>[0]);
  return client;
};

const modern = async (role: string, subject?: string) => {
  const client = new ModernClient(identity, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new ModernTransport(new URL(`${gateway.url}/mcp`), await transportOptions(role, subject)));
  return client;
};

/** What both clients call alike, as far as the journeys look at it. */
function reading(connected: LegacyClient | ModernClient) {
  const client = connected as ModernClient;
  return {
    capabilities: () => client.getServerCapabilities(),
    resources: async () => (await client.listResources()).resources,
    templates: async () => (await client.listResourceTemplates()).resourceTemplates.map((each) => each.uriTemplate),
    read: async (uri: string) => (await client.readResource({ uri })).contents,
    prompts: async () => (await client.listPrompts()).prompts,
    prompt: async (name: string, args: Record<string, string> = {}) =>
      (await client.getPrompt({ name, arguments: args })).messages.map(({ content }) => content),
    complete: async (ref: Parameters<typeof client.complete>[0]['ref'], name: string, value: string) =>
      (await client.complete({ ref, argument: { name, value } })).completion,
    call: async (name: string) => client.callTool({ name, arguments: {} }),
    ask: (method: string, params: Record<string, unknown>) =>
      connected instanceof LegacyClient
        ? connected.request({ method, params } as Parameters<LegacyClient['request']>[0], z.looseObject({}))
        : connected.request({ method, params }, z.looseObject({})),
    close: () => client.close(),
  };
}

async function failure(work: Promise<unknown>): Promise<{ code: unknown; data: unknown; message: string }> {
  const error = await work.then(
    () => undefined,
    (reason: Error & { code: unknown; data: unknown }) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const { code, data, message } = error as Error & { code: unknown; data: unknown };
  return { code, data, message };
}

function linkIn(result: Awaited<ReturnType<ReturnType<typeof reading>['call']>>) {
  const content = result.content as { type: string; text?: string; uri?: string }[];
  return { text: content[0]?.text ?? '', link: content.find(({ type }) => type === 'resource_link') };
}

describe.each([
  { era: '2025-11-25', connect: legacy },
  { era: '2026-07-28', connect: modern as Connect },
])('a client of $era', ({ era, connect }) => {
  const as = async (role: string, subject?: string) => reading(await connect(role, subject));

  describe('documents', () => {
    it('are listed and read by those who may use one of their tools, and are unknown to others', async () => {
      const [viewer, administrator] = await Promise.all([as('viewer'), as('administrator')]);
      const uris = async (reader: typeof viewer) => (await reader.resources()).map(({ uri }) => uri);
      expect(await uris(viewer)).toEqual(['spec://dealer-service-v1', 'spec://yard']);
      expect(await uris(administrator)).toEqual(['spec://dealer-service-v1', 'spec://vault', 'spec://yard']);
      expect((await viewer.resources())[1]).toMatchObject({ name: 'yard', title: 'Yard' });

      expect(await administrator.read('spec://vault')).toEqual([
        { uri: 'spec://vault', mimeType: 'application/json', text: vault },
      ]);
      const [hidden, absent] = await Promise.all([
        failure(viewer.read('spec://vault')),
        failure(viewer.read('spec://no-such-spec')),
      ]);
      expect(hidden).toMatchObject({ code: -32602, data: { uri: 'spec://vault' } });
      expect(hidden.message.replace('vault', 'no-such-spec')).toBe(absent.message);
      await Promise.all([viewer.close(), administrator.close()]);
    });

    it('in several files are read file by file', async () => {
      const viewer = await as('viewer');
      expect(await viewer.templates()).toEqual(['result://{id}', 'spec://{spec}', 'spec://{spec}/{+file}']);
      expect(await viewer.read('spec://yard')).toEqual([
        { uri: 'spec://yard', mimeType: 'application/yaml', text: yard['api/openapi.yaml'] },
      ]);
      const part = 'spec://yard/api/parts/a%20part.json';
      expect(await viewer.read(part)).toEqual([
        { uri: part, mimeType: 'application/json', text: yard['api/parts/a part.json'] },
      ]);
      for (const uri of ['spec://yard/../yard', 'spec://yard/api', 'spec://yard/%zz', 'file:///etc/passwd', 'yard']) {
        expect(await failure(viewer.read(uri)), uri).toMatchObject({ code: -32602 });
      }
      await viewer.close();
    });

    it('have names that are completed, as far as they are visible', async () => {
      const [viewer, administrator] = await Promise.all([as('viewer'), as('administrator')]);
      const ref = { type: 'ref/resource' as const, uri: 'spec://{spec}' };
      expect(await administrator.complete(ref, 'spec', 'V')).toMatchObject({ values: ['vault'], hasMore: false });
      expect(await viewer.complete(ref, 'spec', 'V')).toMatchObject({ values: [] });
      const unknown = { type: 'ref/resource' as const, uri: 'test://{id}' };
      expect(await failure(viewer.complete(unknown, 'id', ''))).toMatchObject({ code: -32602 });
      await Promise.all([viewer.close(), administrator.close()]);
    });
  });

  describe('a result that is too large for an answer', () => {
    it('comes as a link that its principal can read, and nobody else', async () => {
      const [ada, bob] = await Promise.all([as('viewer', 'ada'), as('viewer', 'bob')]);
      const { text, link } = linkIn(await ada.call('get_stock'));
      expect(text).toContain(`${Buffer.byteLength(stock)} bytes of application/json`);
      expect(text).toContain('It begins with:\n{"vehicles":[{"id":0,"colour":"ultramarine"}');
      expect(text.length).toBeLessThan(3_000);
      expect(link).toMatchObject({ mimeType: 'application/json', size: Buffer.byteLength(stock) });

      const uri = link?.uri ?? '';
      expect(await ada.read(uri)).toEqual([{ uri, mimeType: 'application/json', text: stock }]);
      const unknown = `result://${crypto.randomUUID()}`;
      const [foreign, absent] = await Promise.all([failure(bob.read(uri)), failure(bob.read(unknown))]);
      expect(foreign).toEqual({ ...absent, data: { uri }, message: absent.message.replace(unknown, uri) });
      expect(foreign.code).toBe(-32602);
      await Promise.all([ada.close(), bob.close()]);
    });

    it('is kept as the bytes that it is', async () => {
      const viewer = await as('viewer');
      const { link } = linkIn(await viewer.call('get_brochure'));
      const [content] = await viewer.read(link?.uri ?? '');
      expect(content).toMatchObject({ mimeType: 'application/pdf' });
      const { blob } = content as { blob: string };
      expect(Buffer.from(blob, 'base64').equals(brochure)).toBe(true);
      await viewer.close();
    });

    it('is not an image, which nobody sees by way of a link', async () => {
      const viewer = await as('viewer');
      const { content } = await viewer.call('get_chart');
      expect(content).toMatchObject([{ type: 'image', data: chart.toString('base64') }]);
      await viewer.close();
    });
  });

  it('is offered the prompts that administrators keep, as long as they keep them', async () => {
    const name = `answer-enquiry-${era}`;
    const put = await gateway.admin('PUT', `/admin/prompts/${name}`, {
      title: 'Answer an enquiry',
      description: 'Drafts an answer',
      arguments: [
        { name: 'dealer', required: true },
        { name: 'tone', values: ['formal', 'friendly', 'brief'] },
      ],
      messages: [
        { role: 'user', text: 'Answer {{dealer}}. Tone: {{tone}}.' },
        { role: 'assistant', text: 'I look at {{dealer}}, {{dealer}}.' },
      ],
    });
    expect(put).toMatchObject({ status: 200, body: { prompt: { name } } });
    await gateway.admin('PUT', `/admin/prompts/secret-${era}`, {
      description: 'For some',
      messages: [{ role: 'user', text: 'For some.' }],
      roles: ['administrator'],
    });

    // A client may keep a list for a minute, so each look is another's.
    const offered = async () => {
      const other = await as('viewer');
      const prompts = await other.prompts();
      await other.close();
      return prompts.filter((prompt) => prompt.name.endsWith(era));
    };
    await expect.poll(offered, seconds).toEqual([
      {
        name,
        title: 'Answer an enquiry',
        description: 'Drafts an answer',
        arguments: [
          { name: 'dealer', required: true },
          { name: 'tone', required: false },
        ],
      },
    ]);
    const client = await as('viewer');
    const ref = { type: 'ref/prompt' as const, name };
    expect(await client.complete(ref, 'tone', 'F')).toEqual({
      values: ['formal', 'friendly'],
      total: 2,
      hasMore: false,
    });
    expect(await client.complete(ref, 'dealer', 'D')).toMatchObject({ values: [] });
    expect(await client.prompt(name, { dealer: '{{tone}} $& D-7', tone: 'brief' })).toEqual([
      { type: 'text', text: 'Answer {{tone}} $& D-7. Tone: brief.' },
      { type: 'text', text: 'I look at {{tone}} $& D-7, {{tone}} $& D-7.' },
    ]);
    expect((await client.prompt(name, { dealer: 'D-7' }))[0]).toMatchObject({ text: 'Answer D-7. Tone: .' });
    expect(await failure(client.prompt(name))).toMatchObject({ code: -32602, message: /dealer is required/ });
    expect(await failure(client.prompt(name, { dealer: 'D-7', colour: 'red' }))).toMatchObject({
      code: -32602,
      message: expect.stringContaining('colour is no argument'),
    });

    const hidden = await failure(client.prompt(`secret-${era}`));
    const absent = await failure(client.prompt('no-such-prompt'));
    expect(hidden).toEqual({ ...absent, message: absent.message.replace('no-such-prompt', `secret-${era}`) });
    expect(hidden.code).toBe(-32602);
    expect(await failure(client.complete({ ...ref, name: `secret-${era}` }, 'a', ''))).toMatchObject({ code: -32602 });
    const administrator = await as('administrator');
    expect(await administrator.prompt(`secret-${era}`)).toMatchObject([{ text: 'For some.' }]);

    expect((await gateway.admin('DELETE', `/admin/prompts/${name}`)).status).toBe(204);
    expect((await gateway.admin('GET', `/admin/prompts/${name}`)).status).toBe(404);
    await Promise.all([client.close(), administrator.close()]);
  });

  it('is told what there is', async () => {
    const client = await as('viewer');
    const { resources, prompts, completions } = client.capabilities() ?? {};
    expect({ resources, prompts, completions }).toEqual({
      resources: { listChanged: false },
      prompts: { listChanged: false },
      completions: {},
    });
    await client.close();
  });
});

describe('a skill', () => {
  const skillMd = '---\nname: book-a-test-drive\ndescription: Books a test drive.\n---\nRead references/HOURS.md.\n';
  const files = {
    'book-a-test-drive/SKILL.md': skillMd,
    'book-a-test-drive/references/HOURS.md': 'Monday to Friday, 9 to 18.\n',
    'book-a-test-drive/assets/car park.bin': Uint8Array.of(0, 255, 1),
    'book-a-test-drive/.DS_Store': 'left behind',
  };
  const root = 'skill://book-a-test-drive';

  async function upload(name: string, archive: Buffer<ArrayBuffer>) {
    const response = await fetch(`${gateway.url}/admin/skills/${name}`, {
      method: 'PUT',
      headers: { 'x-api-key': gateway.adminKey, 'content-type': 'application/gzip' },
      body: archive,
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  async function speaksOfSkills(connect: Connect): Promise<boolean> {
    const client = await connect('viewer');
    const { extensions = {} } = client.getServerCapabilities() ?? {};
    await client.close();
    return 'io.modelcontextprotocol/skills' in extensions;
  }

  it('is not spoken of while there is none', async () => {
    expect(await Promise.all([legacy, modern].map(speaksOfSkills))).toEqual([false, false]);
  });

  it.each([
    ['without SKILL.md', { 'x/README.md': '' }, /SKILL\.md is missing/],
    ['of another name', { 'SKILL.md': skillMd.replace('book-a', 'book-the') }, /must match/],
    ['without a description', { 'SKILL.md': '---\nname: book-a-test-drive\n---\n' }, /description/],
    ['with too much in it', { 'SKILL.md': skillMd, 'big.bin': Buffer.alloc(2_100_000, 7) }, /at most 512 files/],
  ])('%s is refused', async (_, content, message) => {
    const { status, body } = await upload('book-a-test-drive', archiveOf(content));
    expect([413, 422]).toContain(status);
    expect(body.error.message).toMatch(message);
  });

  it('is refused when it is no archive', async () => {
    const answer = await gateway.admin('PUT', '/admin/skills/book-a-test-drive', skillMd);
    expect(answer).toMatchObject({ status: 422, body: { error: { message: expect.stringContaining('tar -cz') } } });
  });

  it('is uploaded, found and read file by file, each as its entry says, until it is deleted', async () => {
    const put = await upload('book-a-test-drive', archiveOf(files));
    expect(put).toMatchObject({ status: 200, body: { skill: { description: 'Books a test drive.' } } });
    expect(put.body.skill.files.map(({ uri }: { uri: string }) => uri)).toEqual([
      `${root}/SKILL.md`,
      `${root}/assets/car%20park.bin`,
      `${root}/references/HOURS.md`,
    ]);
    const kept = await gateway.admin('GET', '/admin/skills/book-a-test-drive');
    expect(kept.body).toEqual(put.body.skill);

    await expect.poll(() => speaksOfSkills(modern), seconds).toBe(true);
    const client = await modern('viewer');
    // Verifies sizes and digests.
    const skills = new SkillsClient(client);
    const [skill] = (await skills.list()).skills;
    if (!skill) throw new Error('no skill');
    expect(await skills.get(skill.uri)).toMatchObject({ skill, cacheScope: 'private' });
    expect(await skills.read(skill)).toMatchObject({ text: skillMd });
    expect(await skills.read(skill, 'references/HOURS.md')).toMatchObject({
      text: 'Monday to Friday, 9 to 18.\n',
      mimeType: 'text/markdown',
    });
    const { resources } = await skills.readDirectory(root);
    expect(resources.map(({ uri, mimeType }) => [uri, mimeType])).toEqual([
      [`${root}/SKILL.md`, 'text/markdown'],
      [`${root}/assets`, 'inode/directory'],
      [`${root}/references`, 'inode/directory'],
    ]);
    await client.close();

    const earlier = await legacy('viewer');
    expect(earlier.getServerCapabilities()?.extensions).toMatchObject({
      'io.modelcontextprotocol/skills': { directoryRead: true },
    });
    const reader = reading(earlier);
    expect(await reader.ask('skills/list', {})).toEqual({ skills: [skill] });
    expect(await reader.ask('resources/directory/read', { uri: `${root}/references` })).toEqual({
      resources: [{ uri: `${root}/references/HOURS.md`, name: 'HOURS.md', mimeType: 'text/markdown', size: 27 }],
    });
    const binary = `${root}/assets/car%20park.bin`;
    expect(await reader.read(binary)).toEqual([
      { uri: binary, mimeType: 'application/octet-stream', blob: Buffer.of(0, 255, 1).toString('base64') },
    ]);
    expect((await reader.resources()).map(({ uri }) => uri)).toContain(`${root}/SKILL.md`);
    expect(await reader.templates()).toContain('skill://{+path}');
    for (const uri of [`${root}/.DS_Store`, `${root}/references`, 'skill://other/SKILL.md']) {
      expect(await failure(reader.read(uri))).toMatchObject({ code: -32602, data: { uri } });
    }
    expect(await failure(reader.ask('skills/get', { uri: 'skill://other/SKILL.md' }))).toMatchObject({ code: -32602 });
    expect(await failure(reader.ask('resources/directory/read', { uri: `${root}/SKILL.md` }))).toMatchObject({
      code: -32602,
    });

    expect((await gateway.admin('DELETE', '/admin/skills/book-a-test-drive')).status).toBe(204);
    expect((await gateway.admin('DELETE', '/admin/skills/book-a-test-drive')).status).toBe(404);
    await expect.poll(() => speaksOfSkills(legacy), seconds).toBe(false);
    await expect(reader.read(binary)).rejects.toMatchObject({ code: -32602 });
    await earlier.close();
  });
});
