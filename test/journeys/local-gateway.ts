import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { openAudit } from '../../functions/gateway/deps.ts';
import { administer } from '../../local/administer.ts';
import { startDemoBackend } from '../../local/demo-backend.ts';
import { startDeployable } from '../../local/deployable.ts';
import { freePort } from '../../local/free-port.ts';
import { serveGateway } from '../../local/gateway.ts';
import { startSurroundings } from '../../local/surroundings.ts';

export const dealerService = join(import.meta.dirname, '../../openapi/examples/dealer-service-v1.yaml');

/** What the journeys go through: anything that serves the gateway's routes. */
interface Composition {
  url: string;
  /** The environment of its functions, with access to its tables. */
  env: Record<string, string>;
  signToken(subject: string, roles: string[]): Promise<string>;
  adminKey: string;
  close(): Promise<void>;
}

/** The handlers in this process; under `npm run e2e` the synthesised deployment, a process for each function. */
function startComposition(): Promise<Composition> {
  const deployment = inject('deployment');
  return deployment ? startDeployable(deployment) : startInThisProcess();
}

async function startInThisProcess(): Promise<Composition> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const url = `http://127.0.0.1:${await freePort(0)}`;
  const surroundings = await startSurroundings(url, directory);
  const gateway = await serveGateway(url, { ...surroundings.env, ...quiet });
  return {
    ...surroundings,
    url,
    adminKey: await surroundings.issueAdminKey('journey'),
    close: async () => {
      await gateway.close();
      await surroundings.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A whole gateway on loopback, with the demo backend imported. Nothing is kept. */
export async function startLocalGateway() {
  const gateway = await startComposition();
  const demo = await startDemoBackend({});
  const { adminKey } = gateway;
  await administer(gateway.url, adminKey).importDocument(dealerService, readFileSync(dealerService, 'utf8'), demo.url);

  return {
    url: gateway.url,
    env: gateway.env,
    demo,
    adminKey,
    token: (role: string, subject = role) => gateway.signToken(subject, [role]),
    /** What today's audit log has of one caller. */
    auditRecords: async (subject: string) => {
      const log = await openAudit(gateway.env);
      const { records } = await log.read(new Date().toISOString().slice(0, 10), { limit: 500 });
      return records.filter((record) => record.subject === subject);
    },
    /** Any admin route, with the answer's status and parsed body. */
    admin: async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(`${gateway.url}${path}`, {
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
    },
  };
}

export type LocalGateway = Awaited<ReturnType<typeof startLocalGateway>>;

/** Functions log their faults to the console, where they would drown the test runner's own report. */
export const quiet = { POWERTOOLS_LOG_LEVEL: 'SILENT' };
