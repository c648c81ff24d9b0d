import type { Dialect } from '../document/dialect.ts';
import { below, type Place } from '../document/place.ts';
import { isObject, itemsOf, type JsonObject, textOf } from '../json-object.ts';
import { pinBranches } from './pin-branches.ts';
import { illegal, isNullable, type Reading, readers } from './schema-keywords.ts';
import { labels } from './shape.ts';
import { splitBy } from './split-by.ts';
import { type JsonSchema, referenceTo } from './subschemas.ts';

export interface SchemaContext {
  dialect: Dialect;
  /** What a reference leads to, as it stands; `undefined` when it leads nowhere. */
  targetOf(reference: string): unknown;
  /** The name of the definition for what a reference leads to, or why it leads nowhere. */
  refer(reference: string): { name: string } | { problem: string };
  /** The names of the properties among these that are left out. */
  hiddenAmong(properties: JsonObject): ReadonlySet<string>;
  /** The names of all properties that are left out of a schema and of what it is composed of. */
  hiddenIn(schema: JsonObject): ReadonlySet<string>;
  note(place: Place, text: string): void;
}

const nothing: ReadonlySet<string> = new Set();
const annotations = new Set([...labels, 'example']);
const nullMarks = new Set(['nullable', 'x-nullable']);

/**
 * A Schema Object of any dialect as JSON Schema 2020-12. Every keyword that comes out is legal there and has a legal
 * value; what had to go is noted with its place. References come out as `#/$defs/<name>`.
 */
export function convertSchema(node: unknown, place: Place, context: SchemaContext): JsonSchema {
  return convertPart(node, place, context, nothing);
}

/** `hidden` are the properties that are left out of the whole that this schema is a part of. */
function convertPart(node: unknown, place: Place, context: SchemaContext, hidden: ReadonlySet<string>): JsonSchema {
  if (node === true) return {};
  if (node === false) return { not: {} };
  if (!isObject(node)) {
    context.note(place, 'this is not a schema, so anything is accepted');
    return {};
  }
  const more = node.required || node.allOf ? context.hiddenIn(node) : nothing;
  const reading: Reading = {
    node,
    schema: {},
    place,
    hidden: more.size > 0 ? new Set([...hidden, ...more]) : hidden,
    hiddenAmong: context.hiddenAmong,
    note: context.note,
    targetOf: context.targetOf,
    convert: (part, at, shared = nothing) => convertPart(part, at, context, shared),
  };
  // A dynamic reference is followed as a plain one: what overrides its anchor elsewhere is not looked for.
  const reference = textOf(node.$ref) ?? textOf(node.$dynamicRef);
  const schema = reference ? convertReference(reference, reading, context) : convertKeywords(node, reading);
  return isNullable(node) ? orNull(schema, node) : schema;
}

function convertReference(reference: string, reading: Reading, context: SchemaContext): JsonSchema {
  // Before 3.1 what stands beside `$ref` is ignored; authors still mean their descriptions to be read.
  const countsBeside = context.dialect === '3.1' || context.dialect === '3.2';
  const beside = countsBeside ? reading.node : splitBy(reading.node, annotations).said;
  const siblings = convertKeywords(beside, reading);
  const target = context.refer(reference);
  if ('name' in target) return { $ref: referenceTo(target.name), ...siblings };
  context.note(reading.place, `${target.problem}, so anything is accepted`);
  return siblings;
}

function convertKeywords(node: JsonObject, reading: Reading): JsonSchema {
  const { schema, place, note } = reading;
  for (const keyword in node) {
    const read = readers.get(keyword);
    if (!read) continue;
    const value = read(node[keyword], reading, keyword);
    if (value === illegal) {
      note(
        below(place, keyword),
        `${brief(node[keyword])} is not a value that this keyword can have, so it was left out`,
      );
    } else if (value !== undefined) schema[keyword] = value;
  }
  return isSettled(schema) ? schema : mended(schema, reading);
}

/** What `mended` looks at. */
const unsettled = new Set([
  'exclusiveMinimum',
  'exclusiveMaximum',
  'format',
  'contentEncoding',
  'enum',
  'allOf',
  'anyOf',
  'oneOf',
]);

function isSettled(schema: JsonSchema): boolean {
  for (const keyword in schema) if (unsettled.has(keyword)) return false;
  return true;
}

/** Settles what only shows when all keywords are there. */
function mended(schema: JsonSchema, reading: Reading): JsonSchema {
  const { node, place, note } = reading;
  if (node.exclusiveMinimum === true) delete schema.minimum;
  if (node.exclusiveMaximum === true) delete schema.maximum;
  // Bytes are base64 in JSON; `binary` says that they are sent raw, as 3.0 and, by mistake, some of 3.1 write it.
  if (schema.contentEncoding === 'binary') schema.format = 'binary';
  if (schema.format === 'binary') schema.contentEncoding = 'base64';
  if (schema.format === 'byte') schema.contentEncoding ??= 'base64';
  if (schema.format === 'byte') delete schema.format;
  if (schema.contentEncoding === 'base64') keepBase64(schema);

  const composed = withOpenParts(withoutOneOf(withPinnedBranches(schema, reading)), place, note);
  const values = Array.isArray(composed.enum) ? fittingType(composed.type, composed.enum) : undefined;
  if (!values) return composed;
  note(below(place, 'enum'), `values of another type were read as the \`type\` says: ${brief(values)}`);
  return { ...composed, enum: values };
}

