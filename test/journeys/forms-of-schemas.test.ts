import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { legacyClient, modernClient } from './clients.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';

const where = {
  type: 'object',
  properties: { 'name[eq]': { type: ['string', 'null'] } },
  additionalProperties: false,
};
const document = {
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1.0.0' },
  paths: {
    '/search': {
      post: {
        operationId: 'searchPets',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { type: 'object', properties: { where, tags: { type: 'array' } } },
              example: { where: { 'name[eq]': 'Rex' } },
            },
          },
        },
        responses: { 200: { description: 'What was sent.' } },
      },
    },
  },
};

const lossless = { type: 'object', properties: { where, tags: { type: 'array' } }, additionalProperties: false };
const safe = {
  type: 'object',
  properties: {
    where: {
      type: 'object',
      properties: { name_eq: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
      additionalProperties: false,
    },
    tags: { type: 'array', items: {} },
  },
  additionalProperties: false,
};

/** Answers with the body that it was sent. */
const backend = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  request.pipe(response);
});

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await startLocalGateway();
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const base_url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  await gateway.admin('PUT', '/admin/backends/pets', { base_url, auth: { mode: 'none' } });
  const imported = await gateway.admin('PUT', '/admin/specs/pets?backend=pets', document);
  expect(imported).toMatchObject({ status: 200 });
});
afterAll(async () => {
  await gateway.close();
  await new Promise((resolve) => backend.close(resolve));
});

describe.each([
  { era: '2025-11-25', connect: legacyClient },
  { era: '2026-07-28', connect: modernClient },
])('a client of $era', ({ connect }) => {
  const ofOperator = async (query: string) => connect(`${gateway.url}${query}`, await gateway.token('operator'));

  it('is shown what every client takes, calls by it, and the backend gets its own names', async () => {
    const client = await ofOperator('');
    expect(await client.inputSchema('search_pets')).toEqual(safe);
    const called = await client.call('search_pets', { where: { name_eq: null } });
    expect(called).toMatchObject({ isError: false, structured: { where: { 'name[eq]': null } } });
    const wrong = await client.call('search_pets', { where: { name_eq: 7 } });
    expect(wrong.text).toContain('where.name_eq: must be a string or null, got a number');
    await client.close();
  });

  it('is shown all that the document says when its address asks for that', async () => {
    const client = await ofOperator('?schemas=lossless');
    expect(await client.inputSchema('search_pets')).toEqual(lossless);
    const called = await client.call('search_pets', { where: { 'name[eq]': 'Rex' } });
    expect(called).toMatchObject({ isError: false, structured: { where: { 'name[eq]': 'Rex' } } });
    expect(await client.call('search_pets', { where: { name_eq: 'Rex' } })).toMatchObject({ isError: true });
    await client.close();
  });

  it('is told which forms there are when its address asks for another', async () => {
    await expect(ofOperator('?schemas=strict')).rejects.toThrow('must be safe or lossless');
  });
});

describe('discovery', () => {
  const discover = async (query: string) => {
    const headers = { authorization: `Bearer ${await gateway.token('operator')}` };
    const response = await fetch(`${gateway.url}/api/mcp/tools?q=search_pets${query}`, { headers });
    const body = (await response.json()) as { tools?: unknown[] };
    return { status: response.status, ...body };
  };

  it('shows the same forms, with examples to match', async () => {
    const example = (name: string) => [{ input: { where: { [name]: 'Rex' } } }];
    expect((await discover('')).tools).toMatchObject([{ input_schema: safe, positive_examples: example('name_eq') }]);
    expect((await discover('&schemas=lossless')).tools).toMatchObject([
      { input_schema: lossless, positive_examples: example('name[eq]') },
    ]);
  });

  it('names the parameter and the choices for a form that there is none of', async () => {
    const error = { code: 'bad_request', field: 'schemas', message: expect.stringContaining('safe or lossless') };
    expect(await discover('&schemas=strict')).toMatchObject({ status: 400, error });
  });
});
