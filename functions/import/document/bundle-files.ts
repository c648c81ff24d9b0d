import type { Bundle } from '../../catalogue/types.ts';
import { type JsonObject, textOf } from '../json-object.ts';
import { absoluteReferences } from './bundle-addresses.ts';
import { rootOf } from './place.ts';
import { type Reading, readDocument } from './read-document.ts';

/** The files beside a document that its references may lead to. */
export interface Files {
  paths: readonly string[];
  /** The root of a file, or why it cannot be read; `undefined` when there is no such file. */
  read(path: string): ReadFile | undefined;
  /** The roots of the files that have been read, by their paths. */
  roots(): (readonly [path: string, root: JsonObject])[];
}

export type ReadFile = { root: JsonObject } | { problem: string };

export const noFiles: Files = { paths: [], read: () => undefined, roots: () => [] };

/** The text of a bundle's file; `undefined` when there is no such file. */
export function textIn({ files }: Bundle, path: string): string | undefined {
  return files.find((file) => file.path === path)?.text;
}

/**
 * The files of a bundle, each read when it is first asked for. References in them, and in `document`, which is the
 * bundle's entry, are rewritten to mean the same in every file.
 */
export function bundleFiles(bundle: Bundle, document: JsonObject, reading: Reading): Files {
  const makeAbsolute = absoluteReferences(bundle, textOf(document.$self));
  makeAbsolute(document, bundle.entry);
  const texts = new Map(bundle.files.map(({ path, text }) => [path, text]));
  texts.delete(bundle.entry);
  const known = new Map<string, ReadFile>();

  const open = (path: string, text: string): ReadFile => {
    try {
      const root = readDocument(text, reading, rootOf(path));
      makeAbsolute(root, path);
      return { root };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : 'It cannot be parsed.' };
    }
  };
  return {
    paths: [...texts.keys()],
    read: (path) => {
      const text = texts.get(path);
      if (text !== undefined && !known.has(path)) known.set(path, open(path, text));
      return known.get(path);
    },
    roots: () => [...known].flatMap(([path, file]) => ('root' in file ? [[path, file.root] as const] : [])),
  };
}
