import type { BodyBinding } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { readBase64 } from './base64.ts';
import { type Field, writeMultipart } from './multipart.ts';
import { checkWellFormed, serialiseParameter, textOf } from './parameters.ts';
import { percentEncode } from './percent-encode.ts';

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
  const content_type = sendable(binding.content_type);
  const essence = essenceOf(content_type);
  if (isJson(essence)) return { content_type, payload: JSON.stringify(value) };
  if (essence === 'application/x-www-form-urlencoded') return { content_type, payload: writeForm(content.fields()) };
  if (essence.startsWith('multipart/')) return writeMultipart(content.fields(), essence);
  if (isText(essence)) return { content_type, payload: writeText(value, argument, essence) };
  return { content_type, payload: readBase64(value, argument) };
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
    const given = Object.entries(binding.properties ?? {}).filter(([argument]) => Object.hasOwn(args, argument));
    if (given.length === 0 && !binding.required) return undefined;
    return {
      argument: given[0]?.[0] ?? 'body',
      value: Object.fromEntries(given.map(([argument, name]) => [name, args[argument]])),
      fields: () =>
        given.map(([argument, name]) => ({ argument, name, value: args[argument], encoding: encodingOf(name) })),
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
      return Object.entries(value).map(([name, member]) => ({
        argument,
        name,
        value: member,
        encoding: encodingOf(name),
      }));
    },
  };
}

/** Without an encoding, arrays repeat their name and objects are JSON text (OpenAPI 3.1.1, Encoding Object). */
function writeForm(fields: Field[]): string {
  return fields
    .flatMap(({ argument, name, value, encoding: { style, explode } }) => {
      if (style === undefined && explode === undefined && typeof value === 'object' && !Array.isArray(value)) {
        return value === null ? [] : [`${percentEncode(name)}=${percentEncode(JSON.stringify(value))}`];
      }
      const way = { style: style ?? 'form', explode: explode ?? (style ?? 'form') === 'form' };
      return serialiseParameter({ argument, in: 'query', name, ...way }, value) ?? [];
    })
    .join('&');
}

function writeText(value: unknown, argument: string, essence: string): string {
  if (typeof value === 'object') throw refused(argument, `is sent as ${essence} and must be a string`);
  return checkWellFormed(textOf(value), argument);
}

/** A media range cannot be sent: the most common type within it stands for it. */
function sendable(contentType: string): string {
  const essence = essenceOf(contentType);
  if (essence === '*/*' || essence === 'application/*') return 'application/json';
  if (essence === 'text/*') return 'text/plain';
  if (essence === 'multipart/*') return 'multipart/form-data';
  return essence.includes('*') ? 'application/octet-stream' : contentType;
}

function isJson(essence: string): boolean {
  return essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json');
}

/** Types whose argument is the text itself; of every other type it is base64. The import describes them alike. */
function isText(essence: string): boolean {
  return /^text\/|[/+](?:xml|yaml|x-yaml|x-ndjson|ndjson|jsonl|json-seq|graphql|javascript|sql|csv|toml|pem-certificate-chain)$/.test(
    essence,
  );
}

function essenceOf(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

function ownValue<T>(values: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function refused(argument: string, reason: string): GatewayError {
  return new GatewayError('invalid', `Argument "${argument}" ${reason}.`, { field: argument });
}
