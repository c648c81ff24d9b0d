import { createHash } from 'node:crypto';
import type { ParameterBinding } from '../../catalogue/types.ts';
import { isSafeName, markedName, safePartOf } from '../schemas/safe-name.ts';

const maxLength = 64;

/** Where an argument goes and what it is called there. */
export interface ArgumentSource {
  in: ParameterBinding['in'] | 'body';
  name: string;
}

/**
 * Names for the arguments of one tool, in their order: unique, and of characters that every client passes on. When
 * several would have the same name, the path parameter keeps it and each of the others says where it goes:
 * `query_id`, `body_id`.
 */
export function nameArguments(sources: readonly ArgumentSource[]): string[] {
  const own = sources.map(({ name }) => name);
  return own.every(isSafeName) && new Set(own).size === own.length ? own : tellApart(sources);
}

function tellApart(sources: readonly ArgumentSource[]): string[] {
  const names = new Map<ArgumentSource, string>();
  const used = new Set<string>();
  const groups = Map.groupBy(sources, safeName);
  for (const [name, group] of groups) {
    const keeper = group.length === 1 ? group[0] : keeperOf(group);
    if (!keeper) continue;
    names.set(keeper, name);
    used.add(name);
  }
  for (const [name, group] of groups) {
    for (const source of group) {
      if (names.has(source)) continue;
      const placed = `${source.in}_${name}`.slice(0, maxLength);
      const own = used.has(placed) ? markedName(placed, hashOf(source)) : placed;
      names.set(source, own);
      used.add(own);
    }
  }
  return sources.map((source) => names.get(source) ?? hashOf(source));
}

/** Who keeps a contested name: the path parameter, or the only one that is really called so. */
function keeperOf(group: readonly ArgumentSource[]): ArgumentSource | undefined {
  const exact = group.filter((source) => isSafeName(source.name));
  return exact.find((source) => source.in === 'path') ?? (exact.length === 1 ? exact[0] : undefined);
}

function safeName(source: ArgumentSource): string {
  if (isSafeName(source.name)) return source.name;
  const name = safePartOf(source.name);
  if (name === '') return `${source.in}_${hashOf(source)}`;
  return name.length <= maxLength ? name : markedName(name, hashOf(source));
}

function hashOf({ in: place, name }: ArgumentSource): string {
  return createHash('sha256').update(`${place} ${name}`).digest('hex').slice(0, 6);
}
