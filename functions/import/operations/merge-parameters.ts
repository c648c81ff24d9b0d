import { below, type Place } from '../document/place.ts';
import type { Source } from '../document/source.ts';
import { isObject, itemsOf, type JsonObject } from '../json-object.ts';
import type { FoundOperation } from './operation.ts';

/** A Parameter Object as written, with references followed. */
export interface WrittenParameter {
  value: JsonObject & { in: string; name: string };
  place: Place;
}

/**
 * The parameters of an operation and of its path. One of the operation replaces one of the path with the same place
 * and name; names of headers are compared without case. What is no parameter is noted and left out.
 */
export function mergeParameters(
  { pathItem, pathPlace, place }: FoundOperation,
  operation: JsonObject,
  source: Source,
  notes: string[],
): WrittenParameter[] {
  const merged = new Map<string, WrittenParameter>();
  for (const [list, at] of [
    [pathItem.parameters, below(pathPlace, 'parameters')],
    [operation.parameters, below(place, 'parameters')],
  ] as const) {
    for (const [index, value] of itemsOf(list).entries()) {
      const found = source.follow({ value, place: below(at, index) });
      const parameter =
        'problem' in found ? undefined : asParameter(withMembersBeside(value, found.value), found.place);
      if (parameter) merged.set(keyOf(parameter), parameter);
      else {
        const problem = 'problem' in found ? found.problem : 'a parameter needs `name` and `in`';
        notes.push(`${below(at, index)}: ${problem}, so the parameter was left out.`);
      }
    }
  }
  return [...merged.values()];
}

/** OpenAPI ignores most members beside `$ref`, but who writes `required: true` there means it. */
function withMembersBeside(reference: unknown, value: unknown): unknown {
  if (!isObject(reference) || reference.$ref === undefined || !isObject(value)) return value;
  const { $ref: _, ...beside } = reference;
  return { ...value, ...beside };
}

function asParameter(value: unknown, place: Place): WrittenParameter | undefined {
  if (!isObject(value) || typeof value.in !== 'string' || typeof value.name !== 'string' || value.name === '')
    return undefined;
  return { value: { ...value, in: value.in, name: value.name }, place };
}

function keyOf({ value }: WrittenParameter): string {
  return `${value.in} ${value.in === 'header' ? value.name.toLowerCase() : value.name}`;
}
