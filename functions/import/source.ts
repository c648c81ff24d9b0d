import { type Dialect, dialectOf } from './dialect.ts';
import { isObject, itemsOf, type JsonObject, membersOf, textOf } from './json-object.ts';
import { below, documentRoot, keysOf, type Place } from './place.ts';

/** A value together with where it stands. */
export interface Located {
  value: unknown;
  place: Place;
}

/** Why a reference leads nowhere: the end of a sentence that starts with the place. */
export interface Unresolved {
  problem: string;
}

/** A document whose references can be followed. Nothing outside of it is ever read. */
export interface Source {
  document: JsonObject;
  dialect: Dialect;
  /** The version as written. */
  version: string;
  /** What a reference means; `base` is the schema around it, for pointers written relative to that. */
  locate(reference: string, base?: Place): Located | Unresolved;
  /** What stands there after following `$ref` from one to the next, if it is one. */
  follow(node: Located): Located | Unresolved;
}

const maxHops = 32;

/** Opens a document that has been read and measured. Throws `invalid` for a version that cannot be imported. */
export function openSource(document: JsonObject): Source {
  const { dialect, written } = dialectOf(document);
  const self = textOf(document.$self);
  let identifiers: Map<string, Place> | undefined;

  const locate = (reference: string, base: Place = documentRoot): Located | Unresolved => {
    const [address = '', fragment = ''] = splitOnce(reference, '#');
    const keys = keysOf(fragment);
    if ((address === '' || address === self) && keys) {
      return (
        walk(documentRoot, keys) ?? walk(documentRoot, keysOf(decode(fragment)) ?? []) ?? nearby(keys, base, reference)
      );
    }
    identifiers ??= identifiersOf(document);
    const place = identifiers.get(keys && keys.length > 0 ? address : reference);
    const found =
      place === undefined ? undefined : walk(documentRoot, [...(keysOf(place.slice(1)) ?? []), ...(keys ?? [])]);
    if (found) return found;
    const problem =
      address === '' || address === self
        ? 'leads nowhere in the document'
        : 'leads out of the document, and is not followed';
    return { problem: `the reference ${quote(reference)} ${problem}` };
  };

  /** Generators write `#/$defs/X` inside a component and mean that component's own `$defs`. */
  const nearby = (keys: string[], base: Place, reference: string): Located | Unresolved => {
    const isLocal = keys[0] === '$defs' || keys[0] === 'definitions';
    const found = isLocal ? walk(base, keys) : undefined;
    return found ?? { problem: `the reference ${quote(reference)} leads nowhere in the document` };
  };

  const walk = (start: Place, keys: string[], hops = 0): Located | undefined => {
    let at: Located = { value: document, place: documentRoot };
    for (const key of [...(keysOf(start.slice(1)) ?? []), ...keys]) {
      // A pointer may pass through a reference: `#/components/schemas/A/properties/b` where A is itself a `$ref`.
      if (isObject(at.value) && !Object.hasOwn(at.value, key) && typeof at.value.$ref === 'string' && hops < maxHops) {
        const target = keysOf(at.value.$ref.slice(1));
        const passed = target && walk(documentRoot, target, hops + 1);
        if (passed) at = passed;
      }
      const container = at.value;
      if (typeof container !== 'object' || container === null || !Object.hasOwn(container, key)) return undefined;
      at = { value: (container as JsonObject)[key], place: below(at.place, key) };
    }
    return at;
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

  return { document, dialect, version: written, locate, follow };
}

/** Where schemas with an `$id` or an anchor stand, by what a reference to them says. */
function identifiersOf(document: JsonObject): Map<string, Place> {
  const found = new Map<string, Place>();
  const visit = (value: unknown, place: Place): void => {
    for (const [index, item] of itemsOf(value).entries()) visit(item, below(place, index));
    if (!isObject(value)) return;
    const id = textOf(value.$id);
    if (id && !found.has(id)) found.set(id, place);
    for (const anchor of [textOf(value.$anchor), textOf(value.$dynamicAnchor)]) {
      if (anchor && !found.has(`#${anchor}`)) found.set(`#${anchor}`, place);
      if (anchor && id && !found.has(`${id}#${anchor}`)) found.set(`${id}#${anchor}`, place);
    }
    for (const [key, member] of membersOf(value)) visit(member, below(place, key));
  };
  visit(document, documentRoot);
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
