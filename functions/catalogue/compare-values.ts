import { canonicalJson } from './canonical-json.ts';
import { argumentChange, type Change } from './change.ts';
import type { Pair, Schema } from './pair.ts';

const allTypes = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];

/** What becomes of the types of JSON values that are taken. */
export function compareTypes({ before, after, at }: Pair): Change[] {
  const [old, now] = [typesOf(before), typesOf(after)];
  const lost = old.some((type) => !now.includes(type));
  const gained = now.some((type) => !old.includes(type));
  if (!lost && !gained) return [];
  const facts = { from: nameOf(before), to: nameOf(after) };
  const says = `takes ${facts.to} where it took ${facts.from}`;
  if (!lost) return [argumentChange(at, says, { kind: 'type_widened', ...facts })];
  return [argumentChange(at, says, { kind: gained ? 'type_changed' : 'type_narrowed', breaking: true, ...facts })];
}

/** Whether some type of values is taken before and after. */
export function takesSome({ before, after }: Pair): boolean {
  const now = typesOf(after);
  return typesOf(before).some((type) => now.includes(type));
}

/** What becomes of the values to which an argument is limited. */
export function compareValues({ before, after, at }: Pair): Change[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (!old && !now) return [];
  if (!old) {
    return [argumentChange(at, 'takes only certain values', { kind: 'values_limited', breaking: true, to: now })];
  }
  if (!now) return [argumentChange(at, 'takes any value', { kind: 'values_freed', from: old })];
  const removed = missingFrom(now, old);
  const added = missingFrom(old, now);
  return [
    ...(removed.length > 0
      ? [
          argumentChange(at, `no longer takes ${list(removed)}`, {
            kind: 'values_removed',
            breaking: true,
            from: removed,
          }),
        ]
      : []),
    ...(added.length > 0
      ? [argumentChange(at, `takes ${list(added)} as well`, { kind: 'values_added', to: added })]
      : []),
  ];
}

/** Every number that is whole is a number. */
function typesOf({ type }: Schema): string[] {
  if (type === undefined) return allTypes;
  const types = Array.isArray(type) ? type : [type];
  return types.includes('number') ? [...types, 'integer'] : types;
}

function nameOf({ type }: Schema): string {
  return type === undefined ? 'anything' : [type].flat().join(' or ') || 'nothing';
}

function valuesOf(schema: Schema): unknown[] | undefined {
  const listed = Array.isArray(schema.enum) ? schema.enum : undefined;
  if (schema.const === undefined) return listed;
  return listed ? listed.filter((value) => canonicalJson(value) === canonicalJson(schema.const)) : [schema.const];
}

function missingFrom(some: readonly unknown[], all: readonly unknown[]): unknown[] {
  const texts = new Set(some.map(canonicalJson));
  return all.filter((value) => !texts.has(canonicalJson(value)));
}

function list(values: readonly unknown[]): string {
  const shown = values
    .slice(0, 10)
    .map((value) => JSON.stringify(value))
    .join(', ');
  return values.length > 10 ? `${shown} and ${values.length - 10} more` : shown;
}
