import type { ImportedTool } from '../../catalogue/types.ts';
import { clientSafe } from '../client-safe/client-safe.ts';
import type { Source } from '../document/source.ts';
import { isObject, itemsOf, type JsonObject, textOf } from '../json-object.ts';
import type { FoundOperation } from '../operations/operation.ts';
import { readOperation } from '../operations/read-operation.ts';
import type { SchemaRoom } from '../schemas/schema-room.ts';
import { buildInput } from './build-input.ts';
import type { OutputBuilder } from './build-output.ts';
import { describe, extensionOf, isLongRunning } from './describe.ts';
import { buildExamples } from './examples.ts';
import { annotationsOf, riskOf } from './risk.ts';

/** What the conversion of every operation shares. */
export interface Conversion {
  source: Source;
  input: SchemaRoom;
  output: OutputBuilder;
  /** Of the document, by name. */
  tags: ReadonlyMap<unknown, JsonObject[]>;
  /** Parameters that a credential fills in: `header x-api-key`. */
  supplied: ReadonlySet<string>;
  version: string;
  backend: string;
}

export type Converted = { tool: Omit<ImportedTool, 'name'>; explicitName: string | undefined; notes: string[] };
/** A tool without its name, or why there is none. */
export type Outcome = Converted | { notes: string[] };

// Without TRACE, which would show the model the credentials that the gateway adds, and what HTTP does not define.
const sendableMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Turns one operation into a tool. Never throws: what nobody thought of skips this operation alone. */
export function convertOperation(found: FoundOperation, conversion: Conversion): Outcome {
  const skipped = (reason: string): Outcome => ({ notes: [`${found.place}: ${reason}.`] });
  if (!isObject(found.value)) return skipped('this is not an operation');
  if (!sendableMethods.has(found.method)) return skipped(`${found.method.slice(0, 40)} is never sent to a backend`);
  try {
    return toTool(found, found.value, conversion);
  } catch (error) {
    return skipped(
      `the operation could not be converted (${error instanceof Error ? error.message.slice(0, 200) : 'unknown'})`,
    );
  }
}

function toTool(found: FoundOperation, value: JsonObject, conversion: Conversion): Outcome {
  const operation = readOperation(found, value, conversion.source);
  const input = buildInput(operation, conversion.input, conversion.supplied);
  if (typeof input === 'string') return { notes: [`${found.place}: ${input}.`] };
  const { notes } = input;
  const safe = clientSafe(input.schema);
  const output = conversion.output(operation.replies);
  notes.push(...output.notes);
  const extension = extensionOf(value);
  const tags = itemsOf(value.tags).flatMap((name) => conversion.tags.get(name) ?? []);
  const risk = riskOf(found.method, [value, found.pathItem, ...tags], operation.security);
  return {
    explicitName: textOf(extension.name) ?? textOf(value['x-mcp-tool-name']),
    notes,
    tool: {
      ...describe(operation, conversion.backend),
      version: conversion.version,
      enabled: true,
      risk_level: risk,
      requires_elevation: extension.requires_elevation === true,
      ...(value.deprecated === true && { deprecated: true }),
      ...(isLongRunning(value) && { long_running: true }),
      input_schema: input.schema,
      ...(safe && { client_schema: safe.schema }),
      ...(safe?.aliases && { aliases: safe.aliases }),
      ...(output.schema && { output_schema: output.schema }),
      annotations: annotationsOf(found.method, risk),
      positive_examples: buildExamples(operation, input),
      binding: { kind: 'http', backend: conversion.backend, http_method: found.method, ...input.binding },
    },
  };
}
