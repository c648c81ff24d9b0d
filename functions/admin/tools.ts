import { type Page, pageOf } from '../catalogue/discovery.ts';
import { withOverride, withoutTool } from '../catalogue/publish.ts';
import type { CatalogueStore } from '../catalogue/store.ts';
import { type Tool, type ToolOverride, toolOverridePatchSchema } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { parseInput } from './parse-input.ts';
import { publishChange } from './publishing.ts';

/** Every tool, disabled ones too, filtered and paged like the discovery route. */
export async function listTools(store: CatalogueStore, query: Record<string, string>): Promise<Page<Tool>> {
  const { revision } = await store.head();
  return pageOf((await store.snapshot(revision)).tools, query);
}

/** A tool with what an operator has set on it. Throws `not_found`. */
export async function getTool(store: CatalogueStore, name: string): Promise<Tool & { override?: ToolOverride }> {
  const { revision } = await store.head();
  const { tools, overrides } = await store.snapshot(revision);
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) throw new GatewayError('not_found', `There is no tool "${name}".`);
  return { ...tool, ...(Object.hasOwn(overrides, name) && { override: overrides[name] }) };
}

/** Sets or, with `null`, takes back what an operator decides on a tool. Throws `invalid` or `not_found`. */
export async function patchTool(store: CatalogueStore, name: string, body: unknown) {
  const patch = parseInput(toolOverridePatchSchema, body);
  await publishChange(store, (head, snapshot) => withOverride(head, snapshot, name, patch));
  return getTool(store, name);
}

/** Removes a tool until its document is imported again. Throws `not_found`. */
export async function deleteTool(store: CatalogueStore, name: string): Promise<void> {
  await publishChange(store, (head, snapshot) => withoutTool(head, snapshot, name));
}
