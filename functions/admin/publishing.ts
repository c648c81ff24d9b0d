import type { CatalogueStore, Publication } from '../catalogue/store.ts';
import type { Head, Snapshot } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';

/** What a change makes of the catalogue as it is. */
export type Change<P extends Publication> = (head: Head, snapshot: Snapshot) => P | Promise<P>;

/** A publication that became current, or of a dry run the catalogue that it would have replaced. */
export interface Published<P extends Publication> {
  head: Head;
  publication: P;
}

/** How often a change is applied afresh when another administrator publishes at the same moment. */
const attempts = 4;

/**
 * Publishes a change of the current catalogue, unless it is a dry run. Throws `conflict` when others keep coming
 * first, or what `change` throws.
 */
export async function publishChange<P extends Publication>(
  store: CatalogueStore,
  change: Change<P>,
  dryRun = false,
): Promise<Published<P>> {
  for (let attempt = 1; ; attempt += 1) {
    const head = await store.head();
    const publication = await change(head, await store.snapshot(head.revision));
    if (dryRun) return { head, publication };
    try {
      return { head: await store.publish(head, publication), publication };
    } catch (error) {
      const isConflict = error instanceof GatewayError && error.code === 'conflict';
      if (!isConflict || attempt === attempts) throw error;
    }
  }
}
