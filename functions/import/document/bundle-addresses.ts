import type { Bundle } from '../../catalogue/types.ts';
import { isObject, type JsonObject, textOf } from '../json-object.ts';

/** Stands for the root of the bundle in URLs. What leads above the root no longer begins with it. */
const rootUrl = 'bundle:/files/';

/**
 * Gives what rewrites the references of a bundle's files, so that each says the same wherever it stands:
 * `/schemas/pet.yaml#/Pet` for a place in the bundle, `#/…` for one in its document, a URL for anything else. `self` is
 * the document's own address (`$self` of OpenAPI 3.2): URLs beside it are files beside the document.
 */
export function absoluteReferences({ entry, files }: Bundle, self: string | undefined) {
  const paths = new Set(files.map(({ path }) => path));
  const home = self === undefined ? undefined : URL.parse('.', self)?.href;
  const directory = entry.slice(0, entry.lastIndexOf('/') + 1);

  const pathAt = (url: string | undefined): string | undefined => {
    if (url?.startsWith(rootUrl)) return decode(url.slice(rootUrl.length));
    return home !== undefined && url?.startsWith(home) ? directory + decode(url.slice(home.length)) : undefined;
  };

  const written = (path: string): string => (path === entry ? '' : `/${path}`);

  /** `base` is the address of the schema or file around the reference, which `$id` and `$self` may set. */
  const resolve = (address: string, base: string, file: string): string => {
    if (address === '') return written(file);
    const named = URL.parse(address, base)?.href ?? address;
    if (named === self) return '';
    const beside = address.startsWith('/') ? URL.parse(`.${address}`, rootUrl) : URL.parse(address, urlOf(file));
    const [first, second] = [pathAt(named), pathAt(beside?.href)];
    const found = [first, second].find((path) => path !== undefined && paths.has(path)) ?? first;
    if (found !== undefined) return written(found);
    return named.startsWith('bundle:') ? address : named;
  };

  const rewrite = (value: JsonObject, base: string, file: string): void => {
    for (const keyword of ['$ref', '$dynamicRef']) {
      const reference = value[keyword];
      if (typeof reference !== 'string') continue;
      const [address = '', ...fragment] = reference.split('#');
      value[keyword] = [resolve(address, base, file), ...fragment].join('#');
    }
  };

  return (root: JsonObject, file: string): void => {
    const seen = new Set<object>();
    const visit = (value: unknown, around: string): void => {
      if (typeof value !== 'object' || value === null || seen.has(value)) return;
      seen.add(value);
      let base = around;
      if (isObject(value)) {
        const own = ownAddress(value, around);
        if (own !== undefined) value.$id = resolve(own, own, file);
        base = own ?? around;
        rewrite(value, base, file);
      }
      for (const member of Object.values(value)) visit(member, base);
    };
    visit(root, ownAddress({ $id: root.$self }, urlOf(file)) ?? urlOf(file));
  };
}

function urlOf(file: string): string {
  return rootUrl + file.split('/').map(encodeURIComponent).join('/');
}

/** The address that a schema gives itself. One that is only a fragment is an anchor of older drafts. */
function ownAddress({ $id }: JsonObject, around: string): string | undefined {
  const id = textOf($id);
  return id === undefined || id.startsWith('#') ? undefined : URL.parse(id, around)?.href;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
