import type { Bundle, ImportedTool, ImportReport, OperationReport, SecurityScheme } from '../../catalogue/types.ts';
import type { Source } from '../document/source.ts';
import { isObject, type JsonObject, textOf } from '../json-object.ts';
import type { FoundOperation } from '../operations/operation.ts';
import { credentialsOf } from '../operations/security-schemes.ts';
import { suggestedServers } from '../operations/servers.ts';
import { plainLine, shorten } from '../plain-text.ts';
import type { Outcome } from '../tools/convert-operation.ts';
import { hiddenTexts } from './hidden-texts.ts';
import { lintTools } from './lint-tool.ts';
import { toolFlagger } from './tool-flags.ts';

const maxNotes = 20;
const maxNoteLength = 1_000;
/** Characters of the notes of all operations: beyond that nobody reads on, and the report has to fit into an answer. */
const maxReported = 1_500_000;

/** An operation with what became of it. */
export interface Result {
  found: FoundOperation;
  outcome: Outcome;
  /** Absent when it was skipped. */
  tool: ImportedTool | undefined;
}

/** What the report tells of the document as a whole. */
export interface About {
  title: string;
  version: string;
  schemes: SecurityScheme[];
  warnings: string[];
}

/** Says of every operation what became of it, and what a person should know before the tools go live. */
export function buildReport(
  input: string | Bundle,
  source: Source,
  results: readonly Result[],
  { schemes, warnings, ...info }: About,
): ImportReport {
  const inDocument = hiddenTexts(input, source);
  const isOf = (place: string, found: FoundOperation): boolean => place.startsWith(`${found.place}/`);
  const elsewhere = inDocument.filter(({ place }) => !results.some(({ found }) => isOf(place, found)));
  const flagsOf = toolFlagger();
  const { clients, findings } = lintTools(results.flatMap(({ tool }) => tool ?? []));
  const bounded = noteBounds();
  const operations = results.map(({ found, outcome, tool }): OperationReport => {
    const own = inDocument.filter(({ place }) => isOf(place, found)).map(({ sentence }) => sentence);
    const flags = bounded([...(tool ? flagsOf(tool) : []), ...own]);
    const { operationId, security } = isObject(found.value) ? found.value : ({} as JsonObject);
    const credentials = credentialsOf(security ?? source.document.security);
    const lint = tool && findings.get(tool);
    return {
      method: found.method,
      path: found.path,
      ...(textOf(operationId) && { operation_id: plainLine(String(operationId), 200) }),
      status: !tool ? 'skipped' : outcome.notes.length > 0 ? 'lowered' : 'ok',
      ...(tool && { tool: tool.name }),
      notes: bounded(outcome.notes),
      ...(flags.length > 0 && { flags }),
      ...(lint && { lint }),
      ...(credentials && { security: credentials }),
    };
  });
  const count = (status: OperationReport['status']): number =>
    operations.filter((line) => line.status === status).length;
  return {
    ...info,
    dialect: source.version,
    operations,
    tools: count('ok') + count('lowered'),
    lowered: count('lowered'),
    skipped: count('skipped'),
    warnings: noteBounds()([...warnings, ...elsewhere.map(({ sentence }) => sentence)]),
    clients,
    servers: suggestedServers(source),
    security_schemes: schemes,
  };
}

/** Gives what keeps notes without repetition, no more than a person would read of one thing, and in all. */
function noteBounds(): (notes: string[]) => string[] {
  let room = maxReported;
  return (notes) => {
    if (notes.length === 0) return notes;
    const distinct = [...new Set(notes)].map((note) => shorten(note, maxNoteLength));
    const kept = distinct.slice(0, maxNotes);
    const length = kept.reduce((sum, note) => sum + note.length, 0);
    if (length > room) return [`${distinct.length} notes, for which the report has no room.`];
    room -= length;
    return distinct.length > kept.length ? [...kept, `${distinct.length - kept.length} more of this kind.`] : kept;
  };
}
