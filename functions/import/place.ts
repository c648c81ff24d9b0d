/** A place in the document as a JSON pointer fragment (RFC 6901 section 6): `#/paths/~1users/get`. */
export type Place = string;

export const documentRoot: Place = '#';

/** The place of a member or item below another place. */
export function below(place: Place, ...keys: (string | number)[]): Place {
  return [place, ...keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
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
