import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Bundle } from '../../../functions/catalogue/types.ts';
import { httpBindingSchema, type ImportedTool, type OperationReport } from '../../../functions/catalogue/types.ts';
import { importDocument } from '../../../functions/import/import-document.ts';
import { clientSafeFaults } from '../../import/client-safe-faults.ts';
import { countOperations } from './count-operations.ts';

type Json = Record<string, unknown>;

/** What became of a document, and what should not have. */
export interface Judgement {
  operations: number;
  tools: ImportedTool[];
  lowered: number;
  skipped: number;
  ms: number;
  faults: string[];
}

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);

/** Imports a document twice and checks everything that must hold of every tool. `known` is how many operations it has. */
export function judgeDocument(bundle: Bundle, known?: number): Judgement {
  const operations = countOperations(bundle) ?? known;
  try {
    const begun = performance.now();
    const { tools, report } = importBundle(bundle);
    const ms = performance.now() - begun;
    const faults = [
      ...countFaults(report.operations, operations),
      ...report.operations.flatMap(lineFaults),
      ...nameFaults(tools),
      ...(isSame(tools, importBundle(bundle).tools) ? [] : ['a second import gives other tools']),
      ...tools.flatMap(toolFaults),
    ];
    const { lowered, skipped } = report;
    return { operations: operations ?? report.operations.length, tools, lowered, skipped, ms, faults };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      operations: operations ?? 0,
      tools: [],
      lowered: 0,
      skipped: 0,
      ms: 0,
      faults: [`not imported: ${reason}`],
    };
  }
}

function importBundle(bundle: Bundle) {
  const [only, ...others] = bundle.files;
  return importDocument(only && others.length === 0 ? only.text : bundle, { backend: 'score' });
}

function countFaults(lines: OperationReport[], operations: number | undefined): string[] {
  if (operations === undefined) return ['nobody knows how many operations it has'];
  return lines.length === operations ? [] : [`${operations} operations, and ${lines.length} lines of the report`];
}

function lineFaults({ method, path, status, tool, notes }: OperationReport): string[] {
  const faults: string[] = [];
  if ((tool === undefined) !== (status === 'skipped')) faults.push('is neither a tool nor skipped');
  if (notes.length === 0 && status !== 'ok') faults.push(`is ${status} without a reason`);
  return faults.map((fault) => `${method} ${path} ${fault}`);
}

function nameFaults(tools: ImportedTool[]): string[] {
  const seen = new Set<string>();
  return tools.flatMap(({ name }) => {
    const isTaken = seen.has(name);
    seen.add(name);
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) return [`${name} is no name for a tool`];
    return isTaken ? [`${name} is the name of two tools`] : [];
  });
}

function toolFaults(tool: ImportedTool): string[] {
  const schemas = Object.entries({
    'input schema': tool.input_schema,
    'client schema': tool.client_schema,
    'output schema': tool.output_schema,
  });
  const faults = [
    ...schemas.flatMap(([what, schema]) => (schema ? schemaFaults(schema).map((fault) => `${what}: ${fault}`) : [])),
    ...clientSafeFaults(tool).map((fault) => `safe form: ${fault}`),
    ...bindingFaults(tool),
  ];
  return faults.map((fault) => `${tool.name}: ${fault}`);
}

/** Where a schema is not of 2020-12, refers to what is not in it, or says what only a whole document may. */
function schemaFaults(schema: Json): string[] {
  const faults: string[] = [];
  if (schema.type !== 'object') faults.push('the root is no object');
  if (!ajv.validateSchema(schema)) faults.push(ajv.errorsText());
  const bytes = Buffer.byteLength(JSON.stringify(schema));
  if (bytes > 32_768) faults.push(`${bytes} bytes`);
  const definitions = new Set(Object.keys(isObject(schema.$defs) ? schema.$defs : {}).map((name) => `#/$defs/${name}`));
  walk(schema, (inner) => {
    if (inner.$ref !== undefined && !definitions.has(String(inner.$ref))) faults.push(`${inner.$ref} leads nowhere`);
    faults.push(...foreign.filter((keyword) => Object.hasOwn(inner, keyword)).map((keyword) => `says ${keyword}`));
  });
  return faults;
}

const foreign = ['$id', '$schema', '$anchor', '$dynamicRef', '$dynamicAnchor', 'nullable', 'discriminator', 'xml'];
const schemaMaps = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);
const values = new Set(['default', 'examples', 'enum', 'const', 'required', 'dependentRequired']);

function walk(schema: unknown, visit: (schema: Json) => void): void {
  if (Array.isArray(schema)) for (const inner of schema) walk(inner, visit);
  if (!isObject(schema)) return;
  visit(schema);
  for (const [keyword, value] of Object.entries(schema)) {
    if (values.has(keyword)) continue;
    if (schemaMaps.has(keyword)) walk(Object.values(isObject(value) ? value : {}), visit);
    else walk(value, visit);
  }
}

function bindingFaults({ binding, input_schema, description }: ImportedTool): string[] {
  const faults: string[] = [];
  if (!httpBindingSchema.safeParse(binding).success) faults.push('the binding is none');
  if (description === '') faults.push('there is no description');
  const shown = isObject(input_schema.properties) ? input_schema.properties : {};
  const { argument: whole, properties = {} } = binding.body ?? {};
  const bound = [
    ...binding.parameters.map(({ argument }) => argument),
    ...Object.keys(properties),
    ...(whole ? [whole] : []),
  ];
  faults.push(...bound.filter((name) => !Object.hasOwn(shown, name)).map((name) => `${name} is bound and not shown`));
  faults.push(
    ...Object.keys(shown)
      .filter((name) => !bound.includes(name))
      .map((name) => `${name} goes nowhere`),
  );
  return faults;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
