import { GatewayError } from '../../gateway/errors.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { below, type Place } from './place.ts';

/** Documents that describe an API stay below 25 levels and test files below 70; more is an attack on whoever walks them. */
export const maxDepth = 100;
/** Shared values may multiply a document this many times; a YAML bomb multiplies it by thousands. */
const maxExpansion = 10;
const expansionFloor = 100_000;

/** What all files of an import have come to: objects and arrays, written once or counted as often as they are reached. */
export interface Tally {
  written: number;
  reached: number;
}

/** A file's content, as it was parsed. */
export interface Parsed {
  value: JsonObject;
  /** Whether nothing in it can be shared, as YAML's aliases share. */
  isTree: boolean;
}

interface Extent {
  /** Levels below. */
  height: number;
  reached: number;
}

/**
 * Makes sure that everything after may walk the document by plain recursion: at most 100 levels, no value that
 * contains itself, no expansion of shared values beyond measure. Throws `invalid` with the place otherwise.
 * Members called `__proto__` are removed with a warning, since copying one would change an object's nature.
 * Returns how many members there are in all objects.
 */
export function measure({ value: document, isTree }: Parsed, root: Place, tally: Tally, warnings: string[]): number {
  const known = isTree ? undefined : new Map<object, Extent | undefined>();
  const path: string[] = [];
  let members = 0;

  const visit = (value: object): Extent => {
    const extent = known?.get(value);
    if (!extent && known?.has(value)) {
      throw refused(below(root, ...path), 'contains itself through a YAML alias: use `$ref` instead');
    }
    if (path.length + (extent?.height ?? 1) > maxDepth) {
      const problem = `is nested deeper than ${maxDepth} levels: move inner schemas to named components`;
      throw refused(below(root, ...path), problem);
    }
    if (extent) return extent;
    known?.set(value, undefined);
    if (isObject(value) && Object.hasOwn(value, '__proto__')) {
      Reflect.deleteProperty(value, '__proto__');
      warnings.push(`${below(root, ...path)}: a member called __proto__ was ignored.`);
    }
    const measured = { height: 1, reached: 1 };
    const isArray = Array.isArray(value);
    for (const key in value) {
      if (!isArray) members += 1;
      const member = (value as JsonObject)[key];
      if (typeof member !== 'object' || member === null) continue;
      path.push(key);
      const inner = visit(member);
      path.pop();
      measured.height = Math.max(measured.height, inner.height + 1);
      measured.reached += inner.reached;
    }
    known?.set(value, measured);
    return measured;
  };

  const { reached } = visit(document);
  tally.reached += reached;
  tally.written += known?.size ?? reached;
  if (tally.reached > expansionFloor && tally.reached > tally.written * maxExpansion) {
    throw refused(root, 'grows out of measure through YAML aliases: use `$ref` for what is shared');
  }
  return members;
}

function refused(place: Place, problem: string): GatewayError {
  const shown = place.length > 120 ? `${place.slice(0, 120)}…` : place;
  return new GatewayError('invalid', `${shown} ${problem}.`, { field: shown });
}
