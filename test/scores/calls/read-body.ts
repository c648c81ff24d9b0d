import { isDeepStrictEqual } from 'node:util';
import type { DeclaredMedia, DeclaredOperation, DeclaredParameter } from './declared.ts';
import { isObject, type Json } from './json.ts';
import { isNothing, readPairs, takeParameter, textOf } from './read-parameter.ts';
import { type Part, readParts } from './read-parts.ts';
import type { RecordedRequest, SentArgument } from './read-request.ts';

/** Compares the body with the arguments that belong into it, by the media type that the request claims. */
export function bodyFaults(
  request: RecordedRequest,
  operation: DeclaredOperation,
  sent: readonly SentArgument[],
): string[] {
  const own = sent.filter((argument) => argument.in === 'body');
  const type = request.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (request.body.length === 0) {
    // A form of nothing has no bytes.
    const isForm = type?.startsWith('application/x-www-form-urlencoded') === true;
    const isEmpty = own.every(({ value }) => value === '' || (isForm && isNothing(value)));
    return isEmpty ? [] : ['the request has no body'];
  }
  if (!operation.body) return ['the request has a body, which the operation does not take'];
  if (type === undefined) return ['the body has no Content-Type'];
  const declared = findMedia(operation.body.media, essenceOf(type));
  if (!declared) return [`the Content-Type ${type} is none that the operation takes`];
  return contentFaults(request.body, type, declared, own);
}

function contentFaults(body: Buffer, type: string, media: DeclaredMedia, sent: readonly SentArgument[]): string[] {
  const essence = essenceOf(type);
  const whole = sent.find((argument) => argument.name === '');
  const value = whole ? whole.value : Object.fromEntries(sent.map(({ name, value: member }) => [name, member]));
  if (/^(?:application|text)\/json$|\+json$/.test(essence)) {
    const place = firstDifference(readJson(body), value);
    return place === undefined ? [] : [`the JSON body is not what was given at ${place || 'its root'}`];
  }
  if (essence === 'application/x-www-form-urlencoded')
    return formFaults(body.toString(), isObject(value) ? value : {}, media);
  if (essence.startsWith('multipart/') && Array.isArray(value)) {
    const parts = readParts(body, type);
    const isRight = parts.length === value.length && value.every((item, index) => isPart(parts[index], item, true));
    return isRight ? [] : ['the parts are not the items that were given'];
  }
  if (essence.startsWith('multipart/')) {
    return partFaults(readParts(body, type), isObject(value) ? value : {}, media, sent);
  }
  const text = String(value);
  const isDecoded = whole?.isBase64 === true && !isEncodedText(media.schema);
  const isRight = body.equals(Buffer.from(text, isDecoded ? 'base64' : 'utf8'));
  return isRight ? [] : [`the ${essence} body is not what was given`];
}

/** Whether the document describes base64 text rather than the bytes that it stands for. */
function isEncodedText({ format, contentEncoding }: Json): boolean {
  return format === 'byte' || format === 'base64' || contentEncoding === 'base64';
}

/** The pointer of the first place where two values differ. */
function firstDifference(found: unknown, wanted: unknown): string | undefined {
  if (isDeepStrictEqual(found, wanted)) return undefined;
  if (typeof found !== 'object' || typeof wanted !== 'object' || !found || !wanted) return '';
  for (const key of new Set([...Object.keys(found), ...Object.keys(wanted)])) {
    const inner = firstDifference((found as Json)[key], (wanted as Json)[key]);
    if (inner !== undefined) return `/${key}${inner}`;
  }
  return '';
}

function formFaults(text: string, value: Json, { encoding }: DeclaredMedia): string[] {
  const pairs = readPairs(text, '&');
  const faults = Object.entries(value).flatMap(([name, member]) => {
    const own = isObject(encoding[name]) ? encoding[name] : {};
    return isField(pairs, name, member, own)
      ? []
      : [`${name}: not found in the form as ${JSON.stringify(member).slice(0, 100)}`];
  });
  return [...faults, ...pairs.map(({ name }) => `the form has ${name}, which is not asked for`)];
}

