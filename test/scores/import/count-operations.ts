import { posix } from 'node:path';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import type { Bundle } from '../../../functions/catalogue/types.ts';

type Json = Record<string, unknown>;

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/**
 * How many operations `paths` has, counted without the importer: what it overlooks must not be overlooked here too.
 * `undefined` for a document that only a forgiving reader understands.
 */
export function countOperations({ entry, files }: Bundle): number | undefined {
  const read = reader(files);
  const document = read(entry);
  if (!isObject(document)) return undefined;
  const isNew = typeof document.openapi === 'string' && /^3\.[2-9]/.test(document.openapi);
  const [paths] = follow({ value: document.paths, file: entry }, read);
  return Object.entries(isObject(paths) ? paths : {})
    .filter(([path]) => !path.startsWith('x-'))
    .map(([, item]) => follow({ value: item, file: entry }, read))
    .reduce((sum, items) => sum + countIn(Object.assign({}, ...items.filter(isObject).reverse()), isNew), 0);
}

function countIn(item: Json, isNew: boolean): number {
  const fixed = Object.keys(item).filter((key) => methods.has(key.toLowerCase()) || (isNew && key === 'query'));
  const others = isNew && isObject(item.additionalOperations) ? Object.keys(item.additionalOperations) : [];
  return fixed.length + others.length;
}

type Read = (file: string) => unknown;

function reader(files: Bundle['files']): Read {
  const known = new Map<string, unknown>();
  return (path) => {
    if (!known.has(path)) known.set(path, parse(files.find((file) => file.path === path)?.text ?? ''));
    return known.get(path);
  };
}

function parse(text: string): unknown {
  try {
    return load(text.replace(/^\uFEFF/, ''), { schema: CORE_SCHEMA.withTags(mergeTag), json: true, maxDepth: 1_000 });
  } catch {
    return undefined;
  }
}

/** A value and, where it is a reference, what it leads to, one after the other. */
function follow({ value, file }: { value: unknown; file: string }, read: Read): unknown[] {
  if (!isObject(value) || typeof value.$ref !== 'string') return [value];
  const [address = '', pointer = ''] = value.$ref.split('#');
  const target = address === '' ? file : posix.join(posix.dirname(file), decodeURIComponent(address));
  const keys = pointer.split('/').slice(1).map(keyOf);
  const found = keys.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), read(target));
  return [value, ...(found === value ? [] : follow({ value: found, file: target }, read))];
}

function keyOf(token: string): string {
  return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
