import { isObject, itemsOf, type JsonObject, memberOf, textOf } from '../json-object.ts';
import type { JsonSchema } from './subschemas.ts';

/** How far a branch is looked into for the property that tells it from the others. */
const maxDepth = 6;

/**
 * The branches of a `oneOf` or `anyOf` with a `discriminator`, each saying which value of that property means it
 * (OpenAPI 3.1, Discriminator Object: by `mapping`, else by the name of the schema). `given` are the branches as they
 * stand in the document. A branch that says so itself, or would contradict it, stays as it is.
 */
export function pinBranches(
  branches: readonly JsonSchema[],
  given: readonly unknown[],
  discriminator: unknown,
  targetOf: (reference: string) => unknown,
): JsonSchema[] {
  const property = isObject(discriminator) ? textOf(discriminator.propertyName) : undefined;
  if (property === undefined || property === '__proto__') return [...branches];
  const mapping = isObject(discriminator) && isObject(discriminator.mapping) ? discriminator.mapping : {};
  return branches.map((branch, index) => {
    const node = given[index];
    const reference = isObject(node) ? textOf(node.$ref) : undefined;
    if (reference === undefined || branch.$ref === undefined || branch.properties !== undefined) return branch;
    const mapped = Object.keys(mapping).filter((value) => means(mapping[value], reference));
    const values = mapped.length > 0 ? mapped : [nameOf(reference)];
    if (!isOpen(node, property, targetOf)) return branch;
    const pinned = values.length === 1 ? { const: values[0] } : { enum: values };
    return { ...branch, properties: { [property]: { type: 'string', ...pinned } }, required: [property] };
  });
}

/** A mapping names a schema by its name or by a reference, which may be written in another way than the branch's. */
function means(mapped: unknown, reference: string): boolean {
  return typeof mapped === 'string' && (mapped === reference || nameOf(mapped) === nameOf(reference));
}

/** `#/components/schemas/Cat`, `./animals/Cat.yaml` and `Cat` are all called `Cat`. */
function nameOf(reference: string): string {
  const last = reference.slice(Math.max(reference.lastIndexOf('/'), reference.lastIndexOf('#')) + 1);
  return last.replace(/\.(json|ya?ml)$/i, '');
}

/** Whether the branch declares the property as any string: then it is ours to say which. */
function isOpen(node: unknown, property: string, targetOf: (reference: string) => unknown): boolean {
  const found = declarationsOf(node, property, targetOf, maxDepth);
  return (
    found.length > 0 &&
    found.every(({ type, enum: values, const: value, $ref }) => {
      const isString = type === undefined || type === 'string';
      return isString && values === undefined && value === undefined && $ref === undefined;
    })
  );
}

function declarationsOf(
  node: unknown,
  property: string,
  targetOf: (reference: string) => unknown,
  depth: number,
): JsonObject[] {
  if (!isObject(node) || depth === 0) return [];
  const reference = textOf(node.$ref);
  const followed = reference === undefined ? [] : declarationsOf(targetOf(reference), property, targetOf, depth - 1);
  const own = memberOf(node.properties, property);
  const inherited = itemsOf(node.allOf).flatMap((part) => declarationsOf(part, property, targetOf, depth - 1));
  return [...followed, ...(isObject(own) ? [own] : []), ...inherited];
}
