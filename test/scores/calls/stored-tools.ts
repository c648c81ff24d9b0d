import type { Json } from './json.ts';
import type { OpenGateway } from './open-gateway.ts';

/** A tool as an administrator sees it, as far as the score needs it. */
export interface StoredTool {
  name: string;
  /** The whole schema, with the names of the document. */
  input_schema: Json;
  /** Names that clients are shown in place of others: alias → name. */
  aliases?: Record<string, string>;
  binding: {
    parameters: { argument: string; in: string; name: string }[];
    constants?: { in: string; name: string; value: string }[];
    body?: { argument?: string; properties?: Record<string, string> };
  };
}

/** Every tool of the catalogue by its name. */
export async function storedTools(gateway: OpenGateway): Promise<Map<string, StoredTool>> {
  const stored = new Map<string, StoredTool>();
  for (let cursor: unknown = ''; typeof cursor === 'string'; ) {
    const page = await gateway.admin('GET', `/admin/tools?limit=200&cursor=${encodeURIComponent(cursor)}`);
    for (const tool of page.tools as StoredTool[]) stored.set(tool.name, tool);
    cursor = page.next_cursor;
  }
  return stored;
}
