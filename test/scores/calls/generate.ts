import { createHash } from 'node:crypto';
import { generateText } from './generate-text.ts';
import { combine, isObject, type Json } from './json.ts';

/** Which of the optional members a value has: none, all, or some that the seed decides. */
export type Completeness = 'required' | 'everything' | 'mixed';

export interface Wish {
  completeness: Completeness;
  /** The same seed gives the same value. */
  seed: string;
  /** Whether the schema's own examples and defaults are taken where there are any. */
  useExamples: boolean;
}

/** Optional members below this depth are left out, and all further ones when a value has become large. */
const maxDepth = 5;
const maxMembers = 250;
/** What is required of itself has no finite value. */
const hopeless = 40;

/**
 * A value that a schema of JSON Schema 2020-12 accepts, or nearly always: whoever uses it checks. Bounded and without
 * chance. Throws when it finds none.
 */
export function generate(schema: Json, wish: Wish): unknown {
  let members = 0;
  const definitions = isObject(schema.$defs) ? schema.$defs : {};

  /** A number below `count` that depends on the place and the seed alone. */
  const choose = (place: string, count: number): number =>
    createHash('sha1').update(`${wish.seed} ${place}`).digest().readUInt32BE(0) % count;

  function flatten(written: unknown, place: string, depth: number): Json {
    if (depth > hopeless) throw new Error(`${place}: the schema has no finite value`);
    if (written === false) throw new Error(`${place}: the schema accepts nothing`);
    if (!isObject(written)) return {};
    const { $ref, allOf, anyOf, oneOf, ...own } = written;
    let flat: Json = own;
    if (typeof $ref === 'string') flat = combine(flat, flatten(definitionOf($ref), place, depth + 1));
    for (const part of Array.isArray(allOf) ? allOf : []) flat = combine(flat, flatten(part, place, depth + 1));
    for (const branches of [anyOf, oneOf]) {
      if (!Array.isArray(branches) || branches.length === 0) continue;
      flat = combine(flat, flatten(pick(worthwhile(branches, depth), `${place}|`), place, depth + 1));
    }
    return flat;
  }

  function definitionOf($ref: string): unknown {
    const name = $ref.replace('#/$defs/', '').replaceAll('~1', '/').replaceAll('~0', '~');
    if (Object.hasOwn(definitions, name)) return definitions[name];
    throw new Error(`${$ref} leads nowhere`);
  }

  function pick<T>(choices: readonly T[], place: string): T {
    const index = { required: 0, everything: choices.length - 1, mixed: choose(place, choices.length) };
    const first = choices[wish.useExamples ? index[wish.completeness] : choose(place, choices.length)];
    if (first === undefined) throw new Error(`${place}: nothing to choose from`);
    return first;
  }

  function value(written: unknown, place: string, depth: number, inList = false): unknown {
    const schema = flatten(written, place, depth);
    members += 1;
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return pick(withoutNull(schema.enum), place);
    const type = typeOf(schema);
    // The same example in every item would be refused where items have to differ.
    if (wish.useExamples && type !== 'object' && type !== 'array' && !/\/[1-9]\d*$/.test(place)) {
      const given = [...(Array.isArray(schema.examples) ? schema.examples : []), schema.default];
      const fitting = given.find((example) => seemsToFit(example, schema, type));
      if (fitting !== undefined) return fitting;
    }
    switch (type) {
      case 'object':
        return object(schema, place, depth);
      case 'array':
        return list(schema, place, depth);
      case 'number':
      case 'integer':
        return number(schema, type, place);
      case 'boolean':
        return choose(place, 2) === 0;
      case 'null':
        return null;
      default:
        return generateText(schema, {
          name: place.split('/').at(-1) ?? '',
          number: choose(place, 10_000),
          // Characters that have a meaning in URLs; in lists they would be read as separators.
          isAdventurous: wish.completeness === 'mixed' && !inList,
        });
    }
  }

  function object(schema: Json, place: string, depth: number): Json {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : []);
    const isWanted = (name: string): boolean => {
      if (depth > maxDepth || members > maxMembers || wish.completeness === 'required') return false;
      return wish.completeness === 'everything' || choose(`${place}/${name}?`, 2) === 0;
    };
    const chosen = new Map<string, unknown>();
    for (const name of required)
      chosen.set(name, Object.hasOwn(properties, name) ? properties[name] : undeclared(schema));
    for (const [name, property] of Object.entries(properties)) {
      if (!chosen.has(name) && isWanted(name)) chosen.set(name, property);
    }
    const least = Math.max(Number(schema.minProperties ?? 0), depth === 1 ? 1 : 0);
    // An argument without members would send nothing.
    for (const [name, property] of Object.entries(properties)) {
      if (chosen.size < least && !chosen.has(name)) chosen.set(name, property);
    }
    for (let index = 1; chosen.size < Math.max(least, invitesMembers(schema) && isWanted('*') ? 1 : 0); index += 1) {
      if (!isFree(schema) || index > 50) break;
      const [name, member] = freeMember(schema, index);
      chosen.set(name, member);
    }
    const most = typeof schema.maxProperties === 'number' ? schema.maxProperties : chosen.size;
    const kept = [...chosen].slice(0, Math.max(most, required.size));
    const result: Json = {};
    for (const [name, member] of kept) {
      const made = attempt(() => value(member, `${place}/${name}`, depth + 1), required.has(name));
      if (made !== undefined) Object.defineProperty(result, name, { value: made, ...ordinary });
    }
    return result;
  }

  /** A required member that cannot be made fails the whole; an optional one stays away. */
  function attempt(make: () => unknown, isRequired: boolean): unknown {
    try {
      return make();
    } catch (error) {
      if (isRequired) throw error;
      return undefined;
    }
  }

  function list(schema: Json, place: string, depth: number): unknown[] {
    const least = Number(schema.minItems ?? 0);
    const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    const usual = wish.completeness === 'required' ? 1 : 2;
    const isTooDeep = depth > maxDepth || members > maxMembers;
    const most = Number(schema.maxItems ?? Number.POSITIVE_INFINITY);
    const count = Math.min(Math.max(least, prefix.length, isTooDeep ? 0 : usual), most);
    const items: unknown[] = [];
    const seen = new Set<string>();
    for (let index = 0; items.length < count && index < count + 20; index += 1) {
      const item = prefix[items.length] ?? schema.items ?? (isObject(schema.contains) ? schema.contains : {});
      if (item === false) break;
      const made = attempt(() => value(item, `${place}/${index}`, depth + 1, true), items.length < least);
      const text = JSON.stringify(made);
      if (made === undefined || (schema.uniqueItems === true && seen.has(text))) continue;
      seen.add(text);
      items.push(made);
    }
    return items;
  }

  function number(schema: Json, type: string, place: string): number {
    const step = typeof schema.multipleOf === 'number' && schema.multipleOf > 0 ? schema.multipleOf : undefined;
    const unit = step ?? (type === 'integer' ? 1 : 0.25);
    const low = Math.max(numberOr(schema.minimum, -Infinity), numberOr(schema.exclusiveMinimum, -Infinity) + unit);
    const high = Math.min(numberOr(schema.maximum, Infinity), numberOr(schema.exclusiveMaximum, Infinity) - unit);
    const from = Number.isFinite(low) ? low : Number.isFinite(high) ? high - 9 * unit : unit;
    const offset = Math.min(choose(place, 9) * unit, Math.max(0, high - from));
    // Multiples count from zero, not from the minimum.
    const exact = Math.ceil((from + offset) / unit - 1e-9) * unit;
    // Adding zero makes an ordinary one of a negative zero.
    return (exact <= high ? exact : from) + 0;
  }

  return value(schema, '', 0);
}

