import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyStore } from '../../functions/gateway/deps.ts';
import { type JourneyClient, legacyClient, modernClient } from './clients.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';

let gateway: LocalGateway;
let backend: Server;
/** Keys that may do less than the first administrator's. */
let pipelineKey: string;
let reviewerKey: string;

beforeAll(async () => {
  gateway = await startLocalGateway();
  backend = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ was: `${request.method} ${request.url}` }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => backend.once('listening', resolve));
  const { port } = backend.address() as AddressInfo;
  const settings = { base_url: `http://127.0.0.1:${port}`, auth: { mode: 'none' } };
  expect(await gateway.admin('PUT', '/admin/backends/pets', settings)).toMatchObject({ status: 200 });
  pipelineKey = await issueKey('pipeline', 'aaaaaaaaaaaa', ['admin:read', 'admin:write']);
  reviewerKey = await issueKey('reviewer', 'bbbbbbbbbbbb', ['admin:read', 'admin:approve']);
});
afterAll(async () => {
  await gateway.close();
  backend.closeAllConnections();
  backend.close();
});

/** A key with the secret of the first one, and other scopes. */
async function issueKey(name: string, id: string, scopes: string[]): Promise<string> {
  const keys = await openKeyStore(gateway.env);
  const [, firstId = '', secret] = /^gh_([a-z2-7]{12})_(.+)$/.exec(gateway.adminKey) ?? [];
  const first = await keys.find(firstId);
  if (!first) throw new Error('There is no first key.');
  await keys.add({ ...first, id, name, scopes });
  return `gh_${id}_${secret}`;
}

const as = (key: string) => ({ 'x-api-key': key });
const responses = { 200: { description: 'ok' } };
const openapi = (version: string, paths: object) => ({ openapi: '3.1.0', info: { title: 'Pets', version }, paths });
const limit = (schema: object) => [{ name: 'limit', in: 'query', schema: { type: 'integer', ...schema } }];

const listPets = { operationId: 'listPets', summary: 'List the pets of the shop', responses };
const createPet = { operationId: 'createPet', summary: 'Put a new pet up for sale', responses };
const getPet = {
  operationId: 'getPet',
  summary: 'Show one pet of the shop',
  parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
  responses,
};

const first = openapi('1.0.0', {
  '/pets': { get: { ...listPets, parameters: limit({}) }, post: createPet },
  '/pets/{id}': { get: getPet },
  '/visits': { get: { operationId: 'listVisits', summary: 'List who came to the shop', responses } },
});

const second = openapi('2.0.0', {
  '/pets': { get: { ...listPets, operationId: 'findPets', parameters: limit({ maximum: 50 }) } },
  '/v2/pets': { post: { ...createPet, 'x-mcp-risk': 'high' } },
  '/pets/{id}': { get: getPet, delete: { ...getPet, operationId: 'deletePet', summary: 'Remove a pet' } },
  '/owners': { get: { operationId: 'listOwners', summary: 'List the owners of pets', responses } },
});

/** The names of the spec's tools that a client is shown. */
async function petToolsOf(connect: typeof legacyClient, role = 'operator'): Promise<string[]> {
  const client = await connect(gateway.url, await gateway.token(role));
  const names = await client.listTools();
  await client.close();
  return names.filter((name) => /pet|visits|owners/.test(name));
}

/** An instance trusts what it has read for five seconds. */
const withinTrust = { timeout: 10_000, interval: 250 };

