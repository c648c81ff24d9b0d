/**
 * A place in the document as a JSON pointer fragment (RFC 6901 section 6): `#/paths/~1users/get`. In another file of a
 * bundle the file's path stands before it: `schemas/pet.yaml#/properties/name`.
 */
export type Place = string;

export const documentRoot: Place = '#';

/** The root of a file of a bundle. */
export function rootOf(file: string): Place {
  return `${file}#`;
}

/** The file that a place is in; empty for the document itself. */
export function fileOf(place: Place): string {
  return place.slice(0, place.indexOf('#'));
}

/** The keys that lead to a place from the root of its file. */
export function keysTo(place: Place): string[] {
  return keysOf(place.slice(place.indexOf('#') + 1)) ?? [];
}

/** The place of a member or item below another place. */
export function below(place: Place, ...keys: (string | number)[]): Place {
  // By concatenation, which costs next to nothing until somebody reads the text: most places are never read.
  let at = place;
  for (let index = 0; index < keys.length; index += 1) at += `/${escaped(String(keys[index]))}`;
  return at;
}

function escaped(key: string): string {
  return /[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;
}

/** The keys that a pointer names, unescaped; `undefined` when it is no pointer but an anchor. */
export function keysOf(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