const ordinary = { enumerable: true, configurable: true, writable: true };

function undeclared(schema: Json): unknown {
  return isObject(schema.additionalProperties) ? schema.additionalProperties : {};
}

function isFree(schema: Json): boolean {
  return schema.additionalProperties !== false || isObject(schema.patternProperties);
}

/** Whether the schema speaks of further members, rather than saying nothing of them. */
function invitesMembers({ additionalProperties, patternProperties }: Json): boolean {
  return additionalProperties === true || isObject(additionalProperties) || isObject(patternProperties);
}

/** A member that no property declares. */
function freeMember(schema: Json, index: number): [string, unknown] {
  const patterns = isObject(schema.patternProperties) ? Object.entries(schema.patternProperties) : [];
  const [pattern, member] = patterns[0] ?? [];
  if (pattern === undefined) {
    const names = isObject(schema.propertyNames) ? schema.propertyNames : {};
    const allowed = Array.isArray(names.enum) ? names.enum[index - 1] : undefined;
    const name = allowed ?? generateText({ ...names, type: 'string' }, { name: `key${index}`, number: index });
    return [String(name), undeclared(schema)];
  }
  return [generateText({ pattern }, { name: `key${index}`, number: index }), member];
}

/** Alternatives but null, until it is time to come to an end. */
function worthwhile(branches: readonly unknown[], depth: number): unknown[] {
  const isNull = (branch: unknown) => isObject(branch) && branch.type === 'null';
  const wanted = branches.filter((branch) => branch !== false && isNull(branch) === depth > maxDepth);
  return wanted.length > 0 ? wanted : [...branches];
}

function withoutNull(values: readonly unknown[]): unknown[] {
  const others = values.filter((value) => value !== null);
  return others.length > 0 ? others : [...values];
}

function typeOf(schema: Json): string {
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter((type) => type !== undefined);
  const type = types.find((one) => one !== 'null') ?? types[0];
  if (typeof type === 'string') return type;
  if ('properties' in schema || 'additionalProperties' in schema || 'required' in schema) return 'object';
  if ('items' in schema || 'prefixItems' in schema) return 'array';
  if ('minimum' in schema || 'maximum' in schema || 'multipleOf' in schema) return 'number';
  return 'string';
}

/** Enough for examples and defaults of documents: the whole value is checked when it is complete. */
function seemsToFit(value: unknown, schema: Json, type: string): boolean {
  if (typeof value === 'number') {
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if (type === 'integer' && !Number.isInteger(value)) return false;
    return (type === 'number' || type === 'integer') && value >= Number(minimum) && value <= Number(maximum);
  }
  if (typeof value !== 'string') return typeof value === type;
  if (type !== 'string' || value === '') return false;
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  if (value.length < Number(minLength) || value.length > Number(maxLength)) return false;
  return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(value);
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
