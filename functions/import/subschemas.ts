import { isObject } from './json-object.ts';

export type JsonSchema = Record<string, unknown>;

/** Keywords whose schemas apply to the same value as the schema that holds them. */
const inPlaceLists = ['allOf', 'anyOf', 'oneOf'];
const inPlaceSingles = ['not', 'if', 'then', 'else'];
const inPlaceMaps = ['dependentSchemas'];

const lists = [...inPlaceLists, 'prefixItems'];
const singles = [
  ...inPlaceSingles,
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const maps = [...inPlaceMaps, 'properties', 'patternProperties', '$defs'];

/** Where a schema stands in the one that holds it. */
export interface Position {
  keyword: string;
  /** The member of a map such as `properties`, or the index in a list. */
  key?: string;
  /** Whether it applies to the same value. */
  inPlace: boolean;
}

/** A copy in which every schema directly below is replaced by what `visit` returns. */
export function mapSubschemas(schema: JsonSchema, visit: (inner: JsonSchema, at: Position) => unknown): JsonSchema {
  const copy: JsonSchema = { ...schema };
  const each = (inner: unknown, at: Position): unknown => (isObject(inner) ? visit(inner, at) : inner);
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword];
    if (lists.includes(keyword) && Array.isArray(value)) {
      const inPlace = inPlaceLists.includes(keyword);
      copy[keyword] = value.map((inner, index) => each(inner, { keyword, key: String(index), inPlace }));
    } else if (singles.includes(keyword)) {
      copy[keyword] = each(value, { keyword, inPlace: inPlaceSingles.includes(keyword) });
    } else if (maps.includes(keyword) && isObject(value)) {
      const inPlace = inPlaceMaps.includes(keyword);
      const members = Object.entries(value);
      copy[keyword] = Object.fromEntries(members.map(([key, inner]) => [key, each(inner, { keyword, key, inPlace })]));
    }
  }
  return copy;
}

/** Every schema below and the schema itself, outermost first. */
export function forEachSchema(schema: JsonSchema, visit: (schema: JsonSchema, inPlace: boolean) => void): void {
  const walk = (inner: JsonSchema, inPlace: boolean): void => {
    visit(inner, inPlace);
    mapSubschemas(inner, (next, at) => {
      walk(next, inPlace && at.inPlace);
      return next;
    });
  };
  walk(schema, true);
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
