import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { isObject } from './json.ts';

/** A document of the folder, not yet looked at. */
export interface FoundDocument {
  /** A name that a spec and a backend can have. */
  name: string;
  /** The entry file. */
  file: string;
  /** Whether it refers to files beside it. */
  isMultiFile: boolean;
}

/** The documents that the folder's `index.json` lists, or else every file in it that says it is one. */
export function findDocuments(folder: string): FoundDocument[] {
  const index = join(folder, 'index.json');
  const entries: unknown = existsSync(index) ? JSON.parse(readFileSync(index, 'utf8')) : undefined;
  const files = Array.isArray(entries) ? entries.filter(isObject).map(({ file }) => String(file)) : scan(folder);
  const names = new Map<string, number>();
  return files.map((file) => {
    const path = join(folder, file);
    const stem = (file.split('/')[0] ?? file).replace(/\.(json|ya?ml)$/i, '');
    const wanted =
      stem
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 50) || 'api';
    const count = (names.get(wanted) ?? 0) + 1;
    names.set(wanted, count);
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    return { name, file: path, isMultiFile: refersToFiles(readFileSync(path, 'utf8')) };
  });
}

function scan(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((entry) => {
      const path = join(folder, entry);
      if (!statSync(path).isDirectory()) return isDocument(path) ? [entry] : [];
      const inside = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort(byDepth);
      const found = inside.find((file) => isDocument(join(path, file)));
      return found === undefined ? [] : [join(entry, found)];
    });
}

/** The entry of a folder stands highest in it, and has a usual name more often than not. */
function byDepth(a: string, b: string): number {
  const rank = (file: string) =>
    file.split('/').length * 10 + (/^(openapi|swagger|main|root|index|api)\./i.test(basename(file)) ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function isDocument(file: string): boolean {
  if (!['.json', '.yaml', '.yml'].includes(extname(file).toLowerCase()) || !statSync(file).isFile()) return false;
  const text = readFileSync(file, 'utf8');
  // JSON may stand in one line.
  return /(?:^|[{,])\s*["']?(openapi|swagger)["']?\s*:\s*["']?[0-9]/m.test(text) && /["']?paths["']?\s*:/.test(text);
}

function refersToFiles(text: string): boolean {
  return /["']?\$ref["']?\s*:\s*["']?(?!https?:|#)[\w./-]+\.(json|ya?ml)/.test(text);
}
