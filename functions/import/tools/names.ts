import { createHash } from 'node:crypto';

const maxLength = 64;

/** What a name is made from. */
export interface NamedOperation {
  /** Upper case. */
  method: string;
  path: string;
  /** From an extension such as `x-mcp.name`. */
  explicitName?: string | undefined;
  operationId?: string | undefined;
}

export interface NamingOptions {
  /** The name that the same method and path had before. */
  kept?: ReadonlyMap<string, string> | undefined;
  /** Names that belong to other documents. */
  taken?: ReadonlySet<string> | undefined;
  /** Put before a name that is taken. */
  prefix: string;
}

export interface GivenName {
  name: string;
  /** The name it would have had, when that one is taken. */
  instead?: string;
}

/**
 * Gives every operation a name: valid for every client, unique, and independent of the order of operations. A name
 * given before is kept; equal ones are told apart by their method or else by a hash of method and path, never by a
 * counter, so that adding an operation renames no other.
 */
export function nameOperations(operations: readonly NamedOperation[], options: NamingOptions): GivenName[] {
  const { taken, prefix } = options;
  const names = nameWithin(operations, options);
  const used = new Set(names.values());
  return operations.map((operation) => {
    const name = names.get(operation) ?? hashed('', operation);
    if (!taken?.has(name)) return { name };
    const candidates = [join(snakeCase(prefix), name), hashed(join(snakeCase(prefix), name), operation)];
    const free = candidates.find((candidate) => !used.has(candidate) && !taken.has(candidate));
    return { name: free ?? hashed(name, operation, 16), instead: name };
  });
}

/** Names that are unique within the document. */
function nameWithin(
  operations: readonly NamedOperation[],
  { kept: before, taken }: NamingOptions,
): Map<NamedOperation, string> {
  const names = new Map<NamedOperation, string>();
  const used = new Set<string>();
  const give = (operation: NamedOperation, name: string): void => {
    names.set(operation, name);
    used.add(name);
  };

  for (const operation of operations) {
    const kept = before?.get(`${operation.method} ${operation.path}`);
    if (kept !== undefined && isToolName(kept) && !used.has(kept) && !taken?.has(kept)) give(operation, kept);
  }
  const groups = Map.groupBy(
    operations.filter((operation) => !names.has(operation)),
    proposedName,
  );
  // Names that nobody contests come first; then by name, so that the order in the document plays no part.
  const ordered = [...groups].sort(([a, as], [b, bs]) => as.length - bs.length || (a < b ? -1 : 1));
  for (const [name, group] of ordered) {
    for (const [operation, own] of tellApart(name, group, used)) give(operation, own);
  }
  return names;
}

function tellApart(name: string, group: NamedOperation[], used: ReadonlySet<string>): [NamedOperation, string][] {
  const [only] = group;
  if (only && group.length === 1 && !used.has(name)) return [[only, name]];
  const byMethod = group.map((operation) => join(name, operation.method.toLowerCase()));
  const separates = new Set(byMethod).size === group.length && !byMethod.some((candidate) => used.has(candidate));
  return group.map((operation, index) => {
    const short = hashed(name, operation);
    return [operation, (separates && byMethod[index]) || (used.has(short) ? hashed(name, operation, 16) : short)];
  });
}

/** The name before collisions: from the extension, the `operationId`, or method and path. */
function proposedName(operation: NamedOperation): string {
  const { explicitName, operationId } = operation;
  if (explicitName !== undefined && isToolName(explicitName)) return explicitName;
  const name = snakeCase(explicitName ?? '') || snakeCase(operationId ?? '') || nameFromPath(operation);
  return name.length <= maxLength ? name : hashed(name, operation);
}

function nameFromPath(operation: NamedOperation): string {
  const method = operation.method.toLowerCase();
  if (/^\/*$/.test(operation.path)) return join(snakeCase(method), 'root');
  const path = snakeCase(operation.path.replace(/\{([^{}]*)\}/g, ' by $1 '));
  return path === '' ? hashed(snakeCase(method), operation) : join(snakeCase(method), path);
}

/** Words whose inner capitals are no word boundary. */
const compounds =
  /OAuth|OpenID|OpenAPI|GraphQL|GitHub|GitLab|YouTube|LinkedIn|PayPal|WebSocket|DevOps|IPv(?=[46])|iOS|macOS|eBay/g;

/** `GetOAuth2Token` → `get_oauth2_token`. Empty when nothing of the text can be in a name. */
function snakeCase(text: string): string {
  if (/^[a-z0-9]+(?:_[a-z0-9]+)*$/.test(text)) return text;
  const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(compounds, title)
      // A plural of capitals is one word: URLs, IDs.
      .replace(/([A-Z]{2,})s(?![a-z])/g, (_, capitals: string) => `${title(capitals)}s`)
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .replace(/([A-Z0-9])([A-Z][a-z])/g, '$1_$2')
      .replace(/[^A-Za-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .toLowerCase()
  );
}

function isToolName(name: string): boolean {
  return /^(?!__proto__$)[A-Za-z0-9_-]{1,64}$/.test(name);
}

/** Both parts with `_` between them, the first cut at a word as far as the length asks. */
function join(name: string, suffix: string): string {
  return name === '' ? suffix : `${cutAtWord(name, maxLength - suffix.length - 1)}_${suffix}`.slice(0, maxLength);
}

function cutAtWord(name: string, length: number): string {
  if (name.length <= length) return name;
  const cut = name.slice(0, Math.max(0, length + 1)).lastIndexOf('_');
  return name.slice(0, cut > 0 ? cut : Math.max(0, length));
}

function hashed(name: string, { method, path }: NamedOperation, digits = 6): string {
  return join(name, createHash('sha256').update(`${method} ${path}`).digest('hex').slice(0, digits));
}
