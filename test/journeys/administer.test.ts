import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dealerService, type LocalGateway, startLocalGateway } from './local-gateway.ts';

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await startLocalGateway();
});
afterAll(() => gateway.close());

const spec = 'dealer-service-v1';
const document = readFileSync(dealerService, 'utf8');
const yaml = { 'content-type': 'application/yaml' };

describe('the dealer service', () => {
  it('is imported whole, with one line for each operation', async () => {
    const { body } = await gateway.admin('GET', `/admin/specs/${spec}`);
    expect(body).toMatchObject({ name: spec, backend: spec, tools: 5, lowered: 0, skipped: 0 });
    expect(
      body.report.operations.map(({ tool, status }: { tool: string; status: string }) => `${tool} ${status}`).sort(),
    ).toEqual([
      'create_booking ok',
      'get_dealer_enquiries ok',
      'get_vehicle_inventory ok',
      'process_payment ok',
      'update_enquiry_status ok',
    ]);
    const kept = await gateway.admin('GET', `/admin/specs/${spec}?document=true`);
    expect(kept.body.document).toBe(document);
  });

  it('has risks and hints by method', async () => {
    const { body } = await gateway.admin('GET', '/admin/tools');
    const risks = Object.fromEntries(
      body.tools.map((tool: { name: string; risk_level: string }) => [tool.name, tool.risk_level]),
    );
    expect(risks).toEqual({
      create_booking: 'write',
      get_dealer_enquiries: 'read',
      get_vehicle_inventory: 'read',
      process_payment: 'write',
      update_enquiry_status: 'write',
    });
    const read = await gateway.admin('GET', '/admin/tools/get_vehicle_inventory');
    expect(read.body.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
  });
});

describe('a change of the document', () => {
  const changed = document
    .replace('operationId: processPayment', 'operationId: takePayment')
    .replace('version: 1.0.0', 'version: 1.1.0');

  it('is shown by a dry run and changes nothing', async () => {
    const before = await gateway.admin('GET', '/admin/tools');
    const dry = await gateway.admin('PUT', `/admin/specs/${spec}?dry_run=true`, `${changed}\n`, yaml);
    expect(dry).toMatchObject({ status: 200, body: { dry_run: true, report: { tools: 5 } } });
    expect((await gateway.admin('GET', '/admin/tools')).body).toEqual(before.body);
  });

  it('keeps what operators set, and gives it back when they take it away', async () => {
    const patch = { description: 'Asks what is in stock.', risk_level: 'privileged', domain: 'stock' };
    const patched = await gateway.admin('PATCH', '/admin/tools/get_vehicle_inventory', patch);
    expect(patched).toMatchObject({ status: 200, body: { ...patch, override: patch } });
    expect(patched.body.annotations.readOnlyHint).toBe(false);

    expect(await gateway.admin('PUT', `/admin/specs/${spec}`, changed, yaml)).toMatchObject({ status: 200 });
    expect((await gateway.admin('GET', '/admin/tools/get_vehicle_inventory')).body).toMatchObject(patch);

    const none = { description: null, risk_level: null, domain: null };
    const restored = await gateway.admin('PATCH', '/admin/tools/get_vehicle_inventory', none);
    expect(restored.body).toMatchObject({ risk_level: 'read', annotations: { readOnlyHint: true } });
    expect(restored.body.override).toBeUndefined();
    expect(restored.body.description).not.toBe(patch.description);
  });
});

describe('a bad document', () => {
  it.each([
    ['text that is neither JSON nor YAML', '{"openapi": "3.1.0", "paths": {', /line|position|JSON|YAML/],
    ['JSON that is no OpenAPI document', '{"hello":"world"}', /openapi|swagger/i],
    ['an unknown version', '{"openapi":"9.0.0","info":{"title":"t","version":"1"},"paths":{}}', /9\.0\.0/],
    ['nothing', '', /./],
  ])('%s is 422 with the place, and changes nothing', async (_, text, message) => {
    const before = await gateway.admin('GET', '/admin/tools');
    const answer = await gateway.admin('PUT', `/admin/specs/${spec}`, text, yaml);
    expect(answer.status).toBe(422);
    expect(answer.body.error).toMatchObject({ code: 'invalid', message: expect.stringMatching(message) });
    expect((await gateway.admin('GET', '/admin/tools')).body).toEqual(before.body);
  });

  it('with one bad operation imports the others', async () => {
    const paths = {
      '/good': { get: { operationId: 'goodOne', responses: { 200: { description: 'ok' } } } },
      '/bad': { get: { operationId: 'badOne', parameters: 'none', responses: 7 }, post: null },
    };
    const text = JSON.stringify({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths });
    const answer = await gateway.admin('PUT', `/admin/specs/partly?backend=${spec}`, text);
    expect(answer.status).toBe(200);
    expect(answer.body.changes.added).toContain('good_one');
    expect(await gateway.admin('DELETE', '/admin/specs/partly')).toMatchObject({ status: 204 });
  });

  it('larger than 6 MB is 413', async () => {
    const answer = await gateway.admin('PUT', `/admin/specs/${spec}`, ' '.repeat(6 * 1_048_576 + 1), yaml);
    expect(answer.status).toBe(413);
  });
});

describe('backends', () => {
  it.each([
    ['no base_url', { auth: { mode: 'none' } }, 'base_url'],
    ['another scheme', { base_url: 'ftp://example.com', auth: { mode: 'none' } }, 'base_url'],
    ['a user in the URL', { base_url: 'https://me@example.com', auth: { mode: 'none' } }, 'base_url'],
    ['the metadata address', { base_url: 'https://169.254.169.254', auth: { mode: 'none' } }, 'base_url'],
    ['an unknown mode', { base_url: 'https://example.com', auth: { mode: 'magic' } }, 'auth.mode'],
    ['no credential', { base_url: 'https://example.com', auth: { mode: 'bearer' } }, 'auth.credential'],
    ['a setting that there is not', { base_url: 'https://example.com', auth: { mode: 'none' }, colour: 'red' }, 'body'],
  ])('%s is 422 and names the field', async (_, settings, field) => {
    const answer = await gateway.admin('PUT', '/admin/backends/other', settings);
    expect(answer).toMatchObject({ status: 422, body: { error: { code: 'invalid', field } } });
  });

  it('come and go, but not while a spec uses them', async () => {
    const settings = { base_url: 'https://api.example.com/v2', auth: { mode: 'bearer', credential: 'other-token' } };
    expect(await gateway.admin('PUT', '/admin/backends/other', settings)).toMatchObject({
      status: 200,
      body: { backend: { name: 'other', ...settings, connect_timeout_ms: 5000, read_timeout_ms: 30000 } },
    });
    const { body } = await gateway.admin('GET', '/admin/backends');
    expect(body.backends.map(({ name }: { name: string }) => name)).toEqual([spec, 'other']);
    expect(await gateway.admin('DELETE', '/admin/backends/other')).toMatchObject({ status: 204 });
    expect(await gateway.admin('GET', '/admin/backends/other')).toMatchObject({ status: 404 });
    expect(await gateway.admin('DELETE', `/admin/backends/${spec}`)).toMatchObject({ status: 409 });
  });
});

describe('credentials', () => {
  it('are stored and never shown', async () => {
    expect(await gateway.admin('PUT', '/admin/credentials/shop', { value: 's3cret' })).toEqual({
      status: 204,
      body: undefined,
    });
    expect((await gateway.admin('GET', '/admin/credentials/shop')).status).toBe(404);
  });

  it('a wrong one is 422 without its value', async () => {
    const answer = await gateway.admin('PUT', '/admin/credentials/shop', { value: 's3cret', user: 'x' });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).not.toContain('s3cret');
  });
});

