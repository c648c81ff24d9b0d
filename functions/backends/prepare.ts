import { isArgumentHeader } from '../catalogue/owned-headers.ts';
import type { Backend, HttpBinding, ParameterBinding } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { writeBody } from './body.ts';
import { serialiseParameter } from './parameters.ts';
import { percentEncodePath } from './percent-encode.ts';

/** A request to a backend, before it is sent. Header names are lower-case. */
export interface OutgoingCall {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array | string;
}

/**
 * Makes the request that a binding and its arguments describe. Pure. Arguments fill the places that the binding
 * gives them and nothing else: neither the host nor the number of path segments nor the set of headers can change.
 * Throws `invalid` naming the argument that cannot be sent, and `internal` for a binding that cannot be used.
 */
export function prepareCall(binding: HttpBinding, backend: Backend, args: Record<string, unknown>): OutgoingCall {
  if (!methods.has(binding.http_method)) throw unusable(`the method ${binding.http_method} cannot be sent`);
  const texts = serialiseAll(binding, args);
  const body = binding.body && writeBody(binding.body, args);
  const headers: Record<string, string> = { ...texts.header, ...lowerCased(backend.headers) };
  if (texts.cookie.length > 0) headers.cookie = texts.cookie.join('; ');
  if (body) headers['content-type'] = body.content_type;
  return {
    method: binding.http_method,
    url: locate(binding, backend, texts),
    headers,
    ...(body && { body: body.payload }),
  };
}

/** Without CONNECT, which would open a tunnel, and TRACE, whose answer repeats the credential. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']);

/** What goes where, as text. */
interface Texts {
  path: Map<string, { text: string; argument: string }>;
  query: string[];
  header: Record<string, string>;
  cookie: string[];
}

function serialiseAll(binding: HttpBinding, args: Record<string, unknown>): Texts {
  const texts: Texts = { path: new Map(), query: [], header: {}, cookie: [] };
  for (const { in: location, name, value } of binding.constants ?? []) {
    place(texts, { argument: name, in: location, name, style: 'form', explode: false }, value);
  }
  for (const parameter of binding.parameters) {
    place(texts, parameter, Object.hasOwn(args, parameter.argument) ? args[parameter.argument] : undefined);
  }
  return texts;
}

function place(texts: Texts, parameter: ParameterBinding, value: unknown): void {
  if (parameter.in === 'header' && !isArgumentHeader(parameter.name)) return;
  const text = serialiseParameter(parameter, value);
  if (parameter.in === 'path') {
    texts.path.set(parameter.name, { text: text ?? '', argument: parameter.argument });
  } else if (text !== undefined) {
    if (parameter.in === 'header') texts.header[parameter.name.toLowerCase()] = text;
    else texts[parameter.in === 'cookie' ? 'cookie' : 'query'].push(text);
  }
}

function locate(binding: HttpBinding, backend: Backend, texts: Texts): string {
  const base = baseOf(backend);
  // Some documents tell operations of one path apart by a query or a fragment in the path itself.
  const [, template = '', fixedQuery] = /^([^?#]*)(?:\?([^#]*))?/.exec(binding.api_endpoint) ?? [];
  const path = base.pathname.replace(/\/+$/, '') + fillPath(template, texts.path);
  const query = [...(fixedQuery ? [fixedQuery] : []), ...texts.query].join('&');
  const url = URL.parse(base.origin + path + (query && `?${query}`));
  // The last word: what an HTTP client makes of the text is what was meant.
  if (url?.origin !== base.origin || url.pathname !== (path || '/')) {
    throw unusable(`the path ${binding.api_endpoint} does not stay below the backend's base URL`);
  }
  return url.href;
}

const bases = new WeakMap<Backend, URL>();

/** Read once for as long as an instance keeps the backend. */
function baseOf(backend: Backend): URL {
  const base = bases.get(backend) ?? URL.parse(backend.base_url);
  if (!base) throw unusable(`the base URL of backend ${backend.name} cannot be read`);
  bases.set(backend, base);
  return base;
}

/** Each segment is filled by itself, so that no value can add or remove one. */
function fillPath(template: string, values: Texts['path']): string {
  const segments = template.replace(/^\//, '').split('/');
  return `/${segments.map((segment) => fillSegment(segment, values)).join('/')}`;
}

function fillSegment(segment: string, values: Texts['path']): string {
  const pieces = segment.split(/\{([^{}]*)\}/);
  if (pieces.length === 1) return percentEncodePath(segment);
  // `split` gives literals and captured names in turn.
  const filled = pieces.map((piece, index) => (index % 2 === 0 ? percentEncodePath(piece) : valueFor(piece, values)));
  const text = filled.join('');
  if (text !== '.' && text !== '..') return text;
  throw cannotBePath(values.get(pieces[1] ?? '')?.argument ?? segment);
}

function valueFor(name: string, values: Texts['path']): string {
  const value = values.get(name);
  if (!value) throw unusable(`nothing fills {${name}} in its path`);
  if (value.text === '') throw cannotBePath(value.argument);
  return value.text;
}

/** URL parsers drop dot segments also when encoded, and an empty one is another route. */
function cannotBePath(argument: string): GatewayError {
  return new GatewayError(
    'invalid',
    `Argument "${argument}" is a segment of the path: it must not be empty, "." or "..".`,
    { field: argument },
  );
}

function unusable(reason: string): GatewayError {
  return new GatewayError('internal', `The tool cannot be called: ${reason}. Its document must be imported again.`);
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
