import { dereference, type Schema, type ValidationResult, validate } from '@cfworker/json-schema';
import { explainProblems, type Problem } from './explain-problems.ts';
import { runWithin } from './time-box.ts';

export type { Problem } from './explain-problems.ts';

/** What is needed of a tool to check its arguments. */
export interface Validated {
  /** Stands for the schema: equal hashes share a validator. */
  content_hash: string;
  input_schema: Record<string, unknown>;
}

interface Compiled {
  schema: Schema;
  /** The schema's parts by their URIs, as the validator finds them. */
  parts: ReturnType<typeof dereference>;
  /** Whether small arguments can already keep the validator busy. */
  canRunLong: boolean;
}

const maxCompiled = 500;
const timeLimit_ms = 1_000;
/** Beyond these many values even a harmless schema is given a time limit, and an array's first fault is enough. */
const manyValues = 2_000;

/** In the order of their last use. Schemas are compiled for the tools that are called, never for a whole catalogue. */
const compiled = new Map<string, Compiled | Problem>();

/**
 * What is wrong with the arguments by the tool's input schema (JSON Schema 2020-12): nothing, or up to ten problems
 * that a model can mend, told in the names of `aliases` where there are any. Takes at most a second, whatever schema
 * and arguments are. Never throws: a schema that cannot be used is a problem that says so to the operator.
 */
export function validateArguments(tool: Validated, args: unknown, aliases: Record<string, string> = {}): Problem[] {
  const entry = compiledFor(tool);
  if ('path' in entry) return [entry];
  const { schema, parts, canRunLong } = entry;
  const isLarge = hasMany(args);
  const check = () => validate(args, schema, '2020-12', parts, isLarge);
  try {
    const result = isLarge || canRunLong ? runWithin<ValidationResult>(timeLimit_ms, check) : { value: check() };
    if (!result) return [{ path: '', message: 'took too long to check: send less, or simpler values' }];
    if (result.value.valid) return [];
    const aliasOf = new Map(Object.entries(aliases).map(([alias, name]) => [name, alias]));
    const subject = { schema, called: (name: string) => aliasOf.get(name) ?? name };
    const problems = explainProblems(subject, result.value.errors);
    return problems.length > 0 ? problems : [{ path: '', message: 'do not fit the tool’s input schema' }];
  } catch (error) {
    // The validator passes errors as arguments of a call, and the stack holds some hundred thousand of them.
    if (error instanceof RangeError)
      return [{ path: '', message: 'is too large or has too many faults to be checked' }];
    return [unusable(error)];
  }
}

function compiledFor({ content_hash, input_schema }: Validated): Compiled | Problem {
  const known = compiled.get(content_hash);
  const entry = known ?? compile(input_schema);
  compiled.delete(content_hash);
  compiled.set(content_hash, entry);
  if (compiled.size > maxCompiled) {
    for (const oldest of compiled.keys()) {
      compiled.delete(oldest);
      break;
    }
  }
  return entry;
}

function compile(input_schema: Record<string, unknown>): Compiled | Problem {
  try {
    // The validator writes into the schema, which belongs to the catalogue.
    const schema: Schema = structuredClone(input_schema);
    return { schema, parts: dereference(schema), canRunLong: canRunLong(schema) };
  } catch (error) {
    return unusable(error);
  }
}

function unusable(error: unknown): Problem {
  const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
  return {
    path: '',
    message: `cannot be checked: the tool’s input schema is faulty, and its operator must correct it (${reason.slice(0, 200)})`,
  };
}

/**
 * Whether checking can take more than time proportional to the arguments: references (which can recur in several
 * alternatives at each level), comparison of all items, and expressions that may backtrack.
 */
function canRunLong(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return Object.entries(schema).some(([keyword, value]) => {
    if (keyword === '$ref' || keyword === '$recursiveRef') return typeof value === 'string';
    if (keyword === 'uniqueItems') return value === true;
    if (keyword === 'patternProperties') return true;
    if (keyword === 'pattern' && typeof value === 'string') return backtracks.test(value);
    if (keyword === 'format' && value === 'url') return true;
    return canRunLong(value);
  });
}

/** Unbounded repetition, a repeated group, or many optional pieces: what every expression that runs away has. */
const backtracks = /[*+]|\{\d*,\}|\)[?{]|(?:\?.*){8}/s;

/** Counts values until there are many. */
function hasMany(value: unknown): boolean {
  let count = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    count += Array.isArray(next) ? next.length : Object.keys(next).length;
    if (count > manyValues) return true;
    open.push(...Object.values(next));
  }
  return false;
}
