import type { ImportedTool, ImportReport, OperationReport } from '../../functions/catalogue/types.ts';
import { type ImportOptions, importDocument } from '../../functions/import/import-document.ts';

type Json = Record<string, unknown>;

export interface Importing {
  tools: ImportedTool[];
  report: ImportReport;
  names: string[];
  /** The only tool of a document with one operation. */
  tool: ImportedTool;
  /** The only line of its report. */
  line: OperationReport;
}

/** Imports a document, given as text or as a value, with defaults for what a test does not speak of. */
export function importing(document: string | Json, options: Partial<ImportOptions> = {}): Importing {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const { tools, report } = importDocument(text, { backend: 'petstore', ...options });
  return {
    tools,
    report,
    names: tools.map((tool) => tool.name),
    get tool() {
      if (tools.length !== 1 || !tools[0]) throw new Error(`${tools.length} tools: ${JSON.stringify(report)}`);
      return tools[0];
    },
    get line() {
      if (report.operations.length !== 1 || !report.operations[0]) throw new Error(`${report.operations.length} lines`);
      return report.operations[0];
    },
  };
}

/** A document of the given paths. */
export function documentOf(paths: Json, rest: Json = {}): Json {
  return { openapi: '3.1.0', info: { title: 'Pets', version: '1.0.0' }, paths, ...rest };
}

/** A document with one operation. */
export function operationOf(operation: Json, { method = 'get', path = '/pets', ...rest }: Json = {}): Json {
  return documentOf({ [String(path)]: { [String(method)]: operation } }, rest);
}

/** A document whose only operation takes a JSON body of this schema. */
export function bodyOf(schema: unknown, rest: Json = {}): Json {
  return operationOf(
    { requestBody: { required: true, content: { 'application/json': { schema } } } },
    { method: 'post', ...rest },
  );
}

/** What a schema of a property becomes in the tool's input. */
export function convertedProperty(schema: unknown, rest: Json = {}): unknown {
  const { input_schema } = importing(bodyOf({ type: 'object', properties: { it: schema } }, rest)).tool;
  return (input_schema.properties as Json).it;
}
