import * as z from 'zod';

/** Names with their values, in the order and spelling in which they came. */
export type MultiHeaders = Map<string, string[]>;

/** Headers of one connection, which API Gateway does not hand to functions. */
const notForFunctions = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Answer headers of a function that API Gateway renames `x-amzn-Remapped-…` ("Important notes", REST APIs). */
const remapped = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
]);

const notForClients = new Set(['keep-alive', 'te', 'transfer-encoding']);

/** Node's raw header list as functions see it: the client's spelling, repeated headers together. */
export function requestHeaders(rawHeaders: readonly string[]): MultiHeaders {
  const headers: MultiHeaders = new Map();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!notForFunctions.has(name.toLowerCase())) addHeader(headers, name, value);
  }
  return headers;
}

/** Adds a value under the spelling that the name already has, if any. */
export function addHeader(headers: MultiHeaders, name: string, value: string): void {
  headers.set(spelling(headers, name), [...headerValues(headers, name), value]);
}

export function headerValues(headers: MultiHeaders, name: string): string[] {
  return headers.get(spelling(headers, name)) ?? [];
}

function spelling(headers: MultiHeaders, name: string): string {
  const wanted = name.toLowerCase();
  for (const known of headers.keys()) {
    if (known.toLowerCase() === wanted) return known;
  }
  return name;
}

const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** `headers` and `multiValueHeaders` of what a proxy integration gives back. */
export const answerHeadersSchema = z.object({
  headers: z.record(z.string(), headerValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(headerValue)).nullish(),
});

/** A function's headers as the client gets them: both kinds merged, some renamed, those of the connection dropped. */
export function answerHeaders({ headers, multiValueHeaders }: z.infer<typeof answerHeadersSchema>): MultiHeaders {
  const merged: MultiHeaders = new Map();
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    for (const value of values) addHeader(merged, name, value);
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!headerValues(merged, name).includes(value)) addHeader(merged, name, value);
  }
  return new Map(
    [...merged]
      .filter(([name]) => !notForClients.has(name.toLowerCase()))
      .map(([name, values]) => [remapped.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name, values]),
  );
}

/** The media type of a body without its parameters, in lower case; empty where nobody says it. */
export function mediaTypeIn(headers: MultiHeaders): string {
  return (headerValues(headers, 'Content-Type')[0]?.split(';')[0] ?? '').trim().toLowerCase();
}
