import { isObject, itemsOf, itemsOrOne, mapValues } from '../json-object.ts';
import { isOfType, keywordsOf, labels, saysNothing, shapeOf, typeOf } from '../schemas/shape.ts';
import type { JsonSchema } from '../schemas/subschemas.ts';
import { mergeParts } from './merge-parts.ts';

const ofAnyType = [...new Set([...keywordsOf.values()].flat())];

const softened = new WeakMap<JsonSchema, JsonSchema>();

/**
 * A schema without references, in the keywords that every client takes. It accepts whatever the given one accepts and
 * may accept more. One that is soft already is returned as it is; what many tools share is softened once.
 */
function soften(schema: JsonSchema): JsonSchema {
  if (shapeOf(schema).isSoft) return schema;
  const soft = softened.get(schema) ?? softenAnew(schema);
  softened.set(schema, soft);
  return soft;
}

/** The same for the schema of all arguments, which clients want to be an object without alternatives. */
export function softenRoot(schema: JsonSchema): JsonSchema {
  const isPlain = schema.type === 'object' && schema.anyOf === undefined && schema.enum === undefined;
  if (isPlain && isObject(schema.properties) && shapeOf(schema).isSoft) return schema;
  const { type: _, enum: values, anyOf, ...whole } = mergeParts(schema);
  return { ...pick(whole, labels), ...constraints({ properties: {}, ...whole }, 'object') };
}

function softenAnew(schema: JsonSchema): JsonSchema {
  const { anyOf, ...whole } = mergeParts(schema);
  const said = pick(whole, labels);
  const types = typesOf(whole);
  const only = types?.length === 1 ? types[0] : undefined;
  const choices = whole.enum === undefined ? choicesOf(anyOf) : undefined;
  if (choices?.length === 1) return softenAnew({ ...whole, allOf: choices });
  if (choices) return { ...said, ...constraints(whole, only), anyOf: choices };
  if (!types || only !== undefined) return { ...said, ...constraints(whole, only) };
  // Null stays as an alternative: without it a model could not clear a field.
  return { ...said, anyOf: types.map((type) => constraints(whole, type)) };
}

/** `undefined` when one of the alternatives accepts anything, and there is no choice. */
function choicesOf(anyOf: unknown): JsonSchema[] | undefined {
  const choices = itemsOf(anyOf).map((choice) => (isObject(choice) ? soften(choice) : {}));
  const flat = choices.flatMap((choice) => (isNothingBut('anyOf', choice) ? (choice.anyOf as JsonSchema[]) : [choice]));
  const distinct = [...new Map(flat.map((choice) => [JSON.stringify(choice), choice])).values()];
  return distinct.length > 0 && !distinct.some(saysNothing) ? distinct : undefined;
}

function isNothingBut(keyword: string, schema: JsonSchema): boolean {
  return schema[keyword] !== undefined && Object.keys(schema).length === 1;
}

/** The types that a value may have, those of the listed values if no type is told; `undefined` for any. */
function typesOf({ type, enum: values }: JsonSchema): unknown[] | undefined {
  const listed = Array.isArray(values) ? [...new Set(values.map(typeOf))] : undefined;
  const told = type === undefined ? listed : itemsOrOne(type);
  if (!told) return undefined;
  const possible = told.filter((name) => !values || itemsOf(values).some((value) => isOfType(value, name)));
  const distinct = possible.filter((name) => name !== 'integer' || !possible.includes('number'));
  return distinct.length > 0 ? distinct : told.slice(0, 1);
}

/** What a schema asks of values of a type, or of any type if none is given. */
function constraints(whole: JsonSchema, type: unknown): JsonSchema {
  const values = itemsOf(whole.enum).filter((value) => type === undefined || isOfType(value, type));
  const constraints: JsonSchema = {
    ...(type !== undefined && { type }),
    ...(values.length > 0 && { enum: values }),
    ...pick(whole, keywordsOf.get(type) ?? ofAnyType),
  };
  if (constraints.items !== undefined || type === 'array') {
    // VS Code and OpenAI refuse arrays that do not say what is in them, even if that is anything.
    constraints.items = isObject(constraints.items) ? soften(constraints.items) : {};
  }
  if (isObject(constraints.additionalProperties)) {
    constraints.additionalProperties = soften(constraints.additionalProperties);
  }
  const properties = propertiesOf(constraints);
  return properties ? { ...constraints, properties } : constraints;
}

/** With those that are only required, since VS Code takes back the requirement of a property that it is not shown. */
function propertiesOf({ properties, required, additionalProperties }: JsonSchema): JsonSchema | undefined {
  const others = isObject(additionalProperties) ? additionalProperties : {};
  const told = isObject(properties)
    ? mapValues(properties, (property) => (isObject(property) ? soften(property) : {}))
    : {};
  const untold = itemsOf(required).filter((name) => !Object.hasOwn(told, String(name)));
  if (untold.length === 0) return isObject(properties) ? told : undefined;
  return { ...told, ...Object.fromEntries(untold.map((name) => [String(name), others])) };
}

function pick(schema: JsonSchema, keywords: readonly string[]): JsonSchema {
  const picked: JsonSchema = {};
  for (const keyword of keywords) if (schema[keyword] !== undefined) picked[keyword] = schema[keyword];
  return picked;
}
