import { isObject, itemsOf, type JsonObject, mapValues, membersOf } from './json-object.ts';
import { below, type Place } from './place.ts';
import { plainText } from './plain-text.ts';
import { isType, readType } from './schema-types.ts';
import type { JsonSchema } from './subschemas.ts';
import { isUsablePattern } from './usable-pattern.ts';

const maxText = 4_000;
const maxExamples = 3;
const maxExampleLength = 500;

/** A schema that is being read. */
export interface Reading {
  node: JsonObject;
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

/** Gives what a keyword of a schema becomes: `{}` when it goes silently, `undefined` when its value is illegal. */
export type Reader = (value: unknown, reading: Reading) => JsonSchema | undefined;

const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown): boolean => isNumber(value) && Number.isInteger(value) && value >= 0;
const isString = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

function legal(keyword: string, isLegal: (value: unknown) => boolean): Reader {
  return (value) => (isLegal(value) ? { [keyword]: value } : undefined);
}

function text(keyword: string): Reader {
  return (value) => {
    const plain = isString(value) ? plainText(value, maxText) : '';
    return plain === '' ? {} : { [keyword]: plain };
  };
}

function schema(keyword: string): Reader {
  return (value, { place, convert }) =>
    isObject(value) || isFlag(value) ? { [keyword]: convert(value, below(place, keyword)) } : undefined;
}

function schemaOrFlag(keyword: string): Reader {
  const read = schema(keyword);
  return (value, reading) => (isFlag(value) ? { [keyword]: value } : read(value, reading));
}

function condition(keyword: string): Reader {
  return (value, { place, convert, hidden }) =>
    isObject(value) || isFlag(value) ? { [keyword]: convert(value, below(place, keyword), hidden) } : undefined;
}

/** `written` is how the document calls it. */
function map(keyword: string, written = keyword): Reader {
  return (value, { place, convert }) =>
    isObject(value)
      ? { [keyword]: mapValues(value, (part, name) => convert(part, below(place, written, name))) }
      : undefined;
}

function parts(keyword: string): Reader {
  return (value, { place, convert, hidden }) =>
    Array.isArray(value) && value.length > 0
      ? {
          [keyword]: value.map((part, index) =>
            isNullOnly(part) ? { type: 'null' } : convert(part, below(place, keyword, index), hidden),
          ),
        }
      : undefined;
}

/** Whether a schema accepts null too, as 3.0 and, by extension, 2.0 say it. */
export function isNullable(node: JsonObject): boolean {
  return node.nullable === true || node['x-nullable'] === true;
}

/** What exporters write in a union for "or null", where 3.0 has no type for it. */
function isNullOnly(part: unknown): boolean {
  return isObject(part) && isNullable(part) && Object.keys(part).length === 1;
}

/** `written` is how the document calls it. */
function tuple(written: string): Reader {
  return (value, { place, convert }) =>
    Array.isArray(value) && value.length > 0
      ? { prefixItems: value.map((part, index) => convert(part, below(place, written, index))) }
      : undefined;
}

/** Before 2020-12 a list in `items` was a tuple, and `additionalItems` what follows it. */
const items: Reader = (value, reading) => {
  const single = schemaOrFlag('items');
  if (!Array.isArray(value)) return single(value, reading);
  const rest = reading.node.additionalItems;
  return { ...tuple('items')(value, reading), ...(rest !== undefined && single(rest, reading)) };
};

const properties: Reader = (value, { place, convert, hiddenAmong }) => {
  if (!isObject(value)) return undefined;
  const hidden = hiddenAmong(value);
  const visible: JsonObject = {};
  for (const name of Object.keys(value)) {
    if (!hidden.has(name)) visible[name] = convert(value[name], below(place, 'properties', name));
  }
  return { properties: visible };
};

const required: Reader = (value, { hidden }) => {
  if (!Array.isArray(value)) return undefined;
  const names = value.filter((name) => isString(name) && !hidden.has(name));
  return names.length > 0 ? { required: [...new Set(names)] } : {};
};

const type: Reader = (value, { node, place, note }) => {
  if (isType(value)) return { type: value };
  const { types, format, unknown } = readType(value);
  if (unknown.length > 0) {
    const outcome = types.length > 0 ? `read as ${types.join(' or ')}` : 'left out, so any type is accepted';
    note(below(place, 'type'), `${JSON.stringify(unknown.join(', '))} is no type of JSON Schema; it was ${outcome}`);
  }
  if (types.length === 0) return {};
  return { type: types.length === 1 ? types[0] : types, ...(format && node.format === undefined && { format }) };
};

const enumeration: Reader = (value) => {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return { enum: [...new Map(value.map((item) => [JSON.stringify(item), item])).values()] };
};

