import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JourneyClient, modernClient } from './clients.ts';
import { type LocalGateway, startLocalGateway } from './local-gateway.ts';
import { startUnrulyBackend, unrulyDocument } from './unruly-backend.ts';

let gateway: LocalGateway;
let backend: Awaited<ReturnType<typeof startUnrulyBackend>>;
let client: JourneyClient;

beforeAll(async () => {
  gateway = await startLocalGateway();
  backend = await startUnrulyBackend();
  await point(backend.url);
  expect(await gateway.admin('PUT', '/admin/specs/unruly?backend=unruly', unrulyDocument)).toMatchObject({
    status: 200,
  });
  client = await modernClient(gateway.url, await gateway.token('operator'));
});
afterAll(async () => {
  await client.close();
  await gateway.close();
  await backend.close();
});

function point(url: string) {
  const settings = { base_url: url, auth: { mode: 'none' }, read_timeout_ms: 300 };
  return gateway.admin('PUT', '/admin/backends/unruly', settings);
}

describe('a backend that fails becomes an answer that a model can act on', () => {
  it.each([
    ['get_slow', { kind: 'backend_timeout' }],
    ['get_garbage', { kind: 'backend_reply_unreadable' }],
    ['get_no-http', { kind: 'backend_reply_unreadable' }],
    ['get_reset', { kind: 'backend_unreachable' }],
    ['get_huge', { kind: 'backend_reply_too_large' }],
    ['get_redirect', { kind: 'backend_redirect' }],
    ['get_failing', { kind: 'backend_error', status: 503, retry_after_s: 7 }],
  ])('%s', async (name, structured) => {
    const answer = await client.call(name.replaceAll('-', '_'), {});
    expect(answer).toMatchObject({ isError: true, structured });
    expect((answer.structured as { next_step?: string }).next_step).toBeTruthy();
  });

  it('a backend that is down', async () => {
    const closed = await startUnrulyBackend();
    await closed.close();
    await point(closed.url);
    // The instance that answers may still trust the former address.
    const kind = () => client.call('get_text', {}).then(({ structured }) => (structured as { kind?: string })?.kind);
    await expect.poll(kind, { timeout: 10_000, interval: 200 }).toBe('backend_unreachable');
    await point(backend.url);
    await expect.poll(kind, { timeout: 10_000, interval: 200 }).toBeUndefined();
  });
});

describe('what is not JSON', () => {
  it.each([
    ['get_image', { type: 'image', mimeType: 'image/png', data: 'iVBORw==' }],
    ['get_bytes', { type: 'resource', resource: { mimeType: 'application/octet-stream', blob: 'AAEC' } }],
    ['get_text', { type: 'text', text: 'grüezi' }],
    ['get_nothing', { type: 'text' }],
  ])('%s', async (name, block) => {
    const answer = await client.call(name, {});
    expect(answer.isError).toBe(false);
    expect(answer.content).toMatchObject([block]);
  });
});
