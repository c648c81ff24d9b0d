import * as z from 'zod/mini';
import type { NewSpecEvent } from './act.ts';
import { bundleSchema, type Head, importReportSchema, type Snapshot, type Tool } from './types.ts';

/** A document as it was uploaded, a text or several files, with what became of it. */
export const specDocumentSchema = z.object({
  document: z.union([z.string(), bundleSchema]),
  report: importReportSchema,
});
export type SpecDocument = z.infer<typeof specDocumentSchema>;

/** The files of a skill, each in base64, by their digest. */
export const skillFilesSchema = z.record(z.string(), z.string());
export type SkillFiles = z.infer<typeof skillFilesSchema>;

/** What a publication changes. Absent parts stay as they are. */
export interface Publication {
  head: Omit<Head, 'revision' | 'abandoned'>;
  snapshot: Omit<Snapshot, 'revision'>;
  /** Documents that this revision brings, by spec name. */
  documents?: Record<string, SpecDocument>;
  /** The files of skills that this revision brings, by the skill's name. */
  skillFiles?: Record<string, SkillFiles>;
  /** What the history of a spec is told of it. */
  event?: NewSpecEvent;
}

/**
 * Where the catalogue is kept. A revision becomes visible by one conditional write of the `HEAD` pointer;
 * everything it refers to is written before, so a reader sees the old revision or the new one, never a mixture.
 */
export interface CatalogueStore {
  head(): Promise<Head>;

  /** The pointer and one tool as of that pointer, in one request. An unknown tool is `undefined`. */
  findTool(name: string): Promise<{ head: Head; tool: Tool | undefined }>;

  /** The whole revision. Throws `not_found` for a revision that was never published. */
  snapshot(revision: number): Promise<Snapshot>;

  /** The document of a spec as of the revision in which it was imported. */
  specDocument(spec: string, revision: number): Promise<SpecDocument | undefined>;

  /** The files of a skill as of the revision that brought them. */
  skillFiles(skill: string, revision: number): Promise<SkillFiles | undefined>;

  /**
   * Publishes what follows `base`: tools whose `content_hash` differs from the base's get the new revision number
   * as their `spec_revision`, the others keep theirs; documents are kept under the new number, and specs of `head`
   * that `documents` names get it as their `revision`, as do skills that `skillFiles` names and definitions that are
   * held for the first time; `event` joins the history. Throws `conflict` when another publication came first; the catalogue is then as if this one
   * had never been tried.
   */
  publish(base: Head, publication: Publication): Promise<Head>;
}
