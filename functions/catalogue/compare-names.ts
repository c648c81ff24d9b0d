import { argumentChange, type Change } from './change.ts';
import type { Pair, Schema } from './pair.ts';

/** Which properties came, went, or have to be given now. */
export function compareNames({ before, after, at }: Pair): Change[] {
  const [old, now] = [namesIn(before), namesIn(after)];
  const [needed, needs] = [requiredBy(before), requiredBy(after)];
  const path = (name: string) => (at === '' ? name : `${at}.${name}`);
  const removed = [...old].filter((name) => !now.has(name));
  const added = [...now].filter((name) => !old.has(name));
  const demanded = [...needs].filter((name) => !needed.has(name) && !added.includes(name));
  const released = [...needed].filter((name) => !needs.has(name) && !removed.includes(name));
  return [
    ...removed.map((name) => argumentChange(path(name), 'is gone', { kind: 'argument_removed', breaking: true })),
    ...added.map((name) =>
      needs.has(name)
        ? argumentChange(path(name), 'is new and required', { kind: 'argument_added', breaking: true })
        : argumentChange(path(name), 'is new', { kind: 'argument_added' }),
    ),
    ...demanded.map((name) =>
      argumentChange(path(name), 'is required now', { kind: 'argument_required', breaking: true }),
    ),
    ...released.map((name) => argumentChange(path(name), 'is no longer required', { kind: 'argument_optional' })),
  ];
}

function namesIn({ properties }: Schema): Set<string> {
  return new Set(typeof properties === 'object' && properties !== null ? Object.keys(properties) : []);
}

function requiredBy({ required }: Schema): Set<string> {
  return new Set(Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []);
}