/** Where the document does not say how, a list repeats its name and an object is JSON, or is written as `form` says. */
function isField(pairs: { name: string; value: string }[], name: string, value: unknown, own: Json): boolean {
  const { style = 'form', contentType } = own;
  const isStyled = own.style !== undefined || own.explode !== undefined;
  const parameter: DeclaredParameter = {
    in: 'query',
    name,
    required: false,
    style: String(style),
    explode: typeof own.explode === 'boolean' ? own.explode : style === 'form',
    schema: {},
  };
  const isJson = typeof contentType === 'string' && /[/+]json\b/.test(contentType);
  if (isObject(value) && !isStyled && pairs.some((pair) => pair.name === name)) {
    return takeParameter(pairs, { ...parameter, contentType: 'application/json' }, value);
  }
  return takeParameter(pairs, isJson && !isStyled ? { ...parameter, contentType } : parameter, value);
}

function partFaults(parts: Part[], value: Json, { encoding }: DeclaredMedia, sent: readonly SentArgument[]): string[] {
  const left = new Set(parts);
  const faults = Object.entries(value).flatMap(([name, member]) => {
    const written = isObject(encoding[name]) ? encoding[name] : {};
    if (written.style !== undefined || written.explode !== undefined) {
      return takeStyled(left, name, member, written) ? [] : [`${name}: not found among the parts in its style`];
    }
    const own = parts.filter((part) => part.name === name);
    for (const part of own) left.delete(part);
    const items = (Array.isArray(member) ? member : [member]).filter((item) => item !== null);
    const isBase64 = sent.some((argument) => (argument.name === name || argument.name === '') && argument.isBase64);
    const isThere = own.length === items.length && items.every((item, index) => isPart(own[index], item, isBase64));
    if (!isThere) return [`${name}: not found among the parts as ${JSON.stringify(member).slice(0, 100)}`];
    return own.flatMap((part) => typeFaults(part, isObject(encoding[name]) ? encoding[name] : {}));
  });
  return [...faults, ...[...left].map(({ name }) => `there is a part ${name}, which is not asked for`)];
}

/** A style says what the parts of a property are called and what is in them (OpenAPI 3.1, Encoding Object). */
function takeStyled(left: Set<Part>, name: string, value: unknown, { style = 'form', explode }: Json): boolean {
  const pairs = [...left].map((part) => ({ name: part.name, value: part.content.toString(), part }));
  const shared = { in: 'part', name, required: false, style: String(style), schema: {} };
  const isThere = takeParameter(
    pairs,
    { ...shared, explode: explode === undefined ? style === 'form' : explode === true },
    value,
  );
  left.clear();
  for (const { part } of pairs) left.add(part);
  return isThere;
}

function isPart(part: Part | undefined, value: unknown, isBase64: boolean): boolean {
  if (!part) return false;
  const text = textOf(value);
  if (typeof value === 'object') return isDeepStrictEqual(readJson(part.content), value);
  return part.content.equals(Buffer.from(text)) || (isBase64 && part.content.equals(Buffer.from(text, 'base64')));
}

/** A part is of one of the types that its encoding lists. */
function typeFaults({ name, contentType }: Part, { contentType: wanted }: Json): string[] {
  if (typeof wanted !== 'string') return [];
  const types = wanted.split(',').map((type) => essenceOf(type));
  const found = essenceOf(contentType ?? 'text/plain');
  const isWanted = types.some(
    (type) => type === found || (type.endsWith('/*') && found.startsWith(type.slice(0, -1))) || type === '*/*',
  );
  return isWanted ? [] : [`${name}: the part is ${found} instead of ${wanted}`];
}

function findMedia(media: Map<string, DeclaredMedia>, essence: string): DeclaredMedia | undefined {
  const entries = [...media].map(([type, value]) => [essenceOf(type), value] as const);
  const exact = entries.find(([type]) => type === essence);
  const range = entries.find(
    ([type]) => type === '*/*' || type === '*' || (type.endsWith('/*') && essence.startsWith(type.slice(0, -1))),
  );
  return (exact ?? range)?.[1];
}

function essenceOf(type: string): string {
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