describe('admin routes', () => {
  it.each([
    ['no key', undefined],
    ['a key that is none', 'nonsense'],
    ['an unknown key', `gh_aaaaaaaaaaaa_${'A'.repeat(43)}`],
  ])('%s is 401', async (_, key) => {
    const response = await fetch(
      `${gateway.url}/admin/tools`,
      key === undefined ? {} : { headers: { 'x-api-key': key } },
    );
    expect(response.status).toBe(401);
  });

  it('a tool that is not there is 404, and a deleted one too', async () => {
    expect(await gateway.admin('GET', '/admin/tools/nothing')).toMatchObject({ status: 404 });
    expect(await gateway.admin('PATCH', '/admin/tools/nothing', {})).toMatchObject({ status: 404 });
    expect(await gateway.admin('DELETE', '/admin/tools/update_enquiry_status')).toMatchObject({ status: 204 });
    expect(await gateway.admin('GET', '/admin/tools/update_enquiry_status')).toMatchObject({ status: 404 });
  });

  it('a bad patch is 422 and names the field', async () => {
    const answer = await gateway.admin('PATCH', '/admin/tools/create_booking', { risk_level: 'deadly' });
    expect(answer).toMatchObject({ status: 422, body: { error: { field: 'risk_level' } } });
  });
});
