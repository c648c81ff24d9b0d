import { administer } from '../../local/administer.ts';
import { startLocalGateway } from './local-gateway.ts';
import { reportsDocument, startSlowBackend } from './slow-backend.ts';

/** A whole gateway with the service that makes reports; `override` is what operators have set on `make_report`. */
export async function startReportsGateway(override: object) {
  const gateway = await startLocalGateway();
  const backend = await startSlowBackend();
  await administer(gateway.url, gateway.adminKey).importDocument('reports.json', reportsDocument, backend.url);

  /** Sets or takes back what operators set. */
  async function patch(changes: object): Promise<void> {
    const { status } = await gateway.admin('PATCH', '/admin/tools/make_report', changes);
    if (status !== 200) throw new Error(`make_report could not be changed: ${status}.`);
  }
  await patch(override);

  return {
    ...gateway,
    backend,
    patch,
    close: async () => {
      await gateway.close();
      await backend.close();
    },
  };
}

export type ReportsGateway = Awaited<ReturnType<typeof startReportsGateway>>;
