import { isObject, itemsOf } from './json-object.ts';
import type { Definition, SchemaRoom } from './schema-room.ts';
import { forEachSchema, type JsonSchema, mapSubschemas, referenceTo, referredName } from './subschemas.ts';

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
  const definitions = gather(schema, room);
  const stays = definitionsToKeep(schema, definitions, room);
  const notes = [...definitions.values()].flatMap((definition) => definition.notes);
  const kept = new Map<string, JsonSchema>();
  const pending: string[] = [];
  let unrolled = 0;

  /**
   * `applied` are the definitions that already apply to the value that `inner` applies to; `nesting` counts those
   * that were put in place around it.
   */
  const place = (inner: JsonSchema, applied: readonly string[], nesting: number): JsonSchema => {
    const open = withoutKnownChoice(inner, applied);
    const copy = mapSubschemas(open, (next, at) => place(next, at.inPlace ? applied : [], nesting));
    const name = referredName(inner);
    if (name === undefined) return copy;
    const { $ref: _, ...siblings } = copy;
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

/** A base that lists its kinds and is part of each: seen from one of them, the list says nothing new. */
function withoutKnownChoice(schema: JsonSchema, applied: readonly string[]): JsonSchema {
  const { anyOf, ...rest } = schema;
  const isKnown = itemsOf(anyOf).some((branch) => {
    const name = isObject(branch) ? referredName(branch) : undefined;
    return name !== undefined && applied.includes(name);
  });
  return isKnown ? rest : schema;
}

type Definitions = ReadonlyMap<string, Definition>;

/** Breadth first, so that a bound leaves out what lies deepest. */
function gather(schema: JsonSchema, room: SchemaRoom): Definitions {
  const definitions = new Map<string, Definition>();
  let size = 0;
  let level = referencesIn(schema);
  while (level.length > 0) {
    const next: string[] = [];
    for (const name of level) {
      if (definitions.has(name)) continue;
      const definition = room.definition(name);
      if (size + definition.size > maxGathered) continue;
      definitions.set(name, definition);
      size += definition.size;
      next.push(...definition.references);
    }
    level = next;
  }
  return definitions;
}

function definitionsToKeep(schema: JsonSchema, definitions: Definitions, room: SchemaRoom): Set<string> {
  const sizes = new Map([...definitions.keys()].map((name) => [name, room.sizeInPlace(name)]));
  const recursive = [...definitions.keys()].filter((name) => sizes.get(name) === undefined);
  const fromRecursive = recursive.flatMap((name) => definitions.get(name)?.references ?? []);
  const whole = [...referencesIn(schema), ...fromRecursive].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  if (whole <= inlineWholeBelow) return new Set(recursive);

  const uses = new Map<string, number>();
  const all = [...referencesIn(schema), ...[...definitions.values()].flatMap((definition) => definition.references)];
  for (const name of all) uses.set(name, (uses.get(name) ?? 0) + 1);
  const large = [...definitions.keys()].filter(
    (name) => (sizes.get(name) ?? 0) > ((uses.get(name) ?? 0) > 1 ? inlineAlwaysBelow : inlineOnceBelow),
  );
  return new Set([...recursive, ...large]);
}

function referencesIn(schema: JsonSchema): string[] {
  const names: string[] = [];
  forEachSchema(schema, (inner) => {
    const name = referredName(inner);
    if (name !== undefined) names.push(name);
  });
  return names;
}

const labels = new Set(['title', 'description', 'default', 'deprecated', 'examples']);

/** A definition in the place of its reference: the labels beside the reference win, other keywords hold as well. */
function together(definition: JsonSchema, siblings: JsonSchema): JsonSchema {
  const entries = Object.entries(siblings);
  const said = Object.fromEntries(entries.filter(([keyword]) => labels.has(keyword)));
  const rest = Object.fromEntries(entries.filter(([keyword]) => !labels.has(keyword)));
  return Object.keys(rest).length === 0 ? { ...definition, ...said } : { ...said, allOf: [definition, rest] };
}
