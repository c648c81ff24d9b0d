import { isObject, itemsOf, type JsonObject, textOf } from '../json-object.ts';
import type { Operation } from '../operations/operation.ts';
import { plainLine, plainText } from '../plain-text.ts';

const maxTitle = 200;
const maxDescription = 10_000;
const maxTags = 20;

export interface Wording {
  title?: string;
  description: string;
  tags: string[];
  domain: string;
}

/** What a model and a person read about a tool. Never empty: without any text it says method and path. */
export function describe({ found, value }: Operation, fallbackDomain: string): Wording {
  const summary = textOf(value.summary) ?? textOf(found.pathItem.summary) ?? '';
  const title = plainLine(summary, maxTitle);
  const details = plainText(textOf(value.description) ?? textOf(found.pathItem.description) ?? '', maxDescription);
  const description = details.startsWith(title)
    ? details
    : [plainLine(summary, 1_000), details].filter(Boolean).join('\n\n');
  const tags = itemsOf(value.tags)
    .flatMap((tag) => (typeof tag === 'string' ? [plainLine(tag, 64)] : []))
    .filter(Boolean)
    .slice(0, maxTags);
  return {
    ...(title !== '' && { title }),
    description: plainText(description, maxDescription) || `${found.method} ${plainLine(found.path, 1_000)}`,
    tags,
    domain: slug(textOf(extensionOf(value).domain) ?? '') || slug(tags[0] ?? '') || fallbackDomain,
  };
}

/** The members of `x-mcp`. */
export function extensionOf(value: JsonObject): JsonObject {
  return isObject(value['x-mcp']) ? value['x-mcp'] : {};
}

/** Whether the operation is marked as one whose calls may go on as tasks. */
export function isLongRunning(value: JsonObject): boolean {
  return extensionOf(value).long_running === true || value['x-mcp-long-running'] === true;
}

function slug(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
}
