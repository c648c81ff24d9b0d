import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';
import { withAliases } from './aliases.ts';
import { schemaForm, schemaIn } from './schema-form.ts';
import { riskLevelSchema, type SchemaForm, type Tool } from './types.ts';

const maxLimit = 1_000;

/**
 * Lambda answers with 6 MB at most, in which the page is a JSON string: quotes and backslashes count twice. A page has
 * one tool at least, whatever its size.
 */
const maxPageBytes = 2.5 * 1_048_576;

const filterSchema = z.object({
  domain: z.optional(z.string()),
  risk_level: z.optional(riskLevelSchema),
  /** Words that must all occur in name, title, description or tags. */
  q: z.optional(z.string()),
  spec: z.optional(z.string()),
  /** The name of the last tool of the page before. */
  cursor: z.optional(z.string()),
  limit: z.optional(z.pipe(z.string().check(z.regex(/^\d{1,6}$/)), z.transform(Number))),
});

/** A tool as the discovery route shows it. */
export type DiscoveredTool = Pick<
  Tool,
  'name' | 'description' | 'version' | 'risk_level' | 'domain' | 'input_schema' | 'positive_examples'
> & { title?: string; requires_confirmation?: boolean };

export interface Page<T> {
  tools: T[];
  /** How many tools match, on all pages. */
  total: number;
  /** The domains of everything the caller may see, whatever the filters. */
  domains: string[];
  next_cursor?: string;
}

/** Discovery: the tools that match the query, in the order of their names. Throws `bad_request` for a bad filter. */
export function discoverTools(tools: readonly Tool[], query: Record<string, string>): Page<DiscoveredTool> {
  const form = schemaForm(query);
  return select(tools, query, (tool) => toDiscovered(tool, form));
}

/** The same selection with whole tools. */
export function pageOf(tools: readonly Tool[], query: Record<string, string>): Page<Tool> {
  return select(tools, query, (tool) => tool);
}

function select<T extends { name: string }>(
  tools: readonly Tool[],
  query: Record<string, string>,
  show: (tool: Tool) => T,
): Page<T> {
  const parsed = z.safeParse(filterSchema, query);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? 'query';
    throw new GatewayError('bad_request', `The query parameter ${field} is not valid.`, { field });
  }
  const { domain, risk_level, q, spec, cursor, limit = maxLimit } = parsed.data;
  const words = q?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  const matching = tools
    .filter(
      (tool) =>
        (domain === undefined || tool.domain === domain) &&
        (risk_level === undefined || tool.risk_level === risk_level) &&
        (spec === undefined || tool.source_spec === spec) &&
        containsAll(tool, words),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const start = cursor === undefined ? 0 : matching.findIndex((tool) => tool.name > cursor);
  const size = Math.min(Math.max(1, limit), maxLimit);
  const page = start === -1 ? [] : fitting(matching.slice(start, start + size), show);
  const hasMore = start !== -1 && start + page.length < matching.length;
  return {
    tools: page,
    total: matching.length,
    domains: [...new Set(tools.map((tool) => tool.domain))].sort(),
    ...(hasMore && { next_cursor: page.at(-1)?.name ?? '' }),
  };
}

/** Those of the first that fit into one answer. */
function fitting<T>(tools: readonly Tool[], show: (tool: Tool) => T): T[] {
  const page: T[] = [];
  let bytes = 0;
  for (const tool of tools) {
    const shown = show(tool);
    bytes += Buffer.byteLength(JSON.stringify(shown));
    if (bytes > maxPageBytes && page.length > 0) break;
    page.push(shown);
  }
  return page;
}

function containsAll(tool: Tool, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [tool.name, tool.title, tool.description, ...tool.tags].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function toDiscovered(tool: Tool, form: SchemaForm): DiscoveredTool {
  const { name, title, description, version, risk_level, domain, positive_examples, requires_confirmation } = tool;
  return {
    name,
    ...(title !== undefined && { title }),
    description,
    version,
    risk_level,
    domain,
    ...(requires_confirmation && { requires_confirmation }),
    input_schema: schemaIn(form, tool),
    positive_examples:
      form === 'safe' && tool.aliases
        ? positive_examples.map((example) => ({ ...example, input: withAliases(example.input, tool) }))
        : positive_examples,
  };
}