/** Examples of bytes are names of files or words about them more often than not: whoever gave them would be refused. */
function keepBase64(schema: JsonSchema): void {
  const given = itemsOf(schema.examples).filter(isBase64);
  if (given.length > 0) schema.examples = given;
  else delete schema.examples;
  if (!isBase64(schema.default)) delete schema.default;
}

function isBase64(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && /^(?:data:[^,]*;base64,)?[\w+/-]*={0,2}$/.test(value);
}

function withPinnedBranches(schema: JsonSchema, { node, targetOf }: Reading): JsonSchema {
  if (node.discriminator === undefined) return schema;
  const pinned = (['oneOf', 'anyOf'] as const).flatMap((keyword) => {
    const [branches, given] = [itemsOf(schema[keyword]).filter(isObject), itemsOf(node[keyword])];
    const isWhole = branches.length > 0 && branches.length === given.length;
    return isWhole ? [[keyword, pinBranches(branches, given, node.discriminator, targetOf)] as const] : [];
  });
  return { ...schema, ...Object.fromEntries(pinned) };
}

/** A value that fits two branches is refused by `oneOf`, and branches in documents overlap more often than not. */
function withoutOneOf(schema: JsonSchema): JsonSchema {
  if (schema.oneOf === undefined) return schema;
  const { oneOf, ...rest } = schema;
  if (rest.anyOf === undefined) return { ...rest, anyOf: oneOf };
  return { ...rest, allOf: [...itemsOf(rest.allOf), { anyOf: oneOf }] };
}

/**
 * A part of `allOf` that only describes, as it stands beside a reference in 3.0, describes the whole; a single part that
 * is left stands for it. A part among others that allows only its own properties would refuse theirs, and nothing
 * could ever fit.
 */
function withOpenParts(schema: JsonSchema, place: Place, note: Reading['note']): JsonSchema {
  if (schema.allOf === undefined) return schema;
  const { allOf, ...rest } = schema;
  const all = itemsOf(allOf).filter(isObject);
  const parts = all.filter((part) => !isLabel(part));
  const labelled = { ...Object.assign({}, ...all.filter(isLabel)), ...rest };
  const [only] = parts;
  if (!only) return labelled;
  if (parts.length === 1 && isLabel(rest)) return { ...only, ...labelled };
  const closed = parts.filter((part) => part.additionalProperties === false);
  if (closed.length > 0) {
    note(
      below(place, 'allOf'),
      '`additionalProperties: false` in a part refuses what the others have, so it was left out',
    );
  }
  return {
    ...labelled,
    allOf: parts.map((part) => (closed.includes(part) ? without(part, 'additionalProperties') : part)),
  };
}

function isLabel(schema: JsonSchema): boolean {
  return Object.keys(schema).every((keyword) => annotations.has(keyword));
}

function without(schema: JsonSchema, keyword: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== keyword));
}

/**
 * YAML turns `enum: [1.0, true]` of a string into other types, and nothing could then fit both `type` and `enum`.
 * `undefined` when the values are fine, or past mending.
 */
function fittingType(type: unknown, values: unknown[]): unknown[] | undefined {
  const types = Array.isArray(type) ? type.filter((name) => name !== 'null') : [type];
  if (types.length !== 1) return undefined;
  if (types[0] === 'string' && values.some((value) => typeof value === 'number' || typeof value === 'boolean')) {
    return [...new Set(values.map((value) => (typeof value === 'object' ? value : String(value))))];
  }
  const isNumeric = types[0] === 'integer' || types[0] === 'number';
  if (!isNumeric || !values.some((value) => typeof value === 'string')) return undefined;
  const numbers = values.map((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value));
  return numbers.every((value) => value === null || Number.isFinite(value)) ? [...new Set(numbers)] : undefined;
}

/** The schema, or null. Where nothing restricts the type, null is in it already. */
function orNull(schema: JsonSchema, node: JsonObject): JsonSchema {
  // In a union, `{ nullable: true }` and nothing else is how some exporters write "or null".
  const saysNothingElse = Object.keys(node).every(
    (keyword) => nullMarks.has(keyword) || annotations.has(keyword) || keyword.startsWith('x-'),
  );
  if (saysNothingElse) return schema;
  if (['$ref', 'allOf', 'anyOf', 'not', 'const', 'if'].some((keyword) => schema[keyword] !== undefined)) {
    const { said, rest } = splitBy(schema, annotations);
    return { ...said, anyOf: [rest, { type: 'null' }] };
  }
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
  return {
    ...schema,
    ...(Array.isArray(types) && { type: [...new Set([...types, 'null'])] }),
    ...(Array.isArray(schema.enum) && !schema.enum.includes(null) && { enum: [...schema.enum, null] }),
  };
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
