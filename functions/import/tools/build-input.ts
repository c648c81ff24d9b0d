import type { HttpBinding, ParameterBinding } from '../../catalogue/types.ts';
import { boundSchema } from '../bounds/bound-schema.ts';
import type { Operation, Parameter } from '../operations/operation.ts';
import { plainText } from '../plain-text.ts';
import type { SchemaRoom } from '../schemas/schema-room.ts';
import { selfContained } from '../schemas/self-contained.ts';
import { constantOf } from '../schemas/single-value.ts';
import type { JsonSchema } from '../schemas/subschemas.ts';
import type { Argument, NamedArgument } from './argument.ts';
import { type BuiltBody, buildBody } from './build-body.ts';
import { chooseParameters } from './choose-parameters.ts';
import { nameArguments } from './name-arguments.ts';
import { readPathTemplate } from './path-template.ts';

const maxSchemaBytes = 32_768;
const maxDescription = 4_000;

export interface ToolInput {
  schema: JsonSchema;
  binding: Pick<HttpBinding, 'api_endpoint' | 'parameters' | 'body' | 'constants'>;
  arguments: NamedArgument[];
  notes: string[];
}

/**
 * The one flat object that a tool takes, and the binding that undoes it. `supplied` are the parameters that
 * credentials fill in (`header x-api-key`). Gives a sentence when the operation cannot be called at all.
 */
export function buildInput(operation: Operation, room: SchemaRoom, supplied: ReadonlySet<string>): ToolInput | string {
  const notes = [...operation.notes];
  const template = readPathTemplate(operation.found.path, operation.parameters);
  if (typeof template === 'string') return template;

  const parameters = chooseParameters(operation.found, template, supplied, notes);
  if (typeof parameters === 'string') return parameters;

  const constants: NonNullable<HttpBinding['constants']> = [];
  const found: Argument[] = [];
  for (const parameter of parameters) {
    const { in: place, name, required, contentType } = parameter;
    const { schema, notes: own } = room.convert(parameter.schema);
    notes.push(...own);
    const value = required && !contentType ? constantOf(schema, room) : undefined;
    // What a constant of the style `cookie` would be escaped to is not what the document says.
    const isPlain = place !== 'querystring' && (place !== 'cookie' || parameter.style === 'form');
    if (value !== undefined && isPlain) constants.push({ in: place, name, value });
    else found.push({ in: place, name, required, parameter, schema: described(schema, parameter) });
  }
  const body = buildBody(operation, room, notes);
  if (typeof body === 'string') return body;
  found.push(...(body?.arguments ?? []));

  const names = nameArguments(found);
  const named = found.map(
    (argument, index): NamedArgument => ({ ...argument, argument: names[index] ?? argument.name }),
  );
  const schema = inputSchema(named, operation, room, notes);
  if (typeof schema === 'string') return schema;
  return {
    schema,
    binding: {
      api_endpoint: template.endpoint,
      parameters: named.flatMap(bindParameter),
      ...(body && { body: bindBody(body, named) }),
      ...(constants.length > 0 && { constants }),
    },
    arguments: named,
    notes,
  };
}

function described(schema: JsonSchema, { description, deprecated, example }: Parameter): JsonSchema {
  const text = description === undefined ? '' : plainText(description, maxDescription);
  const isShort = example !== undefined && JSON.stringify(example).length <= 500;
  return {
    ...schema,
    ...(text !== '' && { description: text }),
    ...(deprecated && { deprecated: true }),
    ...(isShort && schema.examples === undefined && { examples: [example] }),
  };
}

function inputSchema(
  named: NamedArgument[],
  { found }: Operation,
  room: SchemaRoom,
  notes: string[],
): JsonSchema | string {
  const properties = named.map(({ argument, name, schema }) => [
    argument,
    // Whoever calls should still see what the operation calls it.
    argument === name || schema.title !== undefined ? schema : { title: plainText(name, 100) || argument, ...schema },
  ]);
  const required = named.filter((argument) => argument.required).map(({ argument }) => argument);
  const whole = selfContained(
    {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(required.length > 0 && { required }),
      // So that a model is told about an argument it made up.
      additionalProperties: false,
    },
    room,
  );
  notes.push(...whole.notes);
  const bounded = boundSchema(whole.schema, maxSchemaBytes);
  if (!bounded) return `its ${named.length} arguments make a schema larger than 32 KB`;
  if (bounded.isOpened) {
    notes.push(`${found.place}: the input schema is larger than 32 KB, so what lies deep in it accepts anything.`);
  }
  return bounded.schema;
}

function bindParameter({ parameter, argument }: NamedArgument): ParameterBinding[] {
  if (!parameter) return [];
  const { in: place, name, style, explode, allowReserved, contentType } = parameter;
  return [
    {
      argument,
      in: place,
      name,
      style,
      explode,
      ...(allowReserved && { allow_reserved: true }),
      ...(contentType !== undefined && { content_type: contentType }),
    },
  ];
}

function bindBody(body: BuiltBody, named: NamedArgument[]): NonNullable<HttpBinding['body']> {
  const { contentType, required, encoding, items, base64 } = body;
  const shared = {
    content_type: contentType,
    required,
    ...(encoding && { encoding }),
    ...(items && { items }),
    ...(base64 && { base64 }),
  };
  const ofBody = named.filter((argument) => argument.in === 'body');
  const whole = ofBody.find((argument) => argument.isWhole);
  if (whole) return { ...shared, argument: whole.argument };
  return { ...shared, properties: Object.fromEntries(ofBody.map(({ argument, name }) => [argument, name])) };
}
