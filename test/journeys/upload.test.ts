import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administer } from '../../local/administer.ts';
import { readSpecFile } from '../../local/spec-file.ts';
import { archiveOf } from './archive.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';

let gateway: LocalGateway;
let directory: string;
beforeAll(async () => {
  gateway = await startLocalGateway();
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-upload-'));
});
afterAll(async () => {
  await gateway.close();
  rmSync(directory, { recursive: true, force: true });
});

const backend = 'dealer-service-v1';
const operation = (operationId: string) => ({ get: { operationId, responses: { 200: { description: 'ok' } } } });
const documentOf = (paths: Record<string, unknown>) =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'Uploaded', version: '1' }, paths });

async function put(path: string, body: Uint8Array | string, type = 'application/gzip', headers = {}) {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'PUT',
    headers: { 'x-api-key': gateway.adminKey, 'content-type': type, ...headers },
    body,
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

describe('a document compressed by gzip', () => {
  it.each([
    ['by its media type', 'application/gzip', {}],
    ['as any bytes', 'application/octet-stream', {}],
    ['by its encoding', 'application/json', { 'content-encoding': 'gzip' }],
  ])('is imported when it is sent %s, and given back as text', async (_, type, headers) => {
    const text = documentOf({ '/zipped': operation('getZipped') });
    const answer = await put(`/admin/specs/zipped?backend=${backend}`, gzipSync(text), type, headers);
    expect(answer).toMatchObject({ status: 200, body: { report: { tools: 1, title: 'Uploaded' } } });
    const kept = await gateway.admin('GET', '/admin/specs/zipped?document=true');
    expect(kept.body.document).toBe(text);
  });

  it('may be larger than an answer, and is then given back compressed', async () => {
    const text = documentOf({ '/zipped': { ...operation('getZipped'), 'x-note': 'n'.repeat(10 * 1_048_576) } });
    const answer = await put(`/admin/specs/zipped?backend=${backend}`, gzipSync(text));
    expect(answer).toMatchObject({ status: 200, body: { report: { tools: 1 } } });
    const { body } = await gateway.admin('GET', '/admin/specs/zipped?document=true');
    expect(body.document).toBeUndefined();
    expect(gunzipSync(Buffer.from(body.document_gzip, 'base64')).toString() === text).toBe(true);
  });

  it('that grows beyond 20 MB is 413, before it has grown', async () => {
    const bomb = gzipSync(Buffer.alloc(500 * 1_048_576), { level: 9 });
    const answer = await put(`/admin/specs/zipped?backend=${backend}`, bomb);
    expect(answer).toMatchObject({
      status: 413,
      body: { error: { code: 'too_large', field: 'document', message: expect.stringContaining('20971520 bytes') } },
    });
  });

  it.each([
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, -10), 'is damaged or not complete'],
    ['is damaged', (bytes: Buffer) => bytes.fill(7, 20, 30), 'is damaged or not complete'],
    ['holds no text', () => gzipSync(Buffer.from([0xff, 0xfe, 0x00])), 'neither UTF-8 text nor a tar archive'],
  ])('that %s is 422', async (_, damage, message) => {
    const bytes = gzipSync(documentOf({ '/zipped': operation('getZipped') }));
    const answer = await put(`/admin/specs/zipped?backend=${backend}`, damage(bytes));
    expect(answer).toMatchObject({ status: 422, body: { error: { message: expect.stringContaining(message) } } });
  });
});

describe('a document in several files', () => {
  const files = {
    'api/openapi.json': documentOf({ '/split': { $ref: './paths/split.json' } }),
    'api/paths/split.json': JSON.stringify({
      post: {
        operationId: 'postSplit',
        requestBody: { content: { 'application/json': { schema: { $ref: '../../common.json#/Thing' } } } },
      },
    }),
    'common.json': JSON.stringify({ Thing: { type: 'object', properties: { name: { type: 'string' } } } }),
  };

  it('is imported from an archive, given back file by file, and its tool can be called', async () => {
    const answer = await put(`/admin/specs/split?backend=${backend}`, archiveOf(files));
    expect(answer).toMatchObject({ status: 200, body: { report: { tools: 1, lowered: 0, warnings: [] } } });
    const tool = await gateway.admin('GET', '/admin/tools/post_split');
    expect(tool.body.input_schema.properties).toEqual({ name: { type: 'string' } });
    const { body } = await gateway.admin('GET', '/admin/specs/split?document=true');
    expect(body.document.entry).toBe('api/openapi.json');
    expect(
      Object.fromEntries(body.document.files.map((file: { path: string; text: string }) => [file.path, file.text])),
    ).toEqual(files);
  });

  it('asks which file is the document when it cannot tell, and takes the one that it is told', async () => {
    const two = { ...files, 'api/old.json': files['api/openapi.json'] };
    const asked = await put(`/admin/specs/split?backend=${backend}`, archiveOf(two));
    expect(asked).toMatchObject({
      status: 422,
      body: { error: { field: 'entry', details: { candidates: ['api/old.json', 'api/openapi.json'] } } },
    });
    const told = await put(`/admin/specs/split?backend=${backend}&entry=api/old.json`, archiveOf(two));
    expect(told).toMatchObject({ status: 200, body: { report: { tools: 1 } } });
  });
});

describe('a directory on this machine', () => {
  it('is imported as npm start imports it, under its own name', async () => {
    const root = join(directory, 'My API');
    mkdirSync(join(root, 'schemas'), { recursive: true });
    const body = { content: { 'application/json': { schema: { $ref: 'schemas/thing.yaml' } } } };
    writeFileSync(
      join(root, 'a.json'),
      documentOf({ '/here': { post: { operationId: 'postHere', requestBody: body } } }),
    );
    writeFileSync(join(root, 'b.json'), documentOf({}));
    writeFileSync(join(root, 'schemas/thing.yaml'), 'properties: {name: {type: string}}');
    const admin = administer(gateway.url, gateway.adminKey);
    const report = await admin.importDocument(root, readSpecFile(root), gateway.demo.url, 'a.json');
    expect(report).toMatchObject({ tools: 1, lowered: 0 });
    expect(await gateway.admin('GET', '/admin/specs/My-API')).toMatchObject({ status: 200 });
  });
});

describe('other routes', () => {
  it('take bytes no more than before', async () => {
    const settings = JSON.stringify({ base_url: 'https://api.example.com', auth: { mode: 'none' } });
    expect(await put('/admin/backends/other', settings)).toMatchObject({ status: 415 });
    expect(await put('/admin/backends/other', gzipSync(settings))).toMatchObject({
      status: 400,
      body: { error: { message: 'The body is not valid UTF-8. Send it as UTF-8 text.' } },
    });
    expect(await put('/admin/backends/other', settings, 'application/json')).toMatchObject({ status: 200 });
  });
});