const pattern: Reader = (value, { place, note }) => {
  if (!isString(value)) return undefined;
  // As JavaScript writes them; with a slash before `^` nothing could match.
  const [, expression, flags] = /^\/(\^.*\$)\/([a-z]*)$/.exec(value) ?? [];
  if (expression !== undefined && flags === '' && isUsablePattern(expression)) {
    note(below(place, 'pattern'), 'the slashes around the pattern are no part of it, so they were left out');
    return { pattern: expression };
  }
  if (expression === undefined && isUsablePattern(value)) return { pattern: value };
  note(
    below(place, 'pattern'),
    'the pattern does not compile in unicode mode or may take too long to match, so it was left out',
  );
  return {};
};

const patternProperties: Reader = (value, reading) => {
  const usable = membersOf(value).filter(([name]) => isUsablePattern(name));
  if (usable.length < membersOf(value).length) {
    const place = below(reading.place, 'patternProperties');
    reading.note(place, 'a pattern does not compile in unicode mode, so it was left out');
  }
  return isObject(value) ? map('patternProperties')(Object.fromEntries(usable), reading) : undefined;
};

/** Draft 4, and so 2.0 and 3.0, made `minimum` exclusive by a boolean. */
function exclusive(keyword: string, bound: string): Reader {
  return (value, { node }) => {
    if (isFlag(value)) return value && isNumber(node[bound]) ? { [keyword]: node[bound] } : {};
    return isNumber(value) ? { [keyword]: value } : undefined;
  };
}

const dependentRequired: Reader = (value) =>
  isObject(value) && Object.values(value).every((names) => Array.isArray(names) && names.every(isString))
    ? {
        dependentRequired: Object.fromEntries(
          membersOf(value).map(([name, names]) => [name, [...new Set(itemsOf(names))]]),
        ),
      }
    : undefined;

const dependencies: Reader = (value, reading) => {
  const names = membersOf(value).filter(([, dependency]) => Array.isArray(dependency));
  const schemas = membersOf(value).filter(([, dependency]) => isObject(dependency));
  return {
    ...(names.length > 0 && dependentRequired(Object.fromEntries(names), reading)),
    ...(schemas.length > 0 && map('dependentSchemas', 'dependencies')(Object.fromEntries(schemas), reading)),
  };
};

const examples: Reader = (value) => {
  // Some documents have OpenAPI's map of examples where JSON Schema has a list.
  const values = Array.isArray(value)
    ? value
    : membersOf(value).map(([, example]) => (isObject(example) ? example.value : example));
  const short = values.filter((example) => example !== undefined && JSON.stringify(example).length <= maxExampleLength);
  return short.length > 0 ? { examples: short.slice(0, maxExamples) } : {};
};

/** By keyword. What is not here is no keyword of JSON Schema, or means nothing inside of a single schema. */
export const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['title', text('title')],
  ['description', text('description')],
  ['type', type],
  ['format', legal('format', isString)],
  ['enum', enumeration],
  ['const', (value) => ({ const: value })],
  ['default', (value) => ({ default: value })],
  ['deprecated', (value) => (value === true ? { deprecated: true } : {})],
  ['example', (value, reading) => examples([value], reading)],
  ['examples', examples],
  ['multipleOf', legal('multipleOf', (value) => isNumber(value) && value > 0)],
  ['minimum', legal('minimum', isNumber)],
  ['maximum', legal('maximum', isNumber)],
  ['exclusiveMinimum', exclusive('exclusiveMinimum', 'minimum')],
  ['exclusiveMaximum', exclusive('exclusiveMaximum', 'maximum')],
  ['minLength', legal('minLength', isCount)],
  ['maxLength', legal('maxLength', isCount)],
  ['pattern', pattern],
  ['contentEncoding', legal('contentEncoding', isString)],
  ['contentMediaType', legal('contentMediaType', isString)],
  ['minItems', legal('minItems', isCount)],
  ['maxItems', legal('maxItems', isCount)],
  ['uniqueItems', legal('uniqueItems', isFlag)],
  ['items', items],
  ['prefixItems', tuple('prefixItems')],
  ['contains', schema('contains')],
  ['minContains', legal('minContains', isCount)],
  ['maxContains', legal('maxContains', isCount)],
  ['unevaluatedItems', schemaOrFlag('unevaluatedItems')],
  ['minProperties', legal('minProperties', isCount)],
  ['maxProperties', legal('maxProperties', isCount)],
  ['required', required],
  ['properties', properties],
  ['patternProperties', patternProperties],
  ['additionalProperties', schemaOrFlag('additionalProperties')],
  ['unevaluatedProperties', schemaOrFlag('unevaluatedProperties')],
  ['propertyNames', schema('propertyNames')],
  ['dependencies', dependencies],
  ['dependentRequired', dependentRequired],
  ['dependentSchemas', map('dependentSchemas')],
  ['allOf', parts('allOf')],
  ['anyOf', parts('anyOf')],
  ['oneOf', parts('oneOf')],
  ['not', schema('not')],
  ['if', condition('if')],
  ['then', condition('then')],
  ['else', condition('else')],
]);
