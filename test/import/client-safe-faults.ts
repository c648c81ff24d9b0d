import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ImportedTool } from '../../functions/catalogue/types.ts';

type Json = Record<string, unknown>;

const types = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'];
const vocabulary = new Set(
  [
    'type title description default deprecated examples enum anyOf format pattern minLength maxLength',
    'contentEncoding contentMediaType minimum maximum exclusiveMinimum exclusiveMaximum multipleOf',
    'items minItems maxItems uniqueItems properties required additionalProperties minProperties maxProperties',
  ].flatMap((line) => line.split(' ')),
);
const safeName = /^[A-Za-z0-9_.-]{1,64}$/;
const ajv = new Ajv2020({ strict: false, validateFormats: false });

/**
 * Where a tool's client-safe form is none. Written from the rules alone, so that it and the converter do not share
 * their mistakes.
 */
export function clientSafeFaults({ input_schema, client_schema, aliases = {} }: ImportedTool): string[] {
  const safe = client_schema ?? input_schema;
  const faults = [
    ...rootFaults(safe),
    ...aliasFaults(input_schema, safe, aliases),
    ...kept(input_schema, safe, aliases),
  ];
  walk(safe, '#', 0, faults);
  const bytes = Buffer.byteLength(JSON.stringify(safe));
  if (bytes > 24_576) faults.push(`#: ${bytes} bytes`);
  if (!ajv.validateSchema(safe)) faults.push(`#: ${ajv.errorsText()}`);
  return faults;
}

function rootFaults(root: Json): string[] {
  const faults = ['oneOf', 'anyOf', 'allOf', 'not', 'if', 'enum', 'const'].filter((keyword) => keyword in root);
  if (root.type !== 'object') faults.push('type');
  if (!isObject(root.properties)) faults.push('properties');
  return faults.map((keyword) => `#: ${keyword}`);
}

function walk(schema: unknown, place: string, depth: number, faults: string[]): void {
  if (!isObject(schema)) {
    faults.push(`${place}: is no object`);
    return;
  }
  const { type, properties, required, items, additionalProperties, anyOf } = schema;
  const values = schema.enum;
  for (const keyword of Object.keys(schema)) {
    if (!vocabulary.has(keyword)) faults.push(`${place}: ${keyword}`);
  }
  if (depth > 10) faults.push(`${place}: is too deep`);
  if (type !== undefined && !types.includes(type as string)) faults.push(`${place}: type ${JSON.stringify(type)}`);
  if (type === 'array' && !isObject(items)) faults.push(`${place}: an array without items`);
  if (Array.isArray(values) && values.some((value) => typeof value === 'object' && value !== null)) {
    faults.push(`${place}: an enum of objects`);
  }
  const names = isObject(properties) ? Object.keys(properties) : [];
  for (const name of Array.isArray(required) ? required : []) {
    if (!names.includes(name)) faults.push(`${place}: requires ${name} and does not describe it`);
  }
  for (const name of names) {
    if (!safeName.test(name)) faults.push(`${place}: the name ${JSON.stringify(name)}`);
    walk((properties as Json)[name], `${place}/properties/${name}`, depth + 1, faults);
  }
  if (items !== undefined) walk(items, `${place}/items`, depth + 1, faults);
  if (typeof additionalProperties === 'object') {
    walk(additionalProperties, `${place}/additionalProperties`, depth + 1, faults);
  }
  for (const [index, choice] of (Array.isArray(anyOf) ? anyOf : []).entries()) {
    walk(choice, `${place}/anyOf/${index}`, depth, faults);
  }
}

/** What is told of arguments in both forms: their names, and which are required. */
function kept(whole: Json, safe: Json, aliases: Record<string, string>): string[] {
  const called = (name: string): string => Object.entries(aliases).find(([, own]) => own === name)?.[0] ?? name;
  const shown = isObject(safe.properties) ? Object.keys(safe.properties) : [];
  const required = Array.isArray(safe.required) ? safe.required : [];
  return [
    ...Object.keys(isObject(whole.properties) ? whole.properties : {})
      .filter((name) => !shown.includes(called(name)))
      .map((name) => `#: has lost ${name}`),
    ...(Array.isArray(whole.required) ? whole.required : [])
      .filter((name) => !required.includes(called(name)))
      .map((name) => `#: does not require ${name}`),
  ];
}

function aliasFaults(whole: Json, safe: Json, aliases: Record<string, string>): string[] {
  const original = namesIn(whole);
  const shown = namesIn(safe);
  const names = Object.values(aliases);
  return [
    ...Object.keys(aliases).filter((alias) => !safeName.test(alias) || original.has(alias) || !shown.has(alias)),
    ...names.filter((name, index) => !original.has(name) || shown.has(name) || names.indexOf(name) !== index),
  ].map((name) => `#: the alias of ${JSON.stringify(name)}`);
}

/** Of all members of anything called `properties`, which takes in too much rather than too little. */
function namesIn(value: unknown, names = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) namesIn(item, names);
  if (!isObject(value)) return names;
  if (isObject(value.properties)) for (const name of Object.keys(value.properties)) names.add(name);
  if (Array.isArray(value.required)) for (const name of value.required) names.add(String(name));
  for (const member of Object.values(value)) namesIn(member, names);
  return names;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