describe('a document that changes', () => {
  let operators: JourneyClient[];
  let administrator: JourneyClient;
  let held: Record<string, string>;
  let firstRevision: number;
  let keptRevision: number;

  beforeAll(async () => {
    operators = [
      await legacyClient(gateway.url, await gateway.token('operator')),
      await modernClient(gateway.url, await gateway.token('operator')),
    ];
    administrator = await modernClient(gateway.url, await gateway.token('administrator'));
  });
  afterAll(() => Promise.all([...operators, administrator].map((client) => client.close())));

  /** Whoever lists the tools now; clients that have done so may go by their list for a minute. */
  const everyOperatorSees = (names: string[]) =>
    expect
      .poll(() => Promise.all([petToolsOf(legacyClient), petToolsOf(modernClient)]), withinTrust)
      .toEqual([names, names]);
  const importing = (document: object, query = '') =>
    gateway.admin('PUT', `/admin/specs/pets?backend=pets${query}`, document, as(pipelineKey));
  const approving = (body: object, key = reviewerKey) =>
    gateway.admin('POST', '/admin/specs/pets/approvals', body, as(key));

  it('is imported, and operators set something on one of its tools', async () => {
    const { status, body } = await importing(first);
    expect({ status, held: body.held }).toEqual({ status: 200, held: [] });
    firstRevision = body.revision;
    const patch = { description: 'Which pets there are, in our own words.' };
    expect(await gateway.admin('PATCH', '/admin/tools/list_pets', patch)).toMatchObject({ status: 200, body: patch });
    keptRevision = (await gateway.admin('GET', '/admin/tools/get_pet')).body.spec_revision;
    await everyOperatorSees(['create_pet', 'get_pet', 'list_pets', 'list_visits']);
  });

  it('shows in a dry run what would go live, what would break callers, and what would be held', async () => {
    const { status, body } = await importing(second, '&dry_run=true');
    expect(status).toBe(200);
    expect(body.changes).toMatchObject({
      counts: { added: 2, removed: 1, changed: 2, breaking: 1, unchanged: 1 },
      added: ['delete_pet', 'list_owners'],
      removed: ['list_visits'],
    });
    const told = body.changes.changed.map(
      ({ tool, breaking, what }: { tool: string; breaking: boolean; what: object[] }) => ({
        tool,
        breaking,
        what: what.map((change) => Object.values(change).slice(0, 1)[0]),
      }),
    );
    expect(told).toEqual([
      { tool: 'list_pets', breaking: true, what: ['bound_tightened'] },
      { tool: 'create_pet', breaking: false, what: ['risk_raised', 'endpoint_changed'] },
    ]);
    expect(body.held).toMatchObject([
      { tool: 'create_pet', new: false, reasons: ['risk_raised'] },
      { tool: 'delete_pet', new: true, reasons: ['privileged_tool_added'] },
    ]);
    const { body: spec } = await gateway.admin('GET', '/admin/specs/pets');
    expect(spec).toMatchObject({ version: '1.0.0', tools: 4, awaiting_approval: 0, held: [] });
  });

  it('goes live at once, but for what is riskier: of that, clients go on seeing and calling what they know', async () => {
    expect((await importing(second)).status).toBe(200);
    await everyOperatorSees(['create_pet', 'get_pet', 'list_owners', 'list_pets']);
    for (const operator of operators) {
      expect((await operator.call('create_pet', {})).structured).toEqual({ was: 'POST /pets' });
      expect((await operator.call('list_owners', {})).structured).toEqual({ was: 'GET /owners' });
    }
    await expect(administrator.call('delete_pet', { id: '7' })).rejects.toMatchObject({ code: -32602 });
  });

  it('keeps overrides by method and path, and the revision of what did not change', async () => {
    const { body } = await gateway.admin('GET', '/admin/tools/list_pets');
    expect(body).toMatchObject({ description: 'Which pets there are, in our own words.', version: '2.0.0' });
    expect(body.input_schema.properties.limit).toMatchObject({ maximum: 50 });
    expect((await gateway.admin('GET', '/admin/tools/get_pet')).body.spec_revision).toBe(keptRevision);
  });

  it('stays held when it is imported again, and shows what is held', async () => {
    const before = await gateway.admin('GET', '/admin/specs/pets');
    expect((await importing(second)).body.held).toEqual(before.body.held);
    const { body } = await gateway.admin('GET', '/admin/specs/pets?definitions=true');
    expect(body.awaiting_approval).toBe(2);
    expect(body.held[0]).toMatchObject({
      tool: 'create_pet',
      what: [{ kind: 'risk_raised', from: 'write', to: 'privileged' }, { kind: 'endpoint_changed' }],
      definition: { risk_level: 'privileged', binding: { api_endpoint: '/v2/pets' } },
    });
    held = Object.fromEntries(
      body.held.map(({ tool, content_hash }: { tool: string; content_hash: string }) => [tool, content_hash]),
    );
  });

  it('cannot be approved by the key that imports, nor imported by the key that approves', async () => {
    const refused = { status: 403, body: { error: { details: { scope: 'admin:approve' } } } };
    expect(await approving({ approve: held }, pipelineKey)).toMatchObject(refused);
    const put = await gateway.admin('PUT', '/admin/specs/pets', second, as(reviewerKey));
    expect(put).toMatchObject({ status: 403, body: { error: { details: { scope: 'admin:write' } } } });
  });

  it('cannot be approved by another hash: then nothing is', async () => {
    const { create_pet = '', delete_pet = '' } = held;
    const wrong = await approving({ approve: { create_pet, delete_pet: create_pet } });
    expect(wrong).toMatchObject({ status: 409, body: { error: { code: 'conflict', field: 'approve.delete_pet' } } });
    const { body } = await gateway.admin('GET', '/admin/specs/pets');
    expect(body.awaiting_approval).toBe(2);
    expect(await approving({})).toMatchObject({ status: 422 });
    expect(await approving({ approve: { delete_pet: 'yes' } })).toMatchObject({ status: 422 });
    expect(delete_pet).not.toBe(create_pet);
  });

  it('is live once it is approved', async () => {
    const { create_pet, delete_pet } = held;
    const answer = await approving({ approve: { create_pet }, reject: { delete_pet } });
    expect(answer).toMatchObject({
      status: 200,
      body: { approved: ['create_pet'], rejected: ['delete_pet'], held: [{ tool: 'delete_pet' }] },
    });
    await everyOperatorSees(['get_pet', 'list_owners', 'list_pets']);
    await expect.poll(() => petToolsOf(modernClient, 'administrator'), withinTrust).toContain('create_pet');
    expect((await administrator.call('create_pet', {})).structured).toEqual({ was: 'POST /v2/pets' });
    expect((await importing(second)).body.held).toMatchObject([
      { tool: 'delete_pet', rejected_at: expect.any(String) },
    ]);
  });

  it('is rolled back: clients see and call again what they did before, and overrides stay', async () => {
    const dry = await gateway.admin('POST', '/admin/specs/pets/rollback?dry_run=true', { revision: firstRevision });
    expect(dry.body).toMatchObject({ dry_run: true, changes: { added: ['list_visits'], removed: ['list_owners'] } });
    const back = await gateway.admin(
      'POST',
      '/admin/specs/pets/rollback',
      { revision: firstRevision },
      as(pipelineKey),
    );
    expect(back).toMatchObject({ status: 200, body: { restored: firstRevision, held: [] } });
    expect(back.body.revision).toBeGreaterThan(dry.body.revision);

    await everyOperatorSees(['create_pet', 'get_pet', 'list_pets', 'list_visits']);
    for (const operator of operators) {
      expect((await operator.call('create_pet', {})).structured).toEqual({ was: 'POST /pets' });
    }
    const { body } = await gateway.admin('GET', '/admin/tools/list_pets');
    expect(body).toMatchObject({ description: 'Which pets there are, in our own words.', version: '1.0.0' });
    expect((await gateway.admin('GET', '/admin/tools/get_pet')).body.spec_revision).toBe(keptRevision);
    const spec = await gateway.admin('GET', '/admin/specs/pets?document=true');
    expect(JSON.parse(spec.body.document)).toEqual(first);
  });

  it('has a history that tells who did what', async () => {
    const { body } = await gateway.admin('GET', '/admin/specs/pets');
    expect(
      body.history.map(({ action, by, entry }: { action: string; by: string; entry: { version: string } }) => [
        action,
        by,
        entry.version,
      ]),
    ).toEqual([
      ['rolled_back', 'pipeline', '1.0.0'],
      ['imported', 'pipeline', '2.0.0'],
      ['reviewed', 'reviewer', '2.0.0'],
      ['imported', 'pipeline', '2.0.0'],
      ['imported', 'pipeline', '2.0.0'],
      ['imported', 'pipeline', '1.0.0'],
    ]);
  });

  it('comes back after it was deleted', async () => {
    expect(await gateway.admin('DELETE', '/admin/specs/pets')).toMatchObject({ status: 204 });
    const tools = async () => (await gateway.admin('GET', '/admin/tools?spec=pets')).body.total;
    expect(await tools()).toBe(0);
    const gone = await gateway.admin('GET', '/admin/specs/pets');
    expect(gone.status).toBe(404);
    const [, revision] = /roll it back to revision (\d+)/.exec(gone.body.error.message) ?? [];
    const back = await gateway.admin('POST', '/admin/specs/pets/rollback', { revision: Number(revision) });
    expect(back).toMatchObject({ status: 200, body: { changes: { counts: { added: 4 } } } });
    expect(await tools()).toBe(4);
  });

  it.each([
    ['a revision that there never was', { revision: 9_999 }, 404, 'revision'],
    ['a revision without the spec', { revision: 1 }, 404, 'revision'],
    ['no revision', {}, 422, 'revision'],
    ['half a revision', { revision: 1.5 }, 422, 'revision'],
  ])('is not rolled back to %s', async (_, body, status, field) => {
    const answer = await gateway.admin('POST', '/admin/specs/pets/rollback', body);
    expect(answer).toMatchObject({ status, body: { error: { field } } });
  });
});
