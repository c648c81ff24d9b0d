import { below, type Place } from '../document/place.ts';
import { isObject, itemsOf, type JsonObject, mapValues, membersOf } from '../json-object.ts';
import { plainText } from '../plain-text.ts';
import { isType, readType } from './schema-types.ts';
import type { JsonSchema } from './subschemas.ts';
import { isUsablePattern } from './usable-pattern.ts';

const maxText = 4_000;
const maxExamples = 3;
const maxExampleLength = 500;

/** A schema that is being read. */
export interface Reading {
  node: JsonObject;
  /** What has been made of it so far. */
  schema: JsonSchema;
  /** Of the schema. */
  place: Place;
  /** Properties that are left out of the whole that this schema is a part of. */
  hidden: ReadonlySet<string>;
  /** The names of the properties among these that are left out. */
  hiddenAmong(properties: JsonObject): ReadonlySet<string>;
  note(place: Place, text: string): void;
  /** What a reference leads to, as it stands; `undefined` when it leads nowhere. */
  targetOf(reference: string): unknown;
  /** Converts a schema inside of this one; `hidden` when it applies to the same value. */
  convert(part: unknown, place: Place, hidden?: ReadonlySet<string>): JsonSchema;
}

/** What the reader of a keyword gives for a value that the keyword cannot have. */
export const illegal = Symbol('illegal');

/**
 * Gives what the value of a keyword becomes: `undefined` when it goes silently. What becomes of it under other keywords
 * it adds to the schema itself.
 */
export type Reader = (value: unknown, reading: Reading, keyword: string) => unknown;

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown): boolean => isNumber(value) && Number.isInteger(value) && value >= 0;
const isString = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

function legal(isLegal: (value: unknown) => boolean): Reader {
  return (value) => (isLegal(value) ? value : illegal);
}

const anything: Reader = (value) => value;

const text: Reader = (value) => (isString(value) ? plainText(value, maxText) : '') || undefined;

const schema: Reader = (value, { place, convert }, keyword) =>
  isObject(value) || isFlag(value) ? convert(value, below(place, keyword)) : illegal;

const schemaOrFlag: Reader = (value, reading, keyword) => (isFlag(value) ? value : schema(value, reading, keyword));

const condition: Reader = (value, { place, convert, hidden }, keyword) =>
  isObject(value) || isFlag(value) ? convert(value, below(place, keyword), hidden) : illegal;

const map: Reader = (value, { place, convert }, keyword) =>
  isObject(value) ? mapValues(value, (part, name) => convert(part, below(place, keyword, name))) : illegal;

const parts: Reader = (value, { place, convert, hidden }, keyword) =>
  Array.isArray(value) && value.length > 0
    ? value.map((part, index) =>
        isNullOnly(part) ? { type: 'null' } : convert(part, below(place, keyword, index), hidden),
      )
    : illegal;

/** Whether a schema accepts null too, as 3.0 and, by extension, 2.0 say it. */
export function isNullable(node: JsonObject): boolean {
  return node.nullable === true || node['x-nullable'] === true;
}

/** What exporters write in a union for "or null", where 3.0 has no type for it. */
function isNullOnly(part: unknown): boolean {
  return isObject(part) && isNullable(part) && Object.keys(part).length === 1;
}

const tuple: Reader = (value, { place, convert }, keyword) =>
  Array.isArray(value) && value.length > 0
    ? value.map((part, index) => convert(part, below(place, keyword, index)))
    : illegal;

/** Before 2020-12 a list in `items` was a tuple, and `additionalItems` what follows it. */
const items: Reader = (value, reading, keyword) => {
  if (!Array.isArray(value)) return schemaOrFlag(value, reading, keyword);
  const rest = reading.node.additionalItems;
  if (value.length > 0) reading.schema.prefixItems = tuple(value, reading, keyword);
  const further = schemaOrFlag(rest, reading, keyword);
  return further === illegal ? undefined : further;
};

const properties: Reader = (value, { place, convert, hiddenAmong }, keyword) => {
  if (!isObject(value)) return illegal;
  const hidden = hiddenAmong(value);
  const visible: JsonObject = {};
  for (const name in value) {
    if (!hidden.has(name)) visible[name] = convert(value[name], below(place, keyword, name));
  }
  return visible;
};

const required: Reader = (value, { hidden }) => {
  if (!Array.isArray(value)) return illegal;
  const names = value.filter((name) => isString(name) && !hidden.has(name));
  return names.length > 0 ? [...new Set(names)] : undefined;
};

const type: Reader = (value, { node, schema, place, note }, keyword) => {
  if (isType(value)) return value;
  const { types, format, unknown } = readType(value);
  if (unknown.length > 0) {
    const outcome = types.length > 0 ? `read as ${types.join(' or ')}` : 'left out, so any type is accepted';
    note(below(place, keyword), `${JSON.stringify(unknown.join(', '))} is no type of JSON Schema; it was ${outcome}`);
  }
  const name = types.length > 1 ? types : types[0];
  if (format && node.format === undefined) Object.assign(schema, { type: name, format });
  return name;
};

