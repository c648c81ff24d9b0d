import { isObject, itemsOf, memberOf, membersOf } from '../json-object.ts';
import { isOfType, labels } from '../schemas/shape.ts';
import type { JsonSchema } from '../schemas/subschemas.ts';

type IsRight = (asked: unknown, value: unknown, schema: JsonSchema) => boolean;

/** By keyword, whether a value is plainly as it asks. Of any other keyword it takes the validator to know. */
const plainKeywords: ReadonlyMap<string, IsRight> = new Map<string, IsRight>([
  ...[...labels, '$defs'].map((keyword): [string, IsRight] => [keyword, () => true]),
  ['type', (type, value) => isOfType(value, type)],
  ['format', (_, value) => typeof value !== 'string'],
  ['enum', (values, value) => itemsOf(values).includes(value)],
  ['minimum', (least, value) => Number(value) >= Number(least)],
  ['maximum', (most, value) => Number(value) <= Number(most)],
  ['maxLength', (most, value) => String(value).length <= Number(most)],
  ['items', (items, values) => itemsOf(values).every((value) => isPlainlyRight(items, value))],
  ['required', (names, value) => itemsOf(names).every((name) => isObject(value) && Object.hasOwn(value, String(name)))],
  [
    'properties',
    (told, value) => membersOf(value).every(([name, member]) => isPlainlyRight(memberOf(told, name), member)),
  ],
  // Values with other properties than are told are left to the validator.
  ['additionalProperties', (_, __, { properties }) => properties !== undefined],
]);

/**
 * Whether a value is right by what can be told at once: if so, a validator would accept it. Most examples are, and need
 * none.
 */
export function isPlainlyRight(schema: unknown, value: unknown): boolean {
  if (!isObject(schema) || schema.type === undefined) return false;
  for (const keyword in schema) if (!plainKeywords.get(keyword)?.(schema[keyword], value, schema)) return false;
  return true;
}
