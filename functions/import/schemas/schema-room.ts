import { createHash } from 'node:crypto';
import { documentRoot, fileOf, keysTo, type Place } from '../document/place.ts';
import { type Located, type Source, targetIn } from '../document/source.ts';
import { isObject } from '../json-object.ts';
import { type HiddenProperties, hiddenProperties } from './hidden-properties.ts';
import { jsonBytes } from './json-bytes.ts';
import { type PlainObjectReader, plainObjectReader } from './plain-object.ts';
import { findCycles } from './recursion.ts';
import { refers } from './refers.ts';
import { convertSchema } from './schema.ts';
import { type JsonSchema, mapSubschemas, referredName, visitSubschemas } from './subschemas.ts';
import { together } from './together.ts';

/** What a schema is converted for: `readOnly` properties are no input, `writeOnly` ones no output. */
export type Direction = 'input' | 'output';

/** A schema that others refer to, converted once for the whole document. */
export interface Definition {
  name: string;
  place: Place;
  schema: JsonSchema;
  /** Bytes of its JSON. */
  size: number;
  /** The definitions it refers to, as often as it does. */
  references: string[];
  /** Those among them that apply to the same value. */
  inPlace: string[];
  notes: string[];
}

export interface ConvertedSchema {
  schema: JsonSchema;
  notes: string[];
}

/** Converts the schemas of one document in one direction. Each referenced schema is converted when first asked for. */
export interface SchemaRoom {
  convert(node: Located): ConvertedSchema;
  /** A definition that a converted schema refers to. */
  definition(name: string): Definition;
  /**
   * Bytes that a definition has at most when everything it refers to stands in place of the references; `undefined`
   * when it leads back to itself and so can only stand by its name.
   */
  sizeInPlace(name: string): number | undefined;
  /**
   * How many definitions then stand inside one another, itself counted; infinite when it leads to one that can only
   * stand by its name.
   */
  heightInPlace(name: string): number;
  /** A definition of finite height with everything it refers to in place: one object for all tools. */
  inPlace(name: string): JsonSchema;
  /** A schema with all that it refers to in place. */
  withAllInPlace(schema: JsonSchema): JsonSchema;
  /** The notes of a definition of finite height, and of all that it refers to. */
  notesInPlace(name: string): readonly string[];
  /** Whether `to`, applied to the same value as `from`, comes back to `from`: validating that would never end. */
  isEndless(from: string, to: string): boolean;
  asPlainObject: PlainObjectReader;
}

/** The rooms of a document. Definitions from which nothing is hidden in either direction are converted once for both. */
export function schemaRooms(source: Source): Record<Direction, SchemaRoom> {
  const targetOf = targetIn(source);
  const readOnly = hiddenProperties('readOnly', targetOf);
  const writeOnly = hiddenProperties('writeOnly', targetOf);
  const common: Common = { names: new Map(), targets: new Map(), definitions: new Map() };
  return {
    input: schemaRoom(source, { own: readOnly, others: writeOnly }, common),
    output: schemaRoom(source, { own: writeOnly, others: readOnly }, common),
  };
}

/** What both rooms know. */
interface Common {
  /** Of what references lead to. */
  names: Map<Located, string>;
  targets: Map<string, Located>;
  definitions: Map<string, Definition>;
}

/** What is left out in a room, and what in the other. */
interface Hidden {
  own: HiddenProperties;
  others: HiddenProperties;
}

