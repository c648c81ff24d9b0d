import { essenceOf, isJson, isText } from '../catalogue/media-types.ts';
import type { BodyBinding } from '../catalogue/types.ts';
import { checkWellFormed, refused, textOf } from './checked-text.ts';
import { type Field, formOf, writeForm } from './form.ts';
import { readGivenFile } from './given-file.ts';
import { typeToSend } from './media-types.ts';
import { type PartField, writeMultipart } from './multipart.ts';

export interface OutgoingBody {
  content_type: string;
  payload: Uint8Array | string;
}

/**
 * The body that a binding and its arguments describe; `undefined` when it is optional and nothing was given. The
 * content type is the operation's own to the letter. Throws `invalid` naming the argument that is missing or that
 * this content type cannot carry.
 */
export function writeBody(binding: BodyBinding, args: Record<string, unknown>): OutgoingBody | undefined {
  const content = gather(binding, args);
  if (!content) return undefined;
  const { argument, value } = content;
  const content_type = typeToSend([binding.content_type]);
  const essence = essenceOf(content_type);
  if (isJson(essence)) return { content_type, payload: JSON.stringify(value) };
  if (essence === 'application/x-www-form-urlencoded') return { content_type, payload: writeForm(content.fields()) };
  if (essence.startsWith('multipart/')) return writeMultipart(partsOf(binding, content), essence);
  if (isText(essence)) return { content_type, payload: writeText(value, argument, essence) };
  const { bytes, type } = readGivenFile(value, argument);
  const payload = binding.base64 ? Buffer.from(bytes).toString('base64') : bytes;
  return { content_type: typeToSend([binding.content_type], type), payload };
}

interface Content {
  /** The argument that a refusal names. */
  argument: string;
  value: unknown;
  fields: () => Field[];
}

function gather(binding: BodyBinding, args: Record<string, unknown>): Content | undefined {
  const encodingOf = (name: string) => ownValue(binding.encoding ?? {}, name) ?? {};
  if (binding.argument === undefined) {
    const properties = binding.properties ?? {};
    const given = Object.entries(args).flatMap(([argument, value]): Field[] => {
      const name = ownValue(properties, argument);
      return name === undefined ? [] : [{ argument, name, value, encoding: encodingOf(name) }];
    });
    if (given.length === 0 && !binding.required) return undefined;
    return {
      argument: given[0]?.argument ?? 'body',
      value: Object.fromEntries(given.map(({ name, value }) => [name, value])),
      fields: () => given,
    };
  }
  const argument = binding.argument;
  const value = ownValue(args, argument);
  if (value === undefined) {
    if (!binding.required) return undefined;
    throw refused(argument, 'is the body of the request and is required');
  }
  return {
    argument,
    value,
    fields: () => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw refused(argument, `is sent as ${essenceOf(binding.content_type)} and must be an object`);
      }
      return formOf(value, argument).map((field) => ({ ...field, encoding: encodingOf(field.name) }));
    },
  };
}

/** The parts of a list are its items, in their order and without names. */
function partsOf({ items }: BodyBinding, { argument, value, fields }: Content): PartField[] {
  if (!items || !Array.isArray(value)) return fields();
  return value.map((item) => ({ argument, value: item, encoding: items }));
}

function writeText(value: unknown, argument: string, essence: string): string {
  if (typeof value === 'object') throw refused(argument, `is sent as ${essence} and must be a string`);
  return checkWellFormed(textOf(value), argument);
}

function ownValue<T>(values: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
