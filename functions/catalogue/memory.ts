import * as z from 'zod/mini';
import { isPublished, nextRevision, overtaken, unknownRevision } from './revisions.ts';
import { type CatalogueStore, skillFilesSchema, specDocumentSchema } from './store.ts';
import { emptyHead, emptySnapshot, headSchema, snapshotSchema, toolSchema } from './types.ts';

/** A catalogue that lives as long as the process. Keeps text, so that nothing it gave or got is an alias into it. */
export function memoryCatalogue(): CatalogueStore {
  let pointer = JSON.stringify(emptyHead);
  let tools = new Map<string, string>();
  const snapshots = new Map<number, string>();
  const documents = new Map<string, string>();
  const skillFiles = new Map<string, string>();

  const readHead = () => z.parse(headSchema, JSON.parse(pointer));

  const readSnapshot = (revision: number) =>
    z.parse(snapshotSchema, JSON.parse(snapshots.get(revision) ?? JSON.stringify(emptySnapshot)));

  return {
    head: async () => readHead(),

    async findTool(name) {
      const tool = tools.get(name);
      return { head: readHead(), tool: tool === undefined ? undefined : z.parse(toolSchema, JSON.parse(tool)) };
    },

    async snapshot(revision) {
      if (revision === 0 || isPublished(readHead(), revision)) return readSnapshot(revision);
      throw unknownRevision(revision);
    },

    async specDocument(spec, revision) {
      const text = documents.get(`${spec}#${revision}`);
      return text === undefined ? undefined : z.parse(specDocumentSchema, JSON.parse(text));
    },

    async skillFiles(skill, revision) {
      const text = skillFiles.get(`${skill}#${revision}`);
      return text === undefined ? undefined : z.parse(skillFilesSchema, JSON.parse(text));
    },

    async publish(base, publication) {
      const head = readHead();
      if (head.revision !== base.revision) throw overtaken(base);
      const next = nextRevision(head, readSnapshot(head.revision), publication, head.revision + 1);
      for (const [spec, document] of Object.entries(publication.documents ?? {})) {
        documents.set(`${spec}#${next.head.revision}`, JSON.stringify(document));
      }
      for (const [skill, files] of Object.entries(publication.skillFiles ?? {})) {
        skillFiles.set(`${skill}#${next.head.revision}`, JSON.stringify(files));
      }
      snapshots.set(next.head.revision, JSON.stringify(next.snapshot));
      tools = new Map(next.snapshot.tools.map((tool) => [tool.name, JSON.stringify(tool)]));
      pointer = JSON.stringify(next.head);
      return readHead();
    },
  };
}
