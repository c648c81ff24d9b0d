import type { Act } from '../catalogue/act.ts';
import { namesOfOthers } from '../catalogue/claim-names.ts';
import { compareSpecs, type SpecChanges } from '../catalogue/compare-specs.ts';
import { finish, ownValue } from '../catalogue/definition.ts';
import { heldOf, toolsOf } from '../catalogue/of-spec.ts';
import { withSpec } from '../catalogue/specs.ts';
import type { CatalogueStore, Publication, SpecDocument } from '../catalogue/store.ts';
import { type Head, type ImportReport, nameSchema, type Snapshot, type Spec, type Tool } from '../catalogue/types.ts';
import type { Clock } from '../gateway/clock.ts';
import { GatewayError } from '../gateway/errors.ts';
import type { Imported, ImportOptions } from '../import/import-document.ts';
import { heldTools, type ShownHeldTool } from './held-tools.ts';
import { holdReasons } from './hold-reasons.ts';
import { parseInput } from './parse-input.ts';
import { publishChange } from './publishing.ts';

export interface SpecImportResult {
  spec: string;
  /** The revision that brought it; on a dry run, the one it was compared with. */
  revision: number;
  dry_run: boolean;
  report: ImportReport;
  /** What the document changes, whether it is live now or held. */
  changes: SpecChanges;
  held: ShownHeldTool[];
}

export interface SpecUpload {
  spec: string;
  document: SpecDocument['document'];
  /** May be left out when the spec was imported before. */
  backend: string | undefined;
  dryRun: boolean;
  /** The name of the API key. */
  by: string;
}

export interface PutSpecDeps {
  store: CatalogueStore;
  importDocument: (document: SpecDocument['document'], options: ImportOptions) => Promise<Imported>;
  clock: Clock;
}

/**
 * Imports a document and, unless it is a dry run, publishes its tools in place of those of the same spec, but for
 * what has to wait for somebody's consent. Throws `invalid` for a document that cannot be read or a backend that is
 * not there; the catalogue is then unchanged.
 */
export async function putSpec(upload: SpecUpload, deps: PutSpecDeps): Promise<SpecImportResult> {
  const { spec, dryRun } = upload;
  parseInput(nameSchema, spec);
  const change = (head: Head, snapshot: Snapshot) => importInto(head, snapshot, upload, deps);
  const { head, publication } = await publishChange(deps.store, change, dryRun);
  const { report, changes, snapshot } = publication;
  const { revision } = head;
  const held = heldTools(snapshot, spec).map((tool) => (dryRun ? tool : { document_revision: revision, ...tool }));
  return { spec, revision, dry_run: dryRun, report, changes, held };
}

async function importInto(head: Head, snapshot: Snapshot, upload: SpecUpload, deps: PutSpecDeps) {
  const { spec, document, by } = upload;
  const former = ownValue(head.specs, spec);
  const backend = upload.backend ?? former?.backend;
  if (backend === undefined) {
    throw new GatewayError('invalid', 'Name the backend that this document describes: ?backend=…', {
      field: 'backend',
    });
  }
  const { tools, report } = await deps.importDocument(document, {
    backend,
    kept: former && (await namesBefore(former, deps.store)),
    taken: new Set(namesOfOthers(snapshot, spec).keys()),
    prefix: spec,
  });
  const act: Act = { now: deps.clock(), by };
  const publication = withSpec(head, snapshot, { spec, backend, tools, document, report, holdReasons, act });
  return { ...publication, report, changes: compareSpecs(toolsOf(snapshot, spec), proposedTools(publication, spec)) };
}

/** The report is asked, because the path of a binding may be written differently from the document's. */
async function namesBefore(former: Spec, store: CatalogueStore): Promise<Map<string, string>> {
  const operations = (await store.specDocument(former.name, former.revision))?.report.operations ?? [];
  return new Map(
    operations.flatMap(({ method, path, tool }) => (tool === undefined ? [] : [[`${method} ${path}`, tool] as const])),
  );
}

/** The tools of a spec as the document has them: what goes live, and what is held in the place of what stays. */
function proposedTools({ snapshot }: Publication, spec: string): Tool[] {
  const { held, overrides } = snapshot;
  const waiting = Object.values(heldOf(snapshot, spec));
  return [
    ...toolsOf(snapshot, spec).filter(({ name }) => !ownValue(held, name)),
    ...waiting.map(({ definition }) => finish(definition, ownValue(overrides, definition.name))),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}
