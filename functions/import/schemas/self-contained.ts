import { isObject, itemsOf } from '../json-object.ts';
import { refers } from './refers.ts';
import { type Definition, referencesOf, type SchemaRoom } from './schema-room.ts';
import { type JsonSchema, mapSubschemas, referenceTo, referredName } from './subschemas.ts';
import { together } from './together.ts';

/** Below this size a schema without references is worth more than a short one: many clients read none. */
const inlineWholeBelow = 16_384;
/** A definition as short as this costs little more in place than a reference to it. */
const inlineAlwaysBelow = 300;
/** What is used once goes in place up to this size; more would nest too deep. */
const inlineOnceBelow = 4_096;
/** What lies beyond could not stay anyhow, and no operation may cost as much as the whole document. */
const maxGathered = 131_072;

/** Ways around a loop of definitions that apply to the same value are written out, but not without end. */
const maxUnrolled = 60;
/** Definitions inside of definitions: validators that compile schemas take ages over what nests much deeper. */
const maxNesting = 10;

/**
 * The schema with everything it refers to inside of it: small and singly used definitions in place, large and
 * recursive ones under `$defs`. `notes` are those of every definition that became part of it.
 */
export function selfContained(schema: JsonSchema, room: SchemaRoom): { schema: JsonSchema; notes: string[] } {
  const { references } = referencesOf(schema);
  if (isWholeInPlace(references, room)) {
    return { schema: room.withAllInPlace(schema), notes: [...new Set(references.flatMap(room.notesInPlace))] };
  }
  const { definitions, isComplete } = gather(references, room);
  const { stays, inlinedBelow } = settle(references, definitions, room);
  const notes = [...definitions.values()].flatMap((definition) => definition.notes);
  const kept = new Map<string, JsonSchema>();
  const pending: string[] = [];
  let unrolled = 0;

  /** Whether a definition looks the same in every tool, with nothing left inside of it that stays elsewhere. */
  const isShared = (name: string, nesting: number): boolean =>
    isComplete &&
    (room.sizeInPlace(name) ?? Number.POSITIVE_INFINITY) <= inlinedBelow &&
    nesting + room.heightInPlace(name) <= maxNesting;

  /**
   * `applied` are the definitions that already apply to the value that `inner` applies to; `nesting` counts those
   * that were put in place around it.
   */
  const place = (inner: JsonSchema, applied: readonly string[], nesting: number): JsonSchema => {
    if (!refers(inner)) return inner;
    const open = withoutKnownChoice(inner, applied);
    const copy = mapSubschemas(open, (next, at) => place(next, at.inPlace ? applied : [], nesting));
    const name = referredName(inner);
    if (name === undefined) return copy;
    const { $ref: _, ...siblings } = copy;
    if (isShared(name, nesting)) return together(room.inPlace(name), siblings);
    // It applies already: to say so again would only send a validator round in circles.
    if (applied.includes(name)) return siblings;
    const definition = definitions.get(name);
    const isLoop = applied.some((from) => room.isEndless(from, name));
    if (isLoop) unrolled += 1;
    if (!definition || (isLoop && (unrolled > maxUnrolled || nesting >= maxNesting))) {
      notes.push(`${room.definition(name).place}: the tool has no room for this schema, so anything is accepted.`);
      return siblings;
    }
    if (isLoop || (!stays.has(name) && nesting < maxNesting)) {
      return together(place(definition.schema, [...applied, name], nesting + 1), siblings);
    }
    if (!kept.has(name)) pending.push(name);
    kept.set(name, kept.get(name) ?? {});
    return { $ref: referenceTo(name), ...siblings };
  };

  const root = place(schema, [], 0);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    kept.set(name, place(definitions.get(name)?.schema ?? {}, [name], 0));
  }
  const $defs = Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { schema: kept.size > 0 ? { ...root, $defs } : root, notes };
}

/** Whether there is room for all that is referred to in place of the references, as nearly always. */
function isWholeInPlace(references: string[], room: SchemaRoom): boolean {
  let size = 0;
  for (const name of references) size += room.sizeInPlace(name) ?? Number.POSITIVE_INFINITY;
  return size <= inlineWholeBelow && references.every((name) => room.heightInPlace(name) <= maxNesting);
}

/** A base that lists its kinds and is part of each: seen from one of them, the list says nothing new. */
function withoutKnownChoice(schema: JsonSchema, applied: readonly string[]): JsonSchema {
  if (schema.anyOf === undefined || applied.length === 0) return schema;
  const { anyOf, ...rest } = schema;
  const isKnown = itemsOf(anyOf).some((branch) => {
    const name = isObject(branch) ? referredName(branch) : undefined;
    return name !== undefined && applied.includes(name);
  });
  return isKnown ? rest : schema;
}

type Definitions = ReadonlyMap<string, Definition>;

/** Breadth first, so that a bound leaves out what lies deepest. */
function gather(references: string[], room: SchemaRoom): { definitions: Definitions; isComplete: boolean } {
  const definitions = new Map<string, Definition>();
  let isComplete = true;
  let size = 0;
  let level = references;
  while (level.length > 0) {
    const next: string[] = [];
    for (const name of level) {
      if (definitions.has(name)) continue;
      const definition = room.definition(name);
      if (size + definition.size > maxGathered) {
        isComplete = false;
        continue;
      }
      definitions.set(name, definition);
      size += definition.size;
      next.push(...definition.references);
    }
    level = next;
  }
  return { definitions, isComplete };
}

/** The definitions that stay by their names, and the size up to which others have none of those inside. */
function settle(
  references: string[],
  definitions: Definitions,
  room: SchemaRoom,
): { stays: Set<string>; inlinedBelow: number } {
  const sizes = new Map([...definitions.keys()].map((name) => [name, room.sizeInPlace(name)]));
  const recursive = [...definitions.keys()].filter((name) => sizes.get(name) === undefined);
  const fromRecursive = recursive.flatMap((name) => definitions.get(name)?.references ?? []);
  const whole = [...references, ...fromRecursive].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  if (whole <= inlineWholeBelow) return { stays: new Set(recursive), inlinedBelow: inlineWholeBelow };

  const uses = new Map<string, number>();
  const all = [...references, ...[...definitions.values()].flatMap((definition) => definition.references)];
  for (const name of all) uses.set(name, (uses.get(name) ?? 0) + 1);
  const large = [...definitions.keys()].filter(
    (name) => (sizes.get(name) ?? 0) > ((uses.get(name) ?? 0) > 1 ? inlineAlwaysBelow : inlineOnceBelow),
  );
  return { stays: new Set([...recursive, ...large]), inlinedBelow: inlineAlwaysBelow };
}
