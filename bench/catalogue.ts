import { withBackend } from '../functions/catalogue/publish.ts';
import { withSpec } from '../functions/catalogue/specs.ts';
import type { CatalogueStore } from '../functions/catalogue/store.ts';
import { type Backend, emptyHead, emptySnapshot, type ImportedTool } from '../functions/catalogue/types.ts';

/** A read tool with the schema of an ordinary search operation. */
function searchTool(number: number): ImportedTool {
  const name = `search_items_${String(number).padStart(4, '0')}`;
  return {
    name,
    title: `Search items ${number}`,
    description: `Finds items of collection ${number} by name, state and owner; answers at most one page.`,
    version: '1.0.0',
    enabled: true,
    domain: 'items',
    tags: ['items'],
    risk_level: 'read',
    requires_elevation: false,
    input_schema: {
      type: 'object',
      properties: {
        q: { type: 'string', description: 'Words that must occur in the name.' },
        state: { type: 'string', enum: ['open', 'closed', 'archived'], description: 'Only items in this state.' },
        owner: { type: 'string', description: 'Only items of this owner.' },
        limit: { type: 'integer', minimum: 1, maximum: 100, description: 'How many items at most.' },
      },
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    positive_examples: [],
    binding: {
      kind: 'http',
      backend: 'bench',
      api_endpoint: `/items/${number}`,
      http_method: 'GET',
      parameters: ['q', 'state', 'owner', 'limit'].map((argument) => ({
        argument,
        in: 'query' as const,
        name: argument,
        style: 'form' as const,
        explode: true,
      })),
    },
  };
}

/** Fills an empty catalogue with `count` tools of one backend. */
export async function fill(store: CatalogueStore, count: number, backendUrl: string): Promise<void> {
  const backend: Backend = {
    name: 'bench',
    base_url: backendUrl,
    auth: { mode: 'none' },
    headers: {},
    connect_timeout_ms: 5_000,
    read_timeout_ms: 30_000,
    max_response_bytes: 1_048_576,
  };
  const head = await store.publish(emptyHead, withBackend(emptyHead, emptySnapshot, backend));
  const tools = Array.from({ length: count }, (_, number) => searchTool(number));
  const report = {
    title: 'Bench',
    version: '1.0.0',
    dialect: '3.1.0',
    operations: [],
    tools: count,
    lowered: 0,
    skipped: 0,
    warnings: [],
  };
  const snapshot = await store.snapshot(head.revision);
  await store.publish(
    head,
    withSpec(head, snapshot, {
      spec: 'bench',
      backend: 'bench',
      tools,
      document: '{}',
      report,
      holdReasons: () => [],
      act: { now: 0, by: 'bench' },
    }),
  );
}

export const calledTool = 'search_items_0007';
export const callArguments = { q: 'blue', limit: 10 };
