import { isObject, type JsonObject, memberOf } from '../json-object.ts';

export type JsonSchema = Record<string, unknown>;

/** How a keyword holds schemas, and whether they apply to the same value as the schema that has the keyword. */
interface Holding {
  as: 'list' | 'single' | 'map';
  inPlace: boolean;
}

const holdings: ReadonlyMap<string, Holding> = new Map(
  (
    [
      ['list', true, ['allOf', 'anyOf', 'oneOf']],
      ['list', false, ['prefixItems']],
      ['single', true, ['not', 'if', 'then', 'else']],
      ['single', false, ['items', 'contains', 'additionalProperties', 'propertyNames']],
      ['single', false, ['unevaluatedItems', 'unevaluatedProperties']],
      ['map', true, ['dependentSchemas']],
      ['map', false, ['properties', 'patternProperties', '$defs']],
    ] as const
  ).flatMap(([as, inPlace, keywords]) => keywords.map((keyword) => [keyword, { as, inPlace }] as const)),
);

/** Where a schema stands in the one that holds it. */
export interface Position {
  keyword: string;
  /** The member of a map such as `properties`. */
  key?: string;
  /** Whether it applies to the same value. */
  inPlace: boolean;
}

type Visit = (inner: JsonSchema, at: Position) => unknown;

/**
 * The schema with every schema directly below replaced by what `visit` returns: the same object when that changes
 * nothing, so that what many tools have in common stays one object.
 */
export function mapSubschemas(schema: JsonSchema, visit: Visit): JsonSchema {
  let copy: JsonSchema | undefined;
  for (const keyword in schema) {
    const holding = holdings.get(keyword);
    if (!holding) continue;
    const mapped = mapHeld(schema[keyword], keyword, holding, visit);
    if (mapped === schema[keyword]) continue;
    copy ??= { ...schema };
    copy[keyword] = mapped;
  }
  return copy ?? schema;
}

function mapHeld(value: unknown, keyword: string, { as, inPlace }: Holding, visit: Visit): unknown {
  if (as === 'map') return isObject(value) ? mapMembers(value, keyword, inPlace, visit) : value;
  if (as === 'single') return isObject(value) ? visit(value, { keyword, inPlace }) : value;
  if (!Array.isArray(value)) return value;
  const mapped = value.map((inner) => (isObject(inner) ? visit(inner, { keyword, inPlace }) : inner));
  return mapped.every((inner, index) => inner === value[index]) ? value : mapped;
}

function mapMembers(members: JsonObject, keyword: string, inPlace: boolean, visit: Visit): JsonObject {
  let copy: JsonObject | undefined;
  for (const key in members) {
    const inner = members[key];
    const mapped = isObject(inner) ? visit(inner, { keyword, key, inPlace }) : inner;
    if (mapped === inner) continue;
    copy ??= { ...members };
    copy[key] = mapped;
  }
  return copy ?? members;
}

/** Calls `visit` for every schema directly below. */
export function visitSubschemas(schema: JsonSchema, visit: (inner: JsonSchema, at: Position) => void): void {
  for (const keyword in schema) {
    const holding = holdings.get(keyword);
    if (!holding) continue;
    const value = schema[keyword];
    const { as, inPlace } = holding;
    if (as === 'single' && isObject(value)) visit(value, { keyword, inPlace });
    if (as === 'list' && Array.isArray(value)) {
      for (const inner of value) if (isObject(inner)) visit(inner, { keyword, inPlace });
    }
    if (as === 'map' && isObject(value)) {
      for (const key in value) {
        const inner = value[key];
        if (isObject(inner)) visit(inner, { keyword, key, inPlace });
      }
    }
  }
}

/** Every schema below and the schema itself, outermost first. */
export function forEachSchema(schema: JsonSchema, visit: (schema: JsonSchema) => void): void {
  visit(schema);
  visitSubschemas(schema, (inner) => forEachSchema(inner, visit));
}

const definitionPrefix = '#/$defs/';

export function referenceTo(name: string): string {
  return definitionPrefix + name;
}

/** The name of the definition that a converted schema refers to. */
export function referredName(schema: JsonSchema): string | undefined {
  const { $ref } = schema;
  return typeof $ref === 'string' ? $ref.slice(definitionPrefix.length) : undefined;
}

/** Gives the definitions under a schema's `$defs` by their names; one that is not there says nothing. */
export function definitionsOf(root: JsonSchema): (name: string) => JsonSchema {
  return (name) => {
    const definition = memberOf(root.$defs, name);
    return isObject(definition) ? definition : {};
  };
}
