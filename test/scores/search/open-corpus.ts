import type { Tool } from '../../../functions/catalogue/types.ts';
import { importDocument } from '../../../functions/import/import-document.ts';
import { findDocuments } from '../calls/find-documents.ts';
import { readBundle } from '../import/read-bundle.ts';

/** The tools of every document of a folder, by the document's name, each as if it were published alone. */
export function openCorpus(folder: string): Map<string, Tool[]> {
  return new Map(
    findDocuments(folder).map(({ name, file }) => {
      const [only, ...others] = readBundle(folder, file).files;
      const source = only && others.length === 0 ? only.text : readBundle(folder, file);
      const { tools } = importDocument(source, { backend: name });
      return [name, tools.map((tool) => ({ ...tool, source_spec: name, spec_revision: 1, content_hash: '' }))];
    }),
  );
}
