import { canonicalJson, isSame } from './canonical-json.ts';
import { argumentChange, type Change } from './change.ts';
import { compareBounds } from './compare-bounds.ts';
import { compareNames } from './compare-names.ts';
import { compareTypes, compareValues, takesSome } from './compare-values.ts';
import type { Pair, Schema } from './pair.ts';
import { similarity } from './similarity.ts';

/** Both inputs as wholes, where the definitions are, and the pairs of definitions that were compared already. */
interface Inputs {
  before: Schema;
  after: Schema;
  seen: Set<string>;
}

const forms = ['anyOf', 'oneOf', 'allOf'] as const;

/** Conditions that cannot be compared but as wholes. */
const rules = [
  'not',
  'if',
  'then',
  'else',
  'contains',
  'minContains',
  'maxContains',
  'propertyNames',
  'patternProperties',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedProperties',
  'unevaluatedItems',
] as const;

/**
 * What two input schemas (JSON Schema 2020-12) take differently. Where it cannot be judged whether less is taken than
 * before, as with a condition, the change counts as breaking.
 */
export function compareInputs(before: Schema, after: Schema): Change[] {
  return compare(before, after, '', { before, after, seen: new Set() });
}

function compare(one: unknown, other: unknown, at: string, inputs: Inputs): Change[] {
  const [from, to] = [asSchema(one), asSchema(other)];
  if (typeof from.$ref === 'string' || typeof to.$ref === 'string') {
    // Definitions may lead back to themselves.
    const definitions = `${from.$ref ?? at} ${to.$ref ?? at}`;
    if (inputs.seen.has(definitions)) return [];
    inputs.seen.add(definitions);
  }
  const pair = { before: resolved(from, inputs.before), after: resolved(to, inputs.after), at };
  const changes = [...compareTypes(pair), ...compareWording(pair), ...compareValues(pair)];
  if (!takesSome(pair) || isAnything(pair.after)) return changes;
  if (isAnything(pair.before)) return changes.some(({ breaking }) => breaking) ? changes : [...changes, limited(at)];
  return [
    ...changes,
    ...compareBounds(pair),
    ...compareRules(pair),
    ...compareNames(pair),
    ...compareProperties(pair, inputs),
    ...compareRest(pair, inputs),
    ...compareItems(pair, inputs),
    ...forms.flatMap((keyword) => compareForms(pair, keyword, inputs)),
  ];
}

function compareWording({ before, after, at }: Pair): Change[] {
  const [from, to] = [before.description ?? '', after.description ?? ''];
  const described =
    from === to || at === ''
      ? []
      : [
          argumentChange(at, 'is described differently', {
            kind: 'argument_described',
            from,
            to,
            similarity: similarity(String(from), String(to)),
          }),
        ];
  if (isSame(before.default, after.default)) return described;
  const facts = { kind: 'default_changed', from: before.default, to: after.default } as const;
  return [...described, argumentChange(at, 'has another default', facts)];
}

function compareRules({ before, after, at }: Pair): Change[] {
  return rules
    .filter((rule) => !isSame(before[rule], after[rule]))
    .map((rule) =>
      argumentChange(at, `has to meet other conditions (\`${rule}\`)`, { kind: 'rule_changed', breaking: true }),
    );
}

function limited(at: string): Change {
  return argumentChange(at, 'has to meet conditions where it had none', { kind: 'rule_changed', breaking: true });
}

/** A property that is new is compared with what was demanded of properties without a name. */
function compareProperties({ before, after, at }: Pair, inputs: Inputs): Change[] {
  const [old, now] = [asSchema(before.properties), asSchema(after.properties)];
  const demanded = typeof before.additionalProperties === 'object' ? before.additionalProperties : undefined;
  return Object.entries(now).flatMap(([name, schema]) => {
    const former = Object.hasOwn(old, name) ? old[name] : demanded;
    return former === undefined ? [] : compare(former, schema, at === '' ? name : `${at}.${name}`, inputs);
  });
}

/** Properties that have no name in the schema. */
function compareRest({ before, after, at }: Pair, inputs: Inputs): Change[] {
  const [old, now] = [before.additionalProperties ?? true, after.additionalProperties ?? true];
  if (old === now) return [];
  if (now === false) {
    return [argumentChange(at, 'takes no further properties any more', { kind: 'properties_closed', breaking: true })];
  }
  if (old === false) return [argumentChange(at, 'takes further properties', { kind: 'properties_opened' })];
  return compare(old, now, at === '' ? '*' : `${at}.*`, inputs);
}

function compareItems({ before, after, at }: Pair, inputs: Inputs): Change[] {
  const [old, now] = [listOf(before.prefixItems), listOf(after.prefixItems)];
  const first = Array.from({ length: Math.max(old.length, now.length) }, (_, index) =>
    compare(old[index] ?? before.items, now[index] ?? after.items, `${at}[${index}]`, inputs),
  );
  if (before.items === undefined && after.items === undefined) return first.flat();
  return [...first.flat(), ...compare(before.items, after.items, `${at}[]`, inputs)];
}

function compareForms({ before, after, at }: Pair, keyword: (typeof forms)[number], inputs: Inputs): Change[] {
  const [old, now] = [listOf(before[keyword]), listOf(after[keyword])];
  if (old.length === now.length) {
    return now.flatMap((form, index) => compare(old[index], form, `${at}(${index + 1})`, inputs));
  }
  if (keyword !== 'allOf' && old.length > 0 && areAmong(old, now)) {
    return [argumentChange(at, 'may have further forms', { kind: 'forms_added' })];
  }
  return [argumentChange(at, 'has to have another form', { kind: 'forms_changed', breaking: true })];
}

function areAmong(some: readonly unknown[], all: readonly unknown[]): boolean {
  const texts = new Set(all.map(canonicalJson));
  return some.every((form) => texts.has(canonicalJson(form)));
}

/** The definition that a reference names, with what stands beside the reference. */
function resolved({ $ref, ...beside }: Schema, root: Schema): Schema {
  if (typeof $ref !== 'string') return beside;
  const name = /^#\/\$defs\/([^/]+)$/.exec($ref)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
  const definition = $ref === '#' ? root : asSchema(asSchema(root.$defs)[name ?? '']);
  return { ...definition, ...beside };
}

function isAnything(schema: Schema): boolean {
  return Object.keys(schema).every((keyword) => keyword === 'description' || keyword === 'title');
}

/** `true` and what is no schema take everything, `false` nothing. */
function asSchema(value: unknown): Schema {
  if (value === false) return { type: [] };
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
