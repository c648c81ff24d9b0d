import { isSame } from './canonical-json.ts';
import { argumentChange, type Change } from './change.ts';
import type { Pair } from './pair.ts';

/** The direction in which a bound takes less. */
const bounds = {
  minimum: 1,
  exclusiveMinimum: 1,
  minLength: 1,
  minItems: 1,
  minProperties: 1,
  maximum: -1,
  exclusiveMaximum: -1,
  maxLength: -1,
  maxItems: -1,
  maxProperties: -1,
} as const;

/** Demands of which nobody can say whether another one is weaker. */
const demands = ['pattern', 'format', 'multipleOf', 'contentEncoding'] as const;

/** What becomes of the limits that a value has to keep. */
export function compareBounds({ before, after, at }: Pair): Change[] {
  const limits = Object.entries(bounds).flatMap(([keyword, direction]) => {
    const [from, to] = [before[keyword], after[keyword]];
    const [old, now] = [strictness(keyword, from, direction), strictness(keyword, to, direction)];
    return old === now ? [] : [boundChange(at, keyword, from, to, now > old)];
  });
  const isUnique = (schema: Pair['before']) => schema.uniqueItems === true;
  return [
    ...limits,
    ...demands
      .filter((keyword) => !isSame(before[keyword], after[keyword]))
      .map((keyword) => boundChange(at, keyword, before[keyword], after[keyword], after[keyword] !== undefined)),
    ...(isUnique(before) === isUnique(after)
      ? []
      : [boundChange(at, 'uniqueItems', isUnique(before), isUnique(after), isUnique(after))]),
  ];
}

/** Grows as less is taken. Nothing is shorter than 0. */
function strictness(keyword: string, bound: unknown, direction: 1 | -1): number {
  if (typeof bound === 'number') return bound * direction;
  return /^min[LIP]/.test(keyword) ? 0 : Number.NEGATIVE_INFINITY;
}

function boundChange(at: string, keyword: string, from: unknown, to: unknown, isTighter: boolean): Change {
  const says = `has ${keyword} ${shown(to)} where it had ${shown(from)}`;
  return argumentChange(at, says, {
    kind: isTighter ? 'bound_tightened' : 'bound_loosened',
    breaking: isTighter,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  });
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : String(value);
}
