import { withoutSpec } from '../catalogue/publish.ts';
import type { CatalogueStore } from '../catalogue/store.ts';
import type { ImportReport, Spec } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { publishChange } from './publishing.ts';

export async function listSpecs(store: CatalogueStore): Promise<{ specs: Spec[] }> {
  const { specs } = await store.head();
  return { specs: Object.values(specs).sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** A spec with its report and, when asked for, its document. Throws `not_found`. */
export async function getSpec(
  store: CatalogueStore,
  name: string,
  withDocument: boolean,
): Promise<Spec & { report: ImportReport; document?: string }> {
  const spec = (await store.head()).specs[name];
  const kept = spec && (await store.specDocument(name, spec.revision));
  if (!kept) throw new GatewayError('not_found', `There is no spec "${name}".`);
  return { ...spec, report: kept.report, ...(withDocument && { document: kept.document }) };
}

/** Removes a spec with its tools. Throws `not_found`. */
export async function deleteSpec(store: CatalogueStore, name: string): Promise<void> {
  await publishChange(store, (head, snapshot) => withoutSpec(head, snapshot, name));
}
