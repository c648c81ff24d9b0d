import type { Bundle } from '../../catalogue/types.ts';
import { isObject, itemsOf, type JsonObject, membersOf, textOf } from '../json-object.ts';
import { bundleFiles, type Files, noFiles, type ReadFile, textIn } from './bundle-files.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { below, documentRoot, fileOf, keysOf, keysTo, type Place, rootOf } from './place.ts';
import { type Reading, readDocument } from './read-document.ts';

/** A value together with where it stands. */
export interface Located {
  value: unknown;
  place: Place;
}

/** Why a reference leads nowhere: the end of a sentence that starts with the place. */
export interface Unresolved {
  problem: string;
}

/** A document whose references can be followed. Nothing outside of it and its bundle is ever read. */
export interface Source {
  document: JsonObject;
  dialect: Dialect;
  /** The version as written. */
  version: string;
  /** What a reference means; `base` is the schema around it, for pointers written relative to that. */
  locate(reference: string, base?: Place): Located | Unresolved;
  /** What stands there after following `$ref` from one to the next, if it is one. */
  follow(node: Located): Located | Unresolved;
  /** The document and the files that have been read so far. */
  roots(): Located[];
}

const maxHops = 32;

/**
 * Reads a document that stands alone or is the entry of a bundle, whose other files are read when a reference first
 * leads to them. Throws `invalid` for one that cannot be read or has a version that cannot be imported.
 */
export function openSource(input: string | Bundle, warnings: string[]): Source {
  const reading: Reading = { tally: { written: 0, reached: 0 }, warnings };
  if (typeof input !== 'string') warnings.push(...(input.left_out ?? []));
  const text = typeof input === 'string' ? input : (textIn(input, input.entry) ?? '');
  const document = readDocument(text, reading);
  const files = typeof input === 'string' ? noFiles : bundleFiles(input, document, reading);
  const { dialect, written } = dialectOf(document);
  const roots = (): Located[] => [
    { value: document, place: documentRoot },
    ...files.roots().map(([path, value]) => ({ value, place: rootOf(path) })),
  ];
  return { document, dialect, version: written, roots, ...navigation(document, files) };
}