const enumeration: Reader = (value) =>
  Array.isArray(value) && value.length > 0
    ? [...new Map(value.map((item) => [JSON.stringify(item), item])).values()]
    : illegal;

const pattern: Reader = (value, { place, note }, keyword) => {
  if (!isString(value)) return illegal;
  // As JavaScript writes them; with a slash before `^` nothing could match.
  const [, expression, flags] = /^\/(\^.*\$)\/([a-z]*)$/.exec(value) ?? [];
  if (expression !== undefined && flags === '' && isUsablePattern(expression)) {
    note(below(place, keyword), 'the slashes around the pattern are no part of it, so they were left out');
    return expression;
  }
  if (expression === undefined && isUsablePattern(value)) return value;
  note(
    below(place, keyword),
    'the pattern does not compile in unicode mode or may take too long to match, so it was left out',
  );
  return undefined;
};

const patternProperties: Reader = (value, reading, keyword) => {
  const usable = membersOf(value).filter(([name]) => isUsablePattern(name));
  if (usable.length < membersOf(value).length) {
    const place = below(reading.place, keyword);
    reading.note(place, 'a pattern does not compile in unicode mode, so it was left out');
  }
  return isObject(value) ? map(Object.fromEntries(usable), reading, keyword) : illegal;
};

/** Draft 4, and so 2.0 and 3.0, made `minimum` exclusive by a boolean. */
function exclusive(bound: string): Reader {
  return (value, { node }) => {
    if (isFlag(value)) return value && isNumber(node[bound]) ? node[bound] : undefined;
    return isNumber(value) ? value : illegal;
  };
}

const dependentRequired: Reader = (value) =>
  isObject(value) && Object.values(value).every((names) => Array.isArray(names) && names.every(isString))
    ? mapValues(value, (names) => [...new Set(itemsOf(names))])
    : illegal;

const dependencies: Reader = (value, reading, keyword) => {
  const names = membersOf(value).filter(([, dependency]) => Array.isArray(dependency));
  const schemas = membersOf(value).filter(([, dependency]) => isObject(dependency));
  const read = names.length > 0 ? dependentRequired(Object.fromEntries(names), reading, keyword) : illegal;
  if (read !== illegal) reading.schema.dependentRequired = read;
  if (schemas.length > 0) reading.schema.dependentSchemas = map(Object.fromEntries(schemas), reading, keyword);
  return undefined;
};

const examples: Reader = (value) => {
  // Some documents have OpenAPI's map of examples where JSON Schema has a list.
  const values = Array.isArray(value)
    ? value
    : membersOf(value).map(([, example]) => (isObject(example) ? example.value : example));
  const short = values.filter((example) => example !== undefined && JSON.stringify(example).length <= maxExampleLength);
  return short.length > 0 ? short.slice(0, maxExamples) : undefined;
};

const example: Reader = (value, reading, keyword) => {
  const read = examples([value], reading, keyword);
  if (read !== undefined) reading.schema.examples = read;
  return undefined;
};

/** By keyword. What is not here is no keyword of JSON Schema, or means nothing inside of a single schema. */
export const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['title', text],
  ['description', text],
  ['type', type],
  ['format', legal(isString)],
  ['enum', enumeration],
  ['const', anything],
  ['default', anything],
  ['deprecated', (value) => value === true || undefined],
  ['example', example],
  ['examples', examples],
  ['multipleOf', legal((value) => isNumber(value) && value > 0)],
  ['minimum', legal(isNumber)],
  ['maximum', legal(isNumber)],
  ['exclusiveMinimum', exclusive('minimum')],
  ['exclusiveMaximum', exclusive('maximum')],
  ['minLength', legal(isCount)],
  ['maxLength', legal(isCount)],
  ['pattern', pattern],
  ['contentEncoding', legal(isString)],
  ['contentMediaType', legal(isString)],
  ['minItems', legal(isCount)],
  ['maxItems', legal(isCount)],
  ['uniqueItems', legal(isFlag)],
  ['items', items],
  ['prefixItems', tuple],
  ['contains', schema],
  ['minContains', legal(isCount)],
  ['maxContains', legal(isCount)],
  ['unevaluatedItems', schemaOrFlag],
  ['minProperties', legal(isCount)],
  ['maxProperties', legal(isCount)],
  ['required', required],
  ['properties', properties],
  ['patternProperties', patternProperties],
  ['additionalProperties', schemaOrFlag],
  ['unevaluatedProperties', schemaOrFlag],
  ['propertyNames', schema],
  ['dependencies', dependencies],
  ['dependentRequired', dependentRequired],
  ['dependentSchemas', map],
  ['allOf', parts],
  ['anyOf', parts],
  ['oneOf', parts],
  ['not', schema],
  ['if', condition],
  ['then', condition],
  ['else', condition],
]);
