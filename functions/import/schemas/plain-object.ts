import { isObject, isSameJson, itemsOf, itemsOrOne, membersOf } from '../json-object.ts';
/** An object of known properties, whatever it was composed of. */
import { labels } from './shape.ts';
import { type JsonSchema, referredName } from './subschemas.ts';

export interface PlainObject {
  properties: Map<string, JsonSchema>;
  required: Set<string>;
  /** Notes of the definitions that were merged. */
  notes: Set<string>;
}

const understood = new Set([
  ...labels,
  'format',
  'type',
  'properties',
  'required',
  'additionalProperties',
  'allOf',
  'anyOf',
  '$ref',
]);
const maxNesting = 32;

/** Reads a converted schema as a plain object. */
export type PlainObjectReader = (schema: JsonSchema) => PlainObject | undefined;

/**
 * Gives the properties of a converted schema after following references and merging `allOf`. `undefined` when it is
 * not a plain object: free-form, a choice between shapes, or bound by rules about the object as a whole.
 */
export function plainObjectReader(
  definition: (name: string) => { schema: JsonSchema; notes: readonly string[] },
): PlainObjectReader {
  // A definition is merged once, however many others are made of it; one that is made of itself is no plain object.
  const known = new Map<string, PlainObject | undefined>();

  const ofDefinition = (name: string, nesting: number): PlainObject | undefined => {
    if (known.has(name)) return known.get(name);
    known.set(name, undefined);
    const { schema, notes } = definition(name);
    const object = read(schema, nesting + 1);
    for (const note of notes) object?.notes.add(note);
    known.set(name, object);
    return object;
  };

  const read = (schema: JsonSchema, nesting: number): PlainObject | undefined => {
    if (nesting > maxNesting || !isPlainSoFar(schema)) return undefined;
    const choice = schema.anyOf === undefined ? [] : onlyChoice(schema.anyOf);
    if (!choice) return undefined;
    const name = referredName(schema);
    const parts = [...itemsOf(schema.allOf).filter(isObject), ...choice].map((part) => read(part, nesting + 1));
    if (name !== undefined) parts.unshift(ofDefinition(name, nesting));

    const merged: PlainObject = { properties: new Map(), required: new Set(), notes: new Set() };
    for (const part of parts) {
      if (!part) return undefined;
      for (const [key, property] of part.properties) addProperty(merged, key, property);
      for (const key of part.required) merged.required.add(key);
      for (const note of part.notes) merged.notes.add(note);
    }
    for (const [key, property] of membersOf(schema.properties)) {
      addProperty(merged, key, isObject(property) ? property : {});
    }
    for (const key of itemsOf(schema.required)) if (typeof key === 'string') merged.required.add(key);
    return merged;
  };

  return (schema) => read(schema, 0);
}

function isPlainSoFar(schema: JsonSchema): boolean {
  if (Object.keys(schema).some((keyword) => !understood.has(keyword))) return false;
  const { type, additionalProperties } = schema;
  const types = itemsOrOne(type).filter((name) => name !== 'null' && name !== undefined);
  const isOpen = additionalProperties !== undefined && additionalProperties !== false;
  return !isOpen && types.every((name) => name === 'object');
}

/** `anyOf` of one schema and null is that schema: an argument object is never null. */
function onlyChoice(anyOf: unknown): JsonSchema[] | undefined {
  const choices = itemsOf(anyOf).filter(isObject);
  const others = choices.filter((choice) => choice.type !== 'null');
  return others.length === 1 && others.length < choices.length ? others : undefined;
}

function addProperty(merged: PlainObject, key: string, property: JsonSchema): void {
  const known = merged.properties.get(key);
  const both = !known || isSameJson(known, property) ? property : { allOf: [known, property] };
  merged.properties.set(key, both);
}
