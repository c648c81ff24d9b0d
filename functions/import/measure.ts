import { GatewayError } from '../gateway/errors.ts';
import { isObject, type JsonObject } from './json-object.ts';
import { below, documentRoot, type Place } from './place.ts';

/** Shared values may multiply a document this many times; a YAML bomb multiplies it by thousands. */
const maxExpansion = 10;
const expansionFloor = 100_000;

interface Extent {
  /** Levels below. */
  height: number;
  /** Objects and arrays, counted as often as they are reached. */
  count: number;
}

/**
 * Makes sure that everything after may walk the document by plain recursion: at most `maxDepth` levels, no value that
 * contains itself, no expansion of shared values beyond measure. Throws `invalid` with the place otherwise.
 * Members called `__proto__` are removed with a warning, since copying one would change an object's nature.
 */
export function measure(document: JsonObject, maxDepth: number, warnings: string[]): void {
  const known = new Map<object, Extent | undefined>();

  const visit = (value: unknown, place: Place, depth: number): Extent => {
    if (typeof value !== 'object' || value === null) return { height: 0, count: 0 };
    const extent = known.get(value);
    if (!extent && known.has(value)) throw refused(place, 'contains itself through a YAML alias: use `$ref` instead');
    if (depth + (extent?.height ?? 1) > maxDepth) {
      throw refused(place, `is nested deeper than ${maxDepth} levels: move inner schemas to named components`);
    }
    if (extent) return extent;
    known.set(value, undefined);
    if (isObject(value) && Object.hasOwn(value, '__proto__')) {
      Reflect.deleteProperty(value, '__proto__');
      warnings.push(`${place}: a member called __proto__ was ignored.`);
    }
    const measured = { height: 1, count: 1 };
    for (const [key, member] of Object.entries(value)) {
      if (typeof member !== 'object' || member === null) continue;
      const inner = visit(member, below(place, key), depth + 1);
      measured.height = Math.max(measured.height, inner.height + 1);
      measured.count += inner.count;
    }
    known.set(value, measured);
    return measured;
  };

  const { count } = visit(document, documentRoot, 0);
  if (count > expansionFloor && count > known.size * maxExpansion) {
    throw refused(documentRoot, 'grows out of measure through YAML aliases: use `$ref` for what is shared');
  }
}

function refused(place: Place, problem: string): GatewayError {
  const shown = place.length > 120 ? `${place.slice(0, 120)}…` : place;
  return new GatewayError('invalid', `${shown} ${problem}.`, { field: shown });
}
