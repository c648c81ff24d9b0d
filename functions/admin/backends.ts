import { checkBackend, type EgressRules } from '../backends/check-backend.ts';
import { withBackend, withoutBackend } from '../catalogue/publish.ts';
import type { CatalogueStore } from '../catalogue/store.ts';
import { type Backend, backendSchema } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { parseInput } from './parse-input.ts';
import { publishChange } from './publishing.ts';

export async function listBackends(store: CatalogueStore): Promise<{ backends: Backend[] }> {
  const { backends } = await store.head();
  return { backends: Object.values(backends).sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Throws `not_found`. */
export async function getBackend(store: CatalogueStore, name: string): Promise<Backend> {
  const backend = (await store.head()).backends[name];
  if (!backend) throw new GatewayError('not_found', `There is no backend "${name}".`);
  return backend;
}

/** Adds or replaces a backend. Throws `invalid` naming the field that is wrong or the host that is not allowed. */
export async function putBackend(
  store: CatalogueStore,
  name: string,
  body: unknown,
  egress: EgressRules,
): Promise<{ backend: Backend; revision: number }> {
  const named = typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body, name } : body;
  const backend = parseInput(backendSchema, named);
  checkBackend(backend, egress);
  const { head } = await publishChange(store, (head, snapshot) => withBackend(head, snapshot, backend));
  return { backend, revision: head.revision };
}

/** Throws `not_found`, or `conflict` while specs use it. */
export async function deleteBackend(store: CatalogueStore, name: string): Promise<void> {
  await publishChange(store, (head, snapshot) => withoutBackend(head, snapshot, name));
}
