import { gzipSync } from 'node:zlib';
import type { Act } from '../catalogue/act.ts';
import { ownValue } from '../catalogue/definition.ts';
import { unknownSpec, withoutSpec } from '../catalogue/specs.ts';
import type { CatalogueStore, SpecDocument } from '../catalogue/store.ts';
import type { ImportReport, Snapshot, Spec, SpecEvent } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { heldTools, type ShownHeldTool } from './held-tools.ts';
import { publishChange } from './publishing.ts';

export async function listSpecs(store: CatalogueStore): Promise<{ specs: Spec[] }> {
  const { specs } = await store.head();
  return { specs: Object.values(specs).sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** An answer holds 6 MB, of which the report takes its part. */
const maxShownBytes = 3_000_000;

/** A spec with all that is known about it. */
export interface SpecDetail extends Spec {
  report: ImportReport;
  held: ShownHeldTool[];
  /** Newest first: the revisions to which it can be rolled back. */
  history: SpecEvent[];
  document?: SpecDocument['document'];
  /** In the place of one that is too large for an answer: compressed by gzip, in base64. */
  document_gzip?: string;
}

/** What is shown of a spec on request only. */
export interface SpecParts {
  /** The text as it was uploaded, or the files. */
  document: boolean;
  /** The definitions that are held, as wholes. */
  definitions: boolean;
}

/** A spec with its report, what is held back for it and what was done to it. Throws `not_found`. */
export async function getSpec(store: CatalogueStore, name: string, parts: SpecParts): Promise<SpecDetail> {
  const head = await store.head();
  const snapshot = await store.snapshot(head.revision);
  const spec = ownValue(head.specs, name);
  const kept = spec && (await store.specDocument(name, spec.revision));
  if (!kept) throw unknown(snapshot, name);
  return {
    ...spec,
    report: kept.report,
    held: heldTools(snapshot, name, parts.definitions),
    history: (ownValue(snapshot.history, name) ?? []).toReversed(),
    ...(parts.document && shown(kept.document)),
  };
}

function shown(document: SpecDocument['document']): Pick<SpecDetail, 'document' | 'document_gzip'> {
  if (Buffer.byteLength(JSON.stringify(document)) <= maxShownBytes) return { document };
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return { document_gzip: gzipSync(text).toString('base64') };
}

/** Removes a spec with its tools. Throws `not_found`. */
export async function deleteSpec(store: CatalogueStore, name: string, act: Act): Promise<void> {
  await publishChange(store, (head, snapshot) => withoutSpec(head, snapshot, name, act));
}

/** Says of a spec that was deleted how it can be brought back. */
function unknown({ history }: Snapshot, name: string): GatewayError {
  const [before, last] = ownValue(history, name)?.slice(-2) ?? [];
  if (!before || last?.action !== 'deleted') return unknownSpec(name);
  const message = `There is no spec "${name}" since revision ${last.revision}; to bring it back, roll it back to revision ${before.revision}.`;
  return new GatewayError('not_found', message);
}
