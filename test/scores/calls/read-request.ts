import type { DeclaredOperation, DeclaredParameter } from './declared.ts';
import { isObject } from './json.ts';
import { plainTemplate } from './plain-template.ts';
import { bodyFaults } from './read-body.ts';
import { isNothing, type Pair, readPairs, takeParameter, textMatches } from './read-parameter.ts';

/** A request as it arrived, byte for byte. */
export interface RecordedRequest {
  method: string;
  /** Path and query below the backend's base URL. */
  target: string;
  /** In the order and spelling of the wire. */
  headers: [name: string, value: string][];
  body: Buffer;
}

/** One argument of a call and where the document wants it. */
export interface SentArgument {
  argument: string;
  in: string;
  /** The parameter's or property's name in the document; empty for a whole body. */
  name: string;
  value: unknown;
  /** The tool says that the text is base64 of what is meant. */
  isBase64: boolean;
}

export interface Expected {
  sent: SentArgument[];
  /** Parameters that have one possible value, which the gateway sends by itself. */
  constants: { in: string; name: string; value: string }[];
  /** Headers and query parameters of the backend's credential, in lower case. */
  supplied: ReadonlySet<string>;
}

/** Set by HTTP and by the gateway for every call. */
const ownHeaders = new Set([
  ...['host', 'connection', 'accept', 'accept-encoding', 'user-agent', 'content-type', 'content-length', 'cookie'],
  ...['transfer-encoding', 'authorization', 'x-correlation-id', 'x-mcp-tool-name', 'x-mcp-risk-level'],
]);

/**
 * Compares a request with what the document says about the arguments that were given: each must be there, in its place
 * and form, and nothing else. Gives a sentence for each difference.
 */
export function requestFaults(request: RecordedRequest, operation: DeclaredOperation, expected: Expected): string[] {
  const [path = '', query = ''] = splitOnce(request.target, '?');
  const [template = '', fixedQuery = ''] = splitOnce(operation.path.split('#')[0] ?? '', '?');
  const pairs: Record<string, Pair[]> = {
    query: readPairs(withoutFixed(query, fixedQuery), '&'),
    cookie: readPairs(headerValue(request, 'cookie') ?? '', /; ?/),
  };
  const headers = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const inPath = [...expected.sent, ...expected.constants].filter((one) => one.in === 'path');
  const readings = [...matchPath(path, template)];
  const isRight = (reading: Map<string, string>) =>
    inPath.every(({ name, value }) => {
      const parameter = find(operation, 'path', name);
      return parameter && textMatches(reading.get(name) ?? '', parameter, value);
    });
  const segments = readings.find(isRight) ?? readings[0];
  const faults: string[] = [];
  if (request.method !== operation.method) faults.push(`the method is ${request.method}`);
  if (!segments) faults.push(`the path ${path} is not one of ${template}`);

  for (const { in: place, name, value } of expected.constants) {
    const parameter = find(operation, place, name);
    const found = parameter && takeFrom(parameter, value);
    if (found !== true) faults.push(`the constant ${place} ${name} is not ${value}`);
  }
  for (const { in: place, name, value, argument } of expected.sent.filter((one) => one.in !== 'body')) {
    const parameter = find(operation, place, name);
    if (!parameter) {
      faults.push(`${argument}: the operation declares no ${place} parameter ${name}`);
    } else if (!takeFrom(parameter, value)) {
      faults.push(`${argument}: not found in the ${place} as ${JSON.stringify(value)?.slice(0, 100)}`);
    }
  }
  faults.push(...leftOver('query', pairs.query ?? []), ...leftOver('cookie', pairs.cookie ?? []));
  for (const name of headers.keys()) {
    if (!ownHeaders.has(name) && !expected.supplied.has(`header ${name}`))
      faults.push(`the header ${name} is not asked for`);
  }
  return [...faults, ...bodyFaults(request, operation, expected.sent)];

  function takeFrom(parameter: DeclaredParameter, value: unknown): boolean {
    const { in: place, name } = parameter;
    if (place === 'path') return segments !== undefined && textMatches(segments.get(name) ?? '', parameter, value);
    if (place === 'query' || place === 'cookie') return takeParameter(pairs[place] ?? [], parameter, value);
    if (place === 'querystring') return takeQuerystring(parameter, value);
    const header = headers.get(name.toLowerCase());
    headers.delete(name.toLowerCase());
    return header === undefined ? isNothing(value) : textMatches(header, parameter, value);
  }

  /** The whole query (OpenAPI 3.2), as its media type writes it. */
  function takeQuerystring({ contentType, name }: DeclaredParameter, value: unknown): boolean {
    if (contentType !== 'application/x-www-form-urlencoded') {
      pairs.query = [];
      return JSON.stringify(JSON.parse(decodeURIComponent(query))) === JSON.stringify(value);
    }
    const members = isObject(value) ? Object.entries(value) : [[name, value] as const];
    return members.every(([key, member]) =>
      takeParameter(
        pairs.query ?? [],
        { in: 'query', name: key, style: 'form', explode: true, required: false, schema: {} },
        member,
      ),
    );
  }

  function leftOver(place: string, left: Pair[]): string[] {
    return left
      .filter(({ name }) => !expected.supplied.has(`${place} ${name.toLowerCase()}`))
      .map(({ name, value }) => `the ${place} has ${name}=${value.slice(0, 60)}, which is not asked for`);
  }
}

/** A parameter of the document; a property of a form in `in: querystring` counts as one of the query. */
function find({ parameters }: DeclaredOperation, place: string, name: string): DeclaredParameter | undefined {
  const isSame = (parameter: DeclaredParameter) =>
    parameter.in === place &&
    (place === 'header' ? parameter.name.toLowerCase() === name.toLowerCase() : parameter.name === name);
  const found = parameters.find(isSame);
  if (found || place !== 'query') return found;
  const whole = parameters.find((parameter) => parameter.in === 'querystring');
  if (!whole) return undefined;
  const properties = isObject(whole.schema.properties) ? whole.schema.properties : {};
  const isProperty = Object.hasOwn(properties, name) || whole.name === name;
  return isProperty ? { ...whole, in: 'query', name, style: 'form', explode: true, contentType: undefined } : undefined;
}

/** The raw text of each expression of the template, in every way in which the path can be one of it. */
function* matchPath(path: string, template: string): Generator<Map<string, string>> {
  const pieces = plainTemplate(template).split(/(\{[^{}]+\})/);
  const names = pieces.flatMap((piece) => (isExpression(piece) ? [piece.slice(1, -1)] : []));
  // Where a segment has several expressions, each may be the one that takes as much as it can.
  for (const greedy of [undefined, ...names]) {
    const source = pieces.map((piece) => {
      if (!isExpression(piece)) return escaped(normalised(piece));
      return piece.slice(1, -1) === greedy ? '([^/]*)' : '([^/]*?)';
    });
    const match = new RegExp(`^${source.join('')}$`).exec(path);
    if (match) yield new Map(names.map((name, index) => [name, match[index + 1] ?? '']));
  }
}

function isExpression(piece: string): boolean {
  return /^\{.+\}$/.test(piece);
}

/** A literal of the template as it looks in a URL. */
function normalised(literal: string): string {
  return literal.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@%/]+/g, encodeURIComponent);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function withoutFixed(query: string, fixed: string): string {
  if (fixed === '' || !query.startsWith(fixed)) return query;
  return query.slice(fixed.length).replace(/^&/, '');
}

function headerValue({ headers }: RecordedRequest, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
