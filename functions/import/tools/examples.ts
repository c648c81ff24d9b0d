import { validate } from '@cfworker/json-schema';
import type { Tool } from '../../catalogue/types.ts';
import { isObject, type JsonObject, memberOf, membersOf } from '../json-object.ts';
import { sendableType } from '../operations/media-types.ts';
import type { Operation } from '../operations/operation.ts';
import { type JsonSchema, referenceTo } from '../schemas/subschemas.ts';
import type { NamedArgument } from './argument.ts';
import type { ToolInput } from './build-input.ts';
import { successMedia } from './build-output.ts';
import { isPlainlyRight } from './plainly-right.ts';

type Example = Tool['positive_examples'][number];

const maxExamples = 3;
const maxLength = 4_096;

/**
 * Calls that the document itself shows: what is required, from the examples of parameters, body and properties, with
 * the reply of the same name or else the first. Only those whose arguments the tool accepts, each side at most 4 KB.
 */
export function buildExamples(operation: Operation, input: ToolInput): Example[] {
  const replies = successMedia(operation.replies)?.examples ?? new Map<string, unknown>();
  const media = operation.body?.media.find(
    (candidate) => sendableType(candidate.type) === input.binding.body?.content_type,
  );
  const bodies: [string, unknown][] = media?.examples.size ? [...media.examples] : [['default', undefined]];

  const examples: Example[] = [];
  for (const [index, [name, body]] of bodies.entries()) {
    const values = exampleArguments(body, input.arguments);
    const output = replies.get(name) ?? (index === 0 ? replies.values().next().value : undefined);
    // A call without arguments is only worth showing with what it returns.
    if (Object.keys(values).length === 0 && output === undefined) continue;
    if (!isShort(values) || !accepts(input.schema, values)) continue;
    examples.push({ input: values, ...(output !== undefined && isShort(output) && { output }) });
    if (examples.length === maxExamples) break;
  }
  return examples;
}

/**
 * The arguments of a call with this body. Without one, what is required; of a tool that requires nothing, the first
 * few, since optional arguments often exclude each other.
 */
function exampleArguments(body: unknown, named: readonly NamedArgument[]): JsonObject {
  const whole = named.find((argument) => argument.in === 'body' && argument.isWhole);
  const required = named.filter((argument) => argument.required);
  const shown = required.length > 0 || body !== undefined ? required : named.filter(hasExample).slice(0, maxExamples);
  const values = new Map(shown.map((argument) => [argument.argument, exampleOf(argument)]));
  if (body !== undefined && whole) values.set(whole.argument, body);
  if (isObject(body) && !whole) {
    for (const { in: place, argument, name } of named) {
      if (place === 'body') values.set(argument, memberOf(body, name));
    }
  }
  return Object.fromEntries([...values].filter(([, value]) => value !== undefined));
}

function exampleOf({ parameter, schema }: NamedArgument): unknown {
  return parameter?.example ?? (Array.isArray(schema.examples) ? schema.examples[0] : undefined);
}

function hasExample(argument: NamedArgument): boolean {
  return exampleOf(argument) !== undefined;
}

function isShort(value: unknown): boolean {
  return JSON.stringify(value).length <= maxLength;
}

function accepts(schema: JsonSchema, values: JsonObject): boolean {
  if (isPlainlyRight(schema, values)) return true;
  // The validator would walk the whole schema to find what can be referred to; here that is known.
  const referred = membersOf(schema.$defs).map(([name, definition]) => [referenceTo(name), definition]);
  try {
    return validate(values, schema, '2020-12', Object.fromEntries(referred)).valid;
  } catch {
    return false;
  }
}