function schemaRoom(source: Source, { own, others }: Hidden, common: Common): SchemaRoom {
  const { targets } = common;
  const definitions = new Map<string, Definition>();

  const convert = ({ value, place }: Located): ConvertedSchema & { isCommon: boolean } => {
    const notes: string[] = [];
    let isCommon = true;
    const schema = convertSchema(value, place, {
      hiddenAmong: (properties) => {
        const hidden = own.hiddenAmong(properties);
        isCommon &&= hidden.size === 0 && others.hiddenAmong(properties).size === 0;
        return hidden;
      },
      hiddenIn: (whole) => {
        const hidden = own.hiddenIn(whole);
        isCommon &&= hidden.size === 0 && others.hiddenIn(whole).size === 0;
        return hidden;
      },
      dialect: source.dialect,
      targetOf: targetIn(source, place),
      note: (at, text) => notes.push(`${at}: ${text}.`),
      refer: (reference) => {
        const found = source.locate(reference, place);
        const final = 'value' in found && isBareReference(found.value) ? source.follow(found) : found;
        if ('problem' in final) return final;
        const name = common.names.get(final) ?? definitionName(final.place);
        common.names.set(final, name);
        targets.set(name, final);
        return { name };
      },
    });
    return { schema, notes, isCommon };
  };

  const definition = (name: string): Definition => {
    const known = definitions.get(name) ?? common.definitions.get(name);
    if (known) return known;
    const target = targets.get(name) ?? { value: {}, place: documentRoot };
    const { schema, notes, isCommon } = convert(target);
    const made = { name, place: target.place, schema, notes, size: jsonBytes(schema), ...referencesOf(schema) };
    (isCommon ? common.definitions : definitions).set(name, made);
    return made;
  };

  const sizes = new Map<string, number>();
  const heights = new Map<string, number>();
  const walkReferences = findCycles(
    (name) => definition(name).references,
    (members, isCycle) => {
      for (const { name, size, references } of isCycle ? [] : members.map(definition)) {
        sizes.set(
          name,
          references.reduce((sum, inner) => sum + (sizes.get(inner) ?? 0), size),
        );
        heights.set(
          name,
          references.reduce((most, inner) => Math.max(most, 1 + (heights.get(inner) ?? Number.POSITIVE_INFINITY)), 1),
        );
      }
    },
  );
  const whole = new Map<string, JsonSchema>();
  const inPlace = (name: string): JsonSchema => {
    const known = whole.get(name) ?? withAllInPlace(definition(name).schema);
    whole.set(name, known);
    return known;
  };
  const withAllInPlace = (schema: JsonSchema): JsonSchema => {
    if (!refers(schema)) return schema;
    const copy = mapSubschemas(schema, withAllInPlace);
    const name = referredName(schema);
    if (name === undefined) return copy;
    const { $ref: _, ...siblings } = copy;
    return together(inPlace(name), siblings);
  };
  const notes = new Map<string, readonly string[]>();
  const notesInPlace = (name: string): readonly string[] => {
    const known = notes.get(name);
    if (known) return known;
    const { notes: own, references } = definition(name);
    const all = [...new Set([...own, ...references.flatMap(notesInPlace)])];
    notes.set(name, all);
    return all;
  };
  const loops = new Map<string, string[]>();
  const walkInPlace = findCycles(
    (name) => definition(name).inPlace,
    (members, isCycle) => {
      for (const member of isCycle ? members : []) loops.set(member, members);
    },
  );

  return {
    convert,
    definition,
    asPlainObject: plainObjectReader(definition),
    sizeInPlace: (name) => {
      walkReferences(name);
      return sizes.get(name);
    },
    heightInPlace: (name) => {
      walkReferences(name);
      return heights.get(name) ?? Number.POSITIVE_INFINITY;
    },
    inPlace,
    withAllInPlace,
    notesInPlace,
    isEndless: (from, to) => {
      walkInPlace(from);
      return loops.get(from)?.includes(to) ?? false;
    },
  };
}

/** The definitions that a converted schema refers to, as often as it does. */
export function referencesOf(schema: JsonSchema): Pick<Definition, 'references' | 'inPlace'> {
  const references: string[] = [];
  const inPlace: string[] = [];
  const walk = (inner: JsonSchema, isInPlace: boolean): void => {
    if (!refers(inner)) return;
    const name = referredName(inner);
    if (name !== undefined) references.push(name);
    if (name !== undefined && isInPlace) inPlace.push(name);
    visitSubschemas(inner, (next, at) => walk(next, isInPlace && at.inPlace));
  };
  walk(schema, true);
  return { references, inPlace };
}

function isBareReference(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 1 && typeof value.$ref === 'string';
}

/** A named component keeps its name; anything else gets a hash of its place, so that names do not depend on order. */
function definitionName(place: Place): string {
  const keys = keysTo(place);
  const file = fileOf(place);
  const last = keys.at(-1) ?? (file.replace(/^.*\/|\.[^./]*$/g, '') || 'root');
  const name = last.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 80);
  const isComponent = keys.length === 3 && keys[0] === 'components' && keys[1] === 'schemas';
  const isDefinition = keys.length === 2 && keys[0] === 'definitions';
  if (file === '' && name === last && (isComponent || isDefinition) && name !== '__proto__') return name;
  return `${name}_${createHash('sha256').update(place).digest('hex').slice(0, 8)}`;
}
