import type { Bundle, ImportedTool, ImportReport } from '../catalogue/types.ts';
import { openSource } from './document/source.ts';
import { isObject, itemsOf, type JsonObject, textOf } from './json-object.ts';
import { listOperations } from './operations/list-operations.ts';
import { credentialParameters, securitySchemes } from './operations/security-schemes.ts';
import { plainLine } from './plain-text.ts';
import { buildReport, type Result } from './report/build-report.ts';
import { schemaRooms } from './schemas/schema-room.ts';
import { outputBuilder } from './tools/build-output.ts';
import { type Conversion, convertOperation, type Outcome } from './tools/convert-operation.ts';
import { nameOperations } from './tools/names.ts';

/** Values only, so that an import can run in a thread of its own. */
export interface ImportOptions {
  /** The backend that the tools call. */
  backend: string;
  /** Names that operations had in the import before, by method and path as the report has them: `GET /pets`. */
  kept?: ReadonlyMap<string, string> | undefined;
  /** Names that tools of other documents have. */
  taken?: ReadonlySet<string>;
  /** Put before a name that is taken; the backend's name unless given. */
  prefix?: string;
}

export interface Imported {
  tools: ImportedTool[];
  report: ImportReport;
}

/**
 * Turns an OpenAPI document (Swagger 2.0, OpenAPI 3.0 to 3.2; JSON or YAML) into tools. Every operation of `paths` is
 * one line of the report; one that cannot be called is skipped with the reason and harms no other. Throws `invalid`
 * with the place and the remedy for a document that cannot be read at all. Reads nothing but its arguments.
 *
 * The rooms are its steps: the text is read (`document/`), operations are brought into one form (`operations/`), schemas
 * are converted (`schemas/`) and cut where they are too large (`bounds/`), tools are made (`tools/`) with a form that all
 * clients take (`client-safe/`), and a report says what became of everything (`report/`).
 */
export function importDocument(input: string | Bundle, options: ImportOptions): Imported {
  const warnings: string[] = [];
  const source = openSource(input, warnings);
  const info = readInfo(source.document, warnings);
  const schemes = securitySchemes(source);
  const operations = listOperations(source, warnings);
  if (operations.length === 0) warnings.push('#/paths: the document has no operations, so it makes no tools.');
  const rooms = schemaRooms(source);
  const conversion: Conversion = {
    source,
    input: rooms.input,
    output: outputBuilder(source, rooms.output),
    tags: Map.groupBy(itemsOf(source.document.tags).filter(isObject), ({ name }) => name),
    supplied: credentialParameters(schemes),
    version: info.version,
    backend: options.backend,
  };
  const converted = operations.map((found) => ({ found, outcome: convertOperation(found, conversion) }));
  const tools = nameTools(converted, options, warnings);
  const results = converted.map((one) => ({ ...one, tool: tools.get(one.outcome) }));
  return { tools: [...tools.values()], report: buildReport(input, source, results, { ...info, schemes, warnings }) };
}

type Converted = Omit<Result, 'tool'>;

/** Names the converted operations; one that belongs to another document is a warning. */
function nameTools(results: Converted[], options: ImportOptions, warnings: string[]): Map<Outcome, ImportedTool> {
  const converted = results.flatMap(({ found, outcome }) => ('tool' in outcome ? [{ found, outcome }] : []));
  const names = nameOperations(
    converted.map(({ found, outcome }) => ({
      method: found.method,
      path: found.path,
      explicitName: outcome.explicitName,
      operationId: isObject(found.value) ? textOf(found.value.operationId) : undefined,
    })),
    { kept: options.kept, taken: options.taken, prefix: options.prefix ?? options.backend },
  );
  const tools = new Map<Outcome, ImportedTool>();
  for (const [index, { found, outcome }] of converted.entries()) {
    const given = names[index];
    if (!given) continue;
    tools.set(outcome, { name: given.name, ...outcome.tool });
    if (given.instead !== undefined) {
      warnings.push(
        `${found.place}: the name ${given.instead} belongs to another document, so the tool is called ${given.name}.`,
      );
    }
  }
  return tools;
}

function readInfo({ info }: JsonObject, warnings: string[]): { title: string; version: string } {
  const { title, version } = isObject(info) ? info : {};
  if (typeof version === 'number') {
    warnings.push('#/info/version: the version is a number, which loses trailing zeros; write it in quotes.');
  }
  const written = typeof version === 'number' ? String(version) : plainLine(textOf(version) ?? '', 100);
  if (written === '') warnings.push('#/info/version: the version is missing, so 0 is used.');
  return { title: plainLine(textOf(title) ?? '', 200) || 'Untitled', version: written || '0' };
}
