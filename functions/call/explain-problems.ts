import type { OutputUnit } from '@cfworker/json-schema';
import { readPointer, schemaAt } from './schema-at.ts';

/** One thing to correct. */
export interface Problem {
  /** The argument, `filters.tags[2]`; empty for the arguments as a whole. */
  path: string;
  /** What was expected there, as a clause that follows the path: `must be a string, got a number`. */
  message: string;
}

/** Enough to correct a call at once, and bounded however wrong it is. */
const maxProblems = 10;
const maxMessage = 600;

/** These only say that something inside is wrong, which is reported by itself. */
const containers = new Set([
  '$ref',
  '$recursiveRef',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'dependentSchemas',
  'if',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

/** What arguments were checked against, and how they are talked about. */
export interface Subject {
  schema: unknown;
  /** What the caller knows a property as. */
  called(name: string): string;
}

/** What a validator found, as at most ten problems, each told once and so that a model can mend it. */
export function explainProblems(subject: Subject, errors: readonly OutputUnit[]): Problem[] {
  const problems = new Map<string, Problem>();
  let index = 0;
  while (index < errors.length && problems.size < maxProblems) {
    const error = errors[index] as OutputUnit;
    const inner = isChoice(error) ? countBelow(errors, index) : 0;
    const problem = isChoice(error)
      ? explainChoice(subject, error, errors.slice(index + 1, index + 1 + inner))
      : explain(subject, error, errors[index - 1]);
    if (problem) {
      const bounded = { path: shortened(problem.path, 200), message: shortened(problem.message, maxMessage) };
      problems.set(`${bounded.path}\n${bounded.message}`, bounded);
    }
    index += 1 + inner;
  }
  return [...problems.values()];
}

function explain(subject: Subject, error: OutputUnit, previous: OutputUnit | undefined): Problem | undefined {
  const { schema, called } = subject;
  const { keyword, keywordLocation, instanceLocation } = error;
  if (containers.has(keyword)) return undefined;
  const path = toPath(instanceLocation, called);
  if (keyword === 'false') return { path, message: explainForbidden(subject, previous) };
  const expected = schemaAt(schema, keywordLocation);
  if (keyword === 'required' || keyword === 'dependentRequired') {
    const name = /"(.*)"\.$/s.exec(error.error)?.[1] ?? '';
    return {
      path: toPath(
        `${instanceLocation}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`,
        called,
      ),
      message: 'is required',
    };
  }
  const clause = clauses[keyword]?.(expected, error.error);
  return { path, message: clause ?? `is not valid: ${error.error}` };
}

/** What each keyword asks for. The second value is the validator's own text. */
const clauses: Record<string, (expected: unknown, text: string) => string> = {
  type: (expected, text) =>
    `must be ${typesText(expected)}, got ${withArticle(/"(\w+)"/.exec(text)?.[1] ?? 'another type')}`,
  enum: (expected) => `must be one of ${Array.isArray(expected) ? expected.map(json).join(', ') : json(expected)}`,
  const: (expected) => `must be ${json(expected)}`,
  minimum: (expected) => `must be at least ${json(expected)}`,
  maximum: (expected) => `must be at most ${json(expected)}`,
  exclusiveMinimum: (expected) => `must be greater than ${json(expected)}`,
  exclusiveMaximum: (expected) => `must be less than ${json(expected)}`,
  multipleOf: (expected) => `must be a multiple of ${json(expected)}`,
  minLength: (expected) => `must have at least ${json(expected)} characters`,
  maxLength: (expected) => `must have at most ${json(expected)} characters`,
  pattern: (expected) => `must match the pattern ${String(expected)}`,
  format: (expected) => `must be a valid ${String(expected)}`,
  minItems: (expected) => `must have at least ${json(expected)} items`,
  maxItems: (expected) => `must have at most ${json(expected)} items`,
  uniqueItems: () => 'must not have equal items',
  minProperties: (expected) => `must have at least ${json(expected)} properties`,
  maxProperties: (expected) => `must have at most ${json(expected)} properties`,
  not: (expected) => `must not match ${json(expected)}`,
  contains: (expected) => `must have an item that matches ${json(expected)}`,
};

/** A name that no schema provides for, told with the names that there are. */
function explainForbidden({ schema, called }: Subject, previous: OutputUnit | undefined): string {
  if (previous?.keyword !== 'additionalProperties' && previous?.keyword !== 'unevaluatedProperties') {
    return 'is not allowed here';
  }
  const owner = previous.keywordLocation.slice(0, previous.keywordLocation.lastIndexOf('/'));
  const properties = schemaAt(schema, `${owner}/properties`);
  const known = typeof properties === 'object' && properties !== null ? Object.keys(properties).map(called) : [];
  const isRoot = previous.instanceLocation === '#';
  const what = isRoot ? 'is not an argument of this tool' : 'is not a known property';
  if (known.length === 0) return isRoot ? `${what}, which takes none` : what;
  return `${what}; known are ${known.slice(0, 30).join(', ')}${known.length > 30 ? ' …' : ''}`;
}

function isChoice({ keyword }: OutputUnit): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf';
}

/** The validator reports a choice and then what is wrong with each alternative. */
function countBelow(errors: readonly OutputUnit[], index: number): number {
  const prefix = `${errors[index]?.keywordLocation}/`;
  let end = index + 1;
  // An error of the schema `false` has no location of its own and follows its keyword.
  while (end < errors.length && (errors[end]?.keywordLocation.startsWith(prefix) || errors[end]?.keyword === 'false')) {
    end += 1;
  }
  return end - index - 1;
}

function explainChoice(subject: Subject, choice: OutputUnit, inner: readonly OutputUnit[]): Problem {
  const path = toPath(choice.instanceLocation, subject.called);
  const several = /\((\d+) matches\)/.exec(choice.error)?.[1];
  if (several !== undefined && several !== '0') {
    return { path, message: `matches ${several} alternatives and must match exactly one` };
  }
  const alternatives = new Set<string>();
  for (const errors of byAlternative(choice, inner).slice(0, 5)) {
    const said = explainProblems(subject, errors).map((problem) => clauseBelow(path, problem));
    alternatives.add(said.slice(0, 3).join(' and '));
  }
  return { path, message: `fits none of its alternatives: ${[...alternatives].join('; or ')}` };
}

function byAlternative({ keywordLocation }: OutputUnit, inner: readonly OutputUnit[]): OutputUnit[][] {
  const groups: OutputUnit[][] = [];
  let current = '';
  for (const error of inner) {
    const isOwn = error.keywordLocation.startsWith(`${keywordLocation}/`);
    const alternative = isOwn
      ? (error.keywordLocation.slice(keywordLocation.length + 1).split('/', 1)[0] ?? '')
      : current;
    if (alternative !== current || groups.length === 0) groups.push([]);
    current = alternative;
    groups.at(-1)?.push(error);
  }
  return groups;
}

function clauseBelow(path: string, problem: Problem): string {
  const relative = problem.path.startsWith(path) ? problem.path.slice(path.length).replace(/^\./, '') : problem.path;
  return relative === '' ? problem.message : `${relative} ${problem.message}`;
}

/** `#/filters/tags/2` as `filters.tags[2]`. */
function toPath(instanceLocation: string, called: Subject['called']): string {
  return readPointer(instanceLocation)
    .map(called)
    .map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .replace(/^\./, '');
}

function typesText(expected: unknown): string {
  return (Array.isArray(expected) ? expected : [expected]).map((type) => withArticle(String(type))).join(' or ');
}

function withArticle(type: string): string {
  if (type === 'null') return type;
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? 'what its schema says';
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}
