import { contentHash } from '../../functions/catalogue/definition.ts';
import type { Publication } from '../../functions/catalogue/store.ts';
import type { Backend, ImportedTool, ImportReport, Tool } from '../../functions/catalogue/types.ts';

export const dealers: Backend = {
  name: 'dealers',
  base_url: 'https://dealers.example.com',
  auth: { mode: 'none' },
  headers: {},
  connect_timeout_ms: 5_000,
  read_timeout_ms: 30_000,
  max_response_bytes: 5_242_880,
};

export const report: ImportReport = {
  title: 'Dealer service',
  version: '1.0.0',
  dialect: '3.0.3',
  operations: [{ method: 'GET', path: '/v1/things', status: 'ok', tool: 'get_things', notes: [] }],
  tools: 1,
  lowered: 0,
  skipped: 0,
  warnings: [],
};

/** An import that nobody has to consent to. */
export const quietly = { holdReasons: () => [], act: { now: 0, by: 'ci' } };

/** A tool as an import gives it. */
export function importedTool(name: string, changes: Partial<ImportedTool> = {}): ImportedTool {
  return {
    name,
    title: `Title of ${name}`,
    description: `Describes ${name}`,
    version: '1.0.0',
    enabled: true,
    domain: 'dealer',
    tags: ['things'],
    risk_level: 'write',
    requires_elevation: false,
    input_schema: { type: 'object', properties: { id: { type: 'string' } } },
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    positive_examples: [{ input: { id: '7' } }],
    binding: { kind: 'http', backend: 'dealers', api_endpoint: '/v1/things', http_method: 'POST', parameters: [] },
    ...changes,
  };
}

/** The same with its hash, as a publication holds it. */
export function aTool(name: string, changes: Partial<ImportedTool> = {}): Tool {
  const definition = { ...importedTool(name, changes), source_spec: 'dealer-service' };
  return { ...definition, spec_revision: 0, content_hash: contentHash(definition) };
}

/** A publication of these tools and nothing else. */
export function toolsOnly(...tools: Tool[]): Publication {
  return { head: { backends: {}, specs: {} }, snapshot: { tools, overrides: {} } };
}

/** A publication of one tool by this name. */
export function onlyTool(name: string, changes: Partial<ImportedTool> = {}): Publication {
  return toolsOnly(aTool(name, changes));
}
