/**
 * The value at a keyword location of a schema, `#/properties/a/$ref/type`: a JSON Pointer that goes on through
 * references. `undefined` when there is nothing.
 */
export function schemaAt(root: unknown, location: string): unknown {
  let found = root;
  for (const name of readPointer(location)) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
    if (name === '$ref' && typeof found === 'string') found = schemaAt(root, found);
  }
  return found;
}

/** The names in a JSON Pointer in URI fragment form (RFC 6901 section 6). */
export function readPointer(pointer: string): string[] {
  return pointer.split('/').slice(1).map(readName);
}

function readName(text: string): string {
  let name = text;
  try {
    name = decodeURIComponent(text);
  } catch {
    // Half an escape is left as it stands.
  }
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