function navigation(document: JsonObject, files: Files): Pick<Source, 'locate' | 'follow'> {
  const self = textOf(document.$self);
  const whole = files === noFiles ? 'document' : 'bundle';
  const found = new Map<string, Located | undefined>();
  let identifiers: Map<string, Place> | undefined;

  const locate = (reference: string, base: Place = documentRoot): Located | Unresolved =>
    targetOf(reference) ?? unresolved(reference, base);

  /** What a reference leads to; one that leads through itself leads nowhere. Each is looked for once. */
  const targetOf = (reference: string, hops = 0): Located | undefined => {
    if (found.has(reference)) return found.get(reference);
    found.set(reference, undefined);
    const target = pointerTo(reference, hops) ?? identified(reference);
    found.set(reference, target);
    return target;
  };

  /** What a pointer into the document or a file leads to. */
  const pointerTo = (reference: string, hops: number): Located | undefined => {
    const [address, fragment] = splitOnce(reference, '#');
    const file = fileAt(address);
    const keys = keysOf(fragment);
    if (file === undefined || !keys) return undefined;
    return walk(rootOf(file), keys, hops) ?? walk(rootOf(file), keysOf(decode(fragment)) ?? [], hops);
  };

  /** The file that an address names, empty for the document; `undefined` when it names none. */
  const fileAt = (address: string): string | undefined => {
    if (address === '' || address === self) return '';
    return address.startsWith('/') ? address.slice(1) : undefined;
  };

  /** What a schema's own identifier or anchor leads to. */
  const identified = (reference: string): Located | undefined => {
    const [address, fragment] = splitOnce(reference, '#');
    const file = fileAt(address);
    const keys = keysOf(fragment);
    // A pointer into what is there can only be wrong; to look for identifiers, every file has to be read.
    if (keys && file !== undefined && rootValue(file)) return undefined;
    identifiers ??= identifiersIn(document, files);
    const place = identifiers.get(keys ? address : reference);
    return place === undefined ? undefined : walk(place, keys ?? []);
  };

  const unresolved = (reference: string, base: Place): Located | Unresolved => {
    const [address, fragment] = splitOnce(reference, '#');
    const file = fileAt(address);
    const keys = keysOf(fragment) ?? [];
    // Generators write `#/$defs/X` inside a component and mean that component's own `$defs`.
    const isLocal = file === fileOf(base) && (keys[0] === '$defs' || keys[0] === 'definitions');
    const nearby = isLocal ? walk(base, keys) : undefined;
    return nearby ?? { problem: `the reference ${quote(reference)} ${whyNowhere(file)}` };
  };

  const whyNowhere = (file: string | undefined): string => {
    const read = file === undefined || file === '' ? undefined : files.read(file);
    if (read && 'problem' in read) return `leads to a file that cannot be read (${read.problem})`;
    if (file === '' || read) return `leads nowhere in the ${whole}`;
    if (file !== undefined && whole === 'bundle') return 'leads to a file that is not in the bundle';
    return `leads out of the ${whole}, and is not followed`;
  };

  const rootValue = (file: string): JsonObject | undefined => {
    const read: ReadFile | undefined = file === '' ? { root: document } : files.read(file);
    return read && 'root' in read ? read.root : undefined;
  };

  const walk = (start: Place, keys: string[], hops = 0): Located | undefined => {
    const file = fileOf(start);
    let at: Located = { value: rootValue(file), place: rootOf(file) };
    for (const key of [...keysTo(start), ...keys]) {
      // A pointer may pass through a reference: `#/components/schemas/A/properties/b` where A is itself a `$ref`.
      if (isObject(at.value) && !Object.hasOwn(at.value, key) && typeof at.value.$ref === 'string' && hops < maxHops) {
        at = targetOf(at.value.$ref, hops + 1) ?? at;
      }
      const container = at.value;
      if (typeof container !== 'object' || container === null || !Object.hasOwn(container, key)) return undefined;
      at = { value: (container as JsonObject)[key], place: below(at.place, key) };
    }
    return at.value === undefined ? undefined : at;
  };

  const follow = (node: Located): Located | Unresolved => {
    let at = node;
    for (let hop = 0; isObject(at.value) && typeof at.value.$ref === 'string'; hop += 1) {
      if (hop === maxHops) return { problem: `the reference ${quote(at.value.$ref)} leads back to itself` };
      const next = locate(at.value.$ref, at.place);
      if ('problem' in next) return next;
      at = next;
    }
    return at;
  };

  return { locate, follow };
}

/** Gives what a reference leads to, as it stands; `undefined` when it leads nowhere. `base` is the schema around it. */
export function targetIn({ locate }: Pick<Source, 'locate'>, base?: Place): (reference: string) => unknown {
  return (reference) => {
    const found = locate(reference, base);
    return 'value' in found ? found.value : undefined;
  };
}

/** Where schemas with an `$id` or an anchor stand, in whatever file, by what a reference to them says. */
function identifiersIn(document: JsonObject, files: Files): Map<string, Place> {
  const found = new Map<string, Place>();
  const add = (identifier: string, place: Place): void => {
    if (!found.has(identifier)) found.set(identifier, place);
  };
  const visit = (value: unknown, place: Place, file: string): void => {
    for (const [index, item] of itemsOf(value).entries()) visit(item, below(place, index), file);
    if (!isObject(value)) return;
    const id = textOf(value.$id);
    if (id !== undefined) add(id, place);
    for (const anchor of [textOf(value.$anchor), textOf(value.$dynamicAnchor)]) {
      if (anchor !== undefined) add(`${file}#${anchor}`, place);
      if (anchor !== undefined && id !== undefined) add(`${id}#${anchor}`, place);
    }
    for (const [key, member] of membersOf(value)) visit(member, below(place, key), file);
  };
  visit(document, documentRoot, '');
  for (const path of files.paths) {
    const read = files.read(path);
    if (read && 'root' in read) visit(read.root, rootOf(path), `/${path}`);
  }
  return found;
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

/** Fragments in a URI may be percent-encoded (RFC 6901 section 6). */
function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function quote(reference: string): string {
  return JSON.stringify(reference.slice(0, 200));
}
