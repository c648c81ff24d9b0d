import { type DeclaredOperation, type DeclaredParameter, follower } from './declared.ts';
import { isObject, type Json } from './json.ts';
import type { CallOutcome } from './outcome.ts';
import type { SentArgument } from './read-request.ts';
import type { Violation } from './verdict.ts';

export type Owner = 'ours' | 'prism' | 'document';

/** What is known about one refusal by Prism of a request that was found to be as the document says. */
export interface Refusal {
  violation: Violation;
  /** Everything that Prism holds against alternatives of which this violation is a part, or else the violation. */
  related: Violation[];
  call: CallOutcome;
  declared: DeclaredOperation;
  document: Json;
  notes: string[];
}

interface Cause {
  owner: Owner;
  cause: string;
  /** Derived from what was seen, never from the name of a document or operation. */
  explains(refusal: Refusal): boolean;
}

/** Why Prism refuses what our own reading finds right, as far as it is known. The first that explains it counts. */
export const causes: Cause[] = [
  {
    owner: 'prism',
    cause: 'it does not serve the document',
    explains: ({ violation }) => violation.code === 'unserved',
  },
  {
    owner: 'prism',
    cause: 'it has no methods but those of OpenAPI 3.1',
    explains: ({ violation, declared }) =>
      violation.code === 'NO_METHOD_MATCHED_ERROR' && !usualMethods.has(declared.method.toLowerCase()),
  },
  {
    owner: 'prism',
    cause: 'its own reading of the request fails',
    explains: ({ violation }) => violation.place === 'server',
  },
  {
    owner: 'document',
    cause: 'a GET or HEAD has to have a body',
    explains: ({ violation, declared }) =>
      violation.message === 'Body parameter is required' && /^(?:GET|HEAD)$/.test(declared.method),
  },
  {
    owner: 'document',
    cause: 'two paths differ only in the names of their parameters',
    explains: ({ violation, declared, document }) =>
      violation.place.startsWith('path.') && twinPaths(declared.path, document).length > 0,
  },
  {
    owner: 'prism',
    cause: 'it divides a segment with several parameters otherwise',
    explains: ({ violation, declared }) =>
      violation.place.startsWith('path.') && /\{[^{}]+\}[^/]*\{/.test(declared.path),
  },
  {
    owner: 'document',
    cause: 'a header parameter Content-Type speaks against the media types of the body',
    explains: ({ violation }) => violation.place === 'header.content-type',
  },
  {
    owner: 'prism',
    cause: 'it requires read-only properties inside a composition',
    explains: ({ related, declared, document }) =>
      related.some(
        (one) =>
          one.code === 'required' && one.place.startsWith('body') && isReadOnly(requiredName(one), declared, document),
      ),
  },
  {
    owner: 'document',
    cause: 'a required property of a form is not defined, and Prism reads only those that are',
    explains: ({ violation, call }) =>
      isForm(call) &&
      violation.code === 'required' &&
      call.sent.some(({ name, in: place }) => place === 'body' && name === requiredName(violation)),
  },
  {
    owner: 'prism',
    cause: 'it takes an empty value of a query for none',
    explains: ({ violation, declared }) =>
      violation.place === 'query' &&
      violation.code === 'required' &&
      onlyEmpty(declared).some(({ name }) => name.toLowerCase() === requiredName(violation)),
  },
  {
    owner: 'prism',
    cause: 'it reads no lists and objects from forms and parts',
    explains: ({ violation, call }) =>
      isForm(call) &&
      (violation.message.startsWith('Cannot deserialize JSON object array') ||
        (violation.place.startsWith('body.') && typeof fieldAt(violation, call) === 'object')),
  },
  {
    owner: 'prism',
    cause: 'it reads XML as a text and wants an object',
    explains: ({ violation, call }) => /[/+]xml\b/.test(contentType(call)) && violation.code === 'type',
  },
  {
    owner: 'prism',
    cause: 'it forbids reserved characters in parts',
    explains: ({ violation, call }) =>
      contentType(call).startsWith('multipart/') && violation.message.startsWith('Reserved characters'),
  },
  {
    owner: 'prism',
    cause: 'it separates a spaceDelimited list at %20 after decoding',
    explains: ({ violation, declared }) => parameterAt(violation, declared)?.style === 'spaceDelimited',
  },
  {
    owner: 'prism',
    cause: 'it makes an object of what is not there in a deepObject',
    explains: ({ violation, declared, call }) =>
      violation.code === 'required' && isDeep(violation, declared) && valueAt(violation, call) === undefined,
  },
  {
    owner: 'prism',
    cause: 'it takes a deepObject for a parameter of that very name',
    explains: ({ violation, declared }) =>
      violation.place === 'query' &&
      violation.code === 'required' &&
      declared.parameters.some(
        ({ name, style }) => style === 'deepObject' && name.toLowerCase() === requiredName(violation),
      ),
  },
  {
    owner: 'prism',
    cause: 'it reads no objects within a list of a query',
    explains: ({ violation, call }) => {
      const value = violation.place.startsWith('query.') && argumentAt(violation, call)?.value;
      return Array.isArray(value) && value.some((item) => typeof item === 'object');
    },
  },
  {
    owner: 'ours',
    cause: 'the schema is larger than 32 KB, so what lies deep in it accepts anything',
    explains: ({ notes }) => notes.some((note) => note.includes('larger than 32 KB')),
  },
  {
    owner: 'ours',
    cause: 'a pattern was left out of the schema',
    explains: ({ violation, notes }) =>
      violation.code === 'pattern' && notes.some((note) => note.includes('/pattern:')),
  },
  {
    // Our own check has found a branch that the value fits, as the document says it.
    owner: 'document',
    cause: 'a value that fits a branch of oneOf fits another too',
    explains: ({ related }) => related.some(({ code }) => code === 'oneOf'),
  },
];

/** Parameters that have no value but the empty text. */
export function onlyEmpty({ parameters }: DeclaredOperation): DeclaredParameter[] {
  return parameters.filter(({ schema }) => Array.isArray(schema.enum) && schema.enum.every((value) => value === ''));
}

const usualMethods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

function contentType(call: CallOutcome): string {
  return call.request?.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
}

function isForm(call: CallOutcome): boolean {
  return /^(?:multipart\/|application\/x-www-form-urlencoded)/.test(contentType(call));
}

/** Prism writes names of parameters in lower case. */
function namesOf({ in: place, name }: { in: string; name: string }): string[] {
  return place === 'body' ? name.split('.') : name.toLowerCase().split('.');
}

/** Whether a place begins with these names, `query.filter.0` with `filter`. */
function isUnder({ place }: Violation, where: string, names: string[]): boolean {
  const [start, ...rest] = place.split('.');
  return start === where && names.every((name, index) => rest[index] === name);
}

function parameterAt(violation: Violation, { parameters }: DeclaredOperation): DeclaredParameter | undefined {
  return parameters.find((parameter) => isUnder(violation, parameter.in, namesOf(parameter)));
}

/** The value of the argument that a violation speaks of. */
function argumentAt(violation: Violation, { sent }: CallOutcome): SentArgument | undefined {
  const named = sent.filter(({ name }) => name !== '');
  return (
    named.find((argument) => isUnder(violation, argument.in, namesOf(argument))) ??
    sent.find((argument) => argument.name === '' && isUnder(violation, argument.in, []))
  );
}

/** What was given at the very place of a violation. */
function valueAt(violation: Violation, call: CallOutcome): unknown {
  const argument = argumentAt(violation, call);
  if (!argument) return undefined;
  const names = argument.name === '' ? [] : namesOf(argument);
  return violation.place
    .split('.')
    .slice(1 + names.length)
    .reduce<unknown>((value, name) => (value as Json | undefined)?.[name], argument.value);
}

/** A property of the body that a violation is about or in. */
function fieldAt(violation: Violation, call: CallOutcome): unknown {
  const argument = argumentAt(violation, call);
  const [, name = ''] = violation.place.split('.');
  return argument?.name === '' ? (argument.value as Json)[name] : argument?.value;
}

/** Whether a parameter or a property of a form is written with brackets. */
function isDeep(violation: Violation, declared: DeclaredOperation): boolean {
  if (!violation.place.startsWith('body.')) return parameterAt(violation, declared)?.style === 'deepObject';
  const [, name = ''] = violation.place.split('.');
  return [...(declared.body?.media.values() ?? [])].some(({ encoding }) => {
    const own = Object.hasOwn(encoding, name) ? encoding[name] : undefined;
    return isObject(own) && own.style === 'deepObject';
  });
}

function requiredName({ message }: Violation): string {
  return /required property '(.*)'$/.exec(message)?.[1] ?? '';
}

function twinPaths(path: string, document: Json): string[] {
  const shape = (text: string) => text.replace(/\{[^{}]*\}/g, '{}');
  const paths = isObject(document.paths) ? Object.keys(document.paths) : [];
  return paths.filter((other) => other !== path && shape(other) === shape(path));
}

/** Whether some schema that the body reaches has a property of this name that only replies have. */
function isReadOnly(name: string, { body }: DeclaredOperation, document: Json): boolean {
  const follow = follower(document);
  const seen = new Set<unknown>();
  const open: unknown[] = [...(body?.media.values() ?? [])].map(({ schema }) => schema);
  while (open.length > 0 && seen.size < 5_000) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const schema = Array.isArray(next) ? {} : follow(next);
    const properties = isObject(schema.properties) ? schema.properties : {};
    if (Object.hasOwn(properties, name) && follow(properties[name]).readOnly === true) return true;
    open.push(...Object.values(Array.isArray(next) ? next : schema));
  }
  return false;
}
