import { resolvePointer } from './declared.ts';
import { isObject, type Json } from './json.ts';

/** The document with what its paths refer to and no other components: following references costs Prism most of its time. */
export function withoutUnused(document: Json): Json {
  const { paths, components, definitions, ...rest } = document;
  const used = usedBy([paths, rest], document);
  const kept = (group: unknown, place: string): Json =>
    Object.fromEntries(Object.entries(isObject(group) ? group : {}).filter(([name]) => used.has(`${place}/${name}`)));
  const groups = Object.entries(isObject(components) ? components : {});
  return {
    ...rest,
    paths,
    ...(components !== undefined && {
      components: Object.fromEntries(groups.map(([name, group]) => [name, kept(group, `#/components/${name}`)])),
    }),
    ...(definitions !== undefined && { definitions: kept(definitions, '#/definitions') }),
  };
}

/** The components that a value refers to, directly or through others: `#/components/schemas/Pet`. */
function usedBy(start: unknown, document: Json): Set<string> {
  const used = new Set<string>();
  const seen = new Set<string>();
  const open: unknown[] = [start];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    open.push(...Object.values(next));
    const { $ref } = next as Json;
    if (typeof $ref !== 'string' || seen.has($ref)) continue;
    seen.add($ref);
    const component = /^#\/(?:components\/[^/]+|definitions)\/[^/]+/.exec($ref)?.[0];
    if (component === undefined) {
      open.push(resolvePointer(document, $ref));
    } else if (!used.has(plain(component))) {
      used.add(plain(component));
      open.push(resolvePointer(document, component));
    }
  }
  return used;
}

function plain(pointer: string): string {
  return decodeURIComponent(pointer.replaceAll('~1', '/').replaceAll('~0', '~'));
}
