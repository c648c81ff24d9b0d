import { isObject, itemsOf } from '../json-object.ts';
import { leastBytes } from './least-bytes.ts';
import { isSafeName } from './safe-name.ts';
import { type JsonSchema, visitSubschemas } from './subschemas.ts';

export const labels = ['title', 'description', 'default', 'deprecated', 'examples'];
const ofNumbers = ['format', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

/** By type, the keywords of the safe form that speak of it. What is in none of these lists is left to the server. */
export const keywordsOf: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['string', ['format', 'pattern', 'minLength', 'maxLength', 'contentEncoding', 'contentMediaType']],
  ['integer', ofNumbers],
  ['number', ofNumbers],
  ['boolean', []],
  ['null', []],
  ['array', ['items', 'minItems', 'maxItems', 'uniqueItems']],
  ['object', ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties']],
]);
const vocabulary = new Set(['type', 'enum', 'anyOf', ...labels, ...[...keywordsOf.values()].flat()]);

/** What decides whether a schema has to be taken apart, or said in other words for clients. */
export interface Shape {
  /** How many schemas stand inside of each other below it, each of which describes another value. */
  depth: number;
  /** Whether it and all below is said as the safe form says it. */
  isSoft: boolean;
  /** Whether clients pass all of its property names on. */
  isSafelyNamed: boolean;
  /** What it and all below takes as JSON, or a little less. */
  leastBytes: number;
}

const shapes = new WeakMap<JsonSchema, Shape>();

/** The shape of a schema; what many tools share is looked at once. */
export function shapeOf(schema: JsonSchema): Shape {
  const known = shapes.get(schema);
  if (known) return known;
  const shape: Shape = {
    depth: 0,
    isSoft: isSoftAtTop(schema),
    isSafelyNamed: isSafelyNamedAtTop(schema),
    leastBytes: leastBytes(schema),
  };
  let isLeaf = true;
  visitSubschemas(schema, (inner, { inPlace, key = '' }) => {
    isLeaf = false;
    const below = shapeOf(inner);
    shape.depth = Math.max(shape.depth, below.depth + (inPlace ? 0 : 1));
    shape.isSoft &&= below.isSoft;
    shape.isSafelyNamed &&= below.isSafelyNamed;
    shape.leastBytes += below.leastBytes + key.length;
  });
  // A document has more leaves than anything else, and to look again costs less than to remember each.
  if (!isLeaf) shapes.set(schema, shape);
  return shape;
}

function isSafelyNamedAtTop({ properties }: JsonSchema): boolean {
  return !isObject(properties) || Object.keys(properties).every(isSafeName);
}

/** Of the keywords of the safe form that have rules of their own, whether their value follows them. */
const softValues: ReadonlyMap<string, (value: unknown, schema: JsonSchema) => boolean> = new Map([
  ['type', (type: unknown, { items }: JsonSchema) => keywordsOf.has(type) && (type !== 'array' || items !== undefined)],
  ['enum', (values: unknown, { type }: JsonSchema) => itemsOf(values).every((value) => isPlainOf(value, type))],
  ['items', isObject],
  ['properties', (properties: unknown) => !isObject(properties) || Object.values(properties).every(isObject)],
  ['required', (names: unknown, { properties }: JsonSchema) => areDescribed(itemsOf(names), properties)],
  ['additionalProperties', (others: unknown) => typeof others === 'boolean' || isObject(others)],
  ['anyOf', (choices: unknown) => isChoice(itemsOf(choices))],
]);

function isSoftAtTop(schema: JsonSchema): boolean {
  for (const keyword in schema) {
    const isSoft = softValues.get(keyword);
    if (isSoft ? !isSoft(schema[keyword], schema) : !vocabulary.has(keyword)) return false;
  }
  return true;
}

function isPlainOf(value: unknown, type: unknown): boolean {
  return type !== undefined && type !== 'object' && type !== 'array' && isOfType(value, type);
}

function areDescribed(names: unknown[], properties: unknown): boolean {
  return isObject(properties) && names.every((name) => Object.hasOwn(properties, String(name)));
}

function isChoice(choices: unknown[]): boolean {
  return choices.length > 1 && choices.every((choice) => isObject(choice) && !saysNothing(choice));
}

/** Whether a schema accepts anything. */
export function saysNothing(schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => labels.includes(keyword));
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

/** Whether a value is of a type as JSON Schema means it, for which an integer is a number too. */
export function isOfType(value: unknown, type: unknown): boolean {
  const own = typeOf(value);
  return own === type || (own === 'integer' && type === 'number');
}
