import { withSpec } from '../catalogue/publish.ts';
import type { CatalogueStore, Publication } from '../catalogue/store.ts';
import { type Head, type ImportReport, nameSchema, type Snapshot, type Spec, type Tool } from '../catalogue/types.ts';
import type { Clock } from '../gateway/clock.ts';
import { GatewayError } from '../gateway/errors.ts';
import type { Imported, ImportOptions } from '../import/import-document.ts';
import { parseInput } from './parse-input.ts';
import { type Change, type Published, publishChange } from './publishing.ts';

/** What an import does to the tools of its spec, by name. */
export interface SpecChanges {
  added: string[];
  removed: string[];
  changed: string[];
}

export interface SpecImportResult {
  spec: string;
  /** The revision that brought it; on a dry run, the one it was compared with. */
  revision: number;
  dry_run: boolean;
  report: ImportReport;
  changes: SpecChanges;
}

export interface SpecUpload {
  spec: string;
  document: string;
  /** May be left out when the spec was imported before. */
  backend: string | undefined;
  dryRun: boolean;
}

export interface PutSpecDeps {
  store: CatalogueStore;
  importDocument: (document: string, options: ImportOptions) => Imported | Promise<Imported>;
  clock: Clock;
}

/**
 * Imports a document and, unless it is a dry run, publishes its tools in place of those of the same spec.
 * Throws `invalid` for a document that cannot be read or a backend that is not there; the catalogue is then unchanged.
 */
export async function putSpec(upload: SpecUpload, deps: PutSpecDeps): Promise<SpecImportResult> {
  parseInput(nameSchema, upload.spec);
  const change = (head: Head, snapshot: Snapshot) => importInto(head, snapshot, upload, deps);
  const { head, publication } = upload.dryRun
    ? await tryChange(deps.store, change)
    : await publishChange(deps.store, change);
  const { report, changes } = publication;
  return { spec: upload.spec, revision: head.revision, dry_run: upload.dryRun, report, changes };
}

async function tryChange<P extends Publication>(store: CatalogueStore, change: Change<P>): Promise<Published<P>> {
  const head = await store.head();
  return { head, publication: await change(head, await store.snapshot(head.revision)) };
}

async function importInto(head: Head, snapshot: Snapshot, upload: SpecUpload, deps: PutSpecDeps) {
  const { spec, document } = upload;
  const former = head.specs[spec];
  const backend = upload.backend ?? former?.backend;
  if (backend === undefined) {
    throw new GatewayError('invalid', 'Name the backend that this document describes: ?backend=…', {
      field: 'backend',
    });
  }
  const { tools, report } = await deps.importDocument(document, {
    backend,
    kept: former && (await namesBefore(former, deps.store)),
    taken: new Set(snapshot.tools.filter((tool) => tool.source_spec !== spec).map((tool) => tool.name)),
    prefix: spec,
  });
  const publication = withSpec(head, snapshot, { spec, backend, tools, document, report, now: deps.clock() });
  const changes = compare(ownTools(snapshot.tools, spec), ownTools(publication.snapshot.tools, spec));
  return { ...publication, report, changes };
}

/** The report is asked, because the path of a binding may be written differently from the document's. */
async function namesBefore(former: Spec, store: CatalogueStore): Promise<Map<string, string>> {
  const operations = (await store.specDocument(former.name, former.revision))?.report.operations ?? [];
  return new Map(
    operations.flatMap(({ method, path, tool }) => (tool === undefined ? [] : [[`${method} ${path}`, tool] as const])),
  );
}

function ownTools(tools: readonly Tool[], spec: string): Tool[] {
  return tools.filter((tool) => tool.source_spec === spec);
}

function compare(before: readonly Tool[], after: readonly Tool[]): SpecChanges {
  const hashes = new Map(before.map((tool) => [tool.name, tool.content_hash]));
  const names = new Set(after.map((tool) => tool.name));
  return {
    added: after.filter((tool) => !hashes.has(tool.name)).map((tool) => tool.name),
    removed: before.filter((tool) => !names.has(tool.name)).map((tool) => tool.name),
    changed: after
      .filter((tool) => hashes.has(tool.name) && hashes.get(tool.name) !== tool.content_hash)
      .map((tool) => tool.name),
  };
}
