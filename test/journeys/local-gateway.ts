import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { administer } from '../../local/administer.ts';
import { startDemoBackend } from '../../local/demo-backend.ts';
import { freePort } from '../../local/free-port.ts';
import { serveGateway } from '../../local/gateway.ts';
import { startSurroundings } from '../../local/surroundings.ts';

export const dealerService = join(import.meta.dirname, '../../openapi/examples/dealer-service-v1.yaml');

/** A whole gateway in this process, on loopback, with the demo backend imported. Nothing is kept. */
export async function startLocalGateway() {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const publicUrl = `http://127.0.0.1:${await freePort(0)}`;
  const surroundings = await startSurroundings(publicUrl, join(directory, 'credentials.json'));
  const gateway = await serveGateway(publicUrl, { ...surroundings.env, ...quiet });
  const demo = await startDemoBackend({});
  const adminKey = await surroundings.issueAdminKey('journey');
  await administer(publicUrl, adminKey).importDocument(dealerService, readFileSync(dealerService, 'utf8'), demo.url);

  return {
    url: publicUrl,
    env: surroundings.env,
    demo,
    adminKey,
    token: (role: string, subject = role) => surroundings.signToken(subject, [role]),
    /** Any admin route, with the answer's status and parsed body. */
    admin: async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(`${publicUrl}${path}`, {
        method,
        headers: { 'x-api-key': adminKey, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    close: async () => {
      await gateway.close();
      await demo.close();
      await surroundings.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type LocalGateway = Awaited<ReturnType<typeof startLocalGateway>>;

/** Functions log their faults to the console, where they would drown the test runner's own report. */
export const quiet = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };
