import { resolvePointer } from './declared.ts';
import { isObject, type Json } from './json.ts';
import { plainTemplate } from './plain-template.ts';

/**
 * A copy of a document that Prism can serve: 3.2, which it does not know, is called 3.1; what refers to the network or
 * to nothing becomes a schema of anything, because one such reference makes Prism refuse the whole document; examples
 * are gone, in which a `$ref` is data; and expressions in paths are written plainly, since Prism knows no others.
 */
export function documentForPrism(document: Json): Json {
  const copy = withoutDeadReferences(document, document, '') as Json;
  if (typeof copy.openapi === 'string' && copy.openapi.startsWith('3.2')) copy.openapi = '3.1.0';
  delete copy.$self;
  if (isObject(copy.paths)) {
    const entries = Object.entries(copy.paths);
    copy.paths = Object.fromEntries(entries.map(([path, item]) => [plainTemplate(path), item]));
  }
  return copy;
}

const examples = new Set(['example', 'examples', 'x-example', 'x-examples']);

function withoutDeadReferences(value: unknown, document: Json, parent: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutDeadReferences(item, document, parent));
  if (!isObject(value)) return value;
  const { $ref } = value;
  if (typeof $ref === 'string' && !isNameOfMember(parent) && resolvePointer(document, $ref) === undefined) return {};
  const entries = Object.entries(value).filter(([key]) => isNameOfMember(parent) || !examples.has(key));
  const copy: Json = {};
  for (const [key, member] of entries) {
    const made = withoutDeadReferences(member, document, isNameOfMember(parent) ? '' : key);
    Object.defineProperty(copy, key, { value: made, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

/** Members of these are named by the document's author, and may be called `example` or `$ref`. */
function isNameOfMember(parent: string): boolean {
  return ['properties', 'patternProperties', '$defs', 'definitions'].includes(parent);
}
