import { type Follow, follower, resolvePointer } from './declared.ts';
import { isObject, type Json } from './json.ts';
import { routeOf } from './plain-template.ts';
import { securitySchemes } from './security-schemes.ts';
import { withoutUnused } from './without-unused.ts';

/** What Prism is given in place of a document. */
export interface Prepared {
  document: Json;
  /** How many parameters it is not told the shape of, because it ends when it tries to read them. */
  withheld: number;
}

/**
 * A copy of a document that Prism can serve and is done with in time:
 *
 * - 3.2, which it does not know, is called 3.1; expressions in paths are written plainly, fragments as segments.
 * - A reference to the network or to nothing, for which it refuses a whole document, is a schema of anything. Examples,
 *   in which a `$ref` is data, are gone.
 * - Replies, of which it has none to make, and components that no path needs are gone.
 * - Parameters that a credential fills in are not required, as security is not checked.
 * - Parameters on which its own reading ends with an exception are just texts, for a word on the rest of the request.
 */
export function documentForPrism(document: Json): Prepared {
  const context = {
    document,
    follow: follower(document),
    credentials: credentialsOf(document),
    keepsReplies: refersIntoReplies(document),
    withheld: 0,
  };
  const copy = prepare(document, '', context) as Json;
  if (typeof copy.openapi === 'string' && copy.openapi.startsWith('3.2')) copy.openapi = '3.1.0';
  delete copy.$self;
  delete copy.webhooks;
  if (isObject(copy.paths)) {
    const entries = Object.entries(copy.paths);
    copy.paths = Object.fromEntries(
      entries.map(([template, item]) => {
        const { prefix, path } = routeOf(template);
        return [prefix + path, item];
      }),
    );
  }
  return { document: withoutUnused(copy), withheld: context.withheld };
}

interface Context {
  document: Json;
  follow: Follow;
  keepsReplies: boolean;
  /** Parameters that an API key fills in, `query key`. */
  credentials: ReadonlySet<string>;
  withheld: number;
}

function prepare(value: unknown, parent: string, context: Context): unknown {
  if (Array.isArray(value)) return value.map((item) => prepare(item, parent, context));
  if (!isObject(value)) return value;
  const { $ref } = value;
  const isReference = typeof $ref === 'string' && !ofProperties.has(parent);
  if (isReference && resolvePointer(context.document, $ref) === undefined) return {};
  if (!isReference && isUnreadable(value, context.follow)) return asText(value, context);
  const isCredential = context.credentials.has(keyOf(value));
  const isOperation =
    !context.keepsReplies && !ofProperties.has(parent) && !ofComponents.has(parent) && isObject(value.responses);
  const copy: Json = isOperation ? { responses: { 200: { description: 'Taken.' } } } : {};
  for (const [key, member] of Object.entries(value)) {
    if (examples.has(key) && !ofProperties.has(parent) && !ofComponents.has(parent)) continue;
    if ((isCredential && key === 'required') || (isOperation && key === 'responses')) continue;
    const made = prepare(member, ofProperties.has(parent) ? '' : key, context);
    Object.defineProperty(copy, key, { value: made, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

/** What bundles files puts a schema where it met it first, and refers to it there. */
function refersIntoReplies(document: Json): boolean {
  return /"\$ref":"#\/paths\/[^"]*\/responses\//.test(JSON.stringify(document));
}

function credentialsOf(document: Json): Set<string> {
  return new Set(securitySchemes(document).flatMap((scheme) => (scheme.type === 'apiKey' ? [keyOf(scheme)] : [])));
}

function keyOf({ in: place, name }: Json): string {
  return `${place} ${String(name).toLowerCase()}`;
}

const examples = new Set(['example', 'examples', 'x-example', 'x-examples']);
/** Members of these are named by the document's author, who may call them `example`, and a property even `$ref`. */
const ofProperties = new Set(['properties', 'patternProperties', '$defs', 'definitions']);
const ofComponents = new Set(['schemas', 'parameters', 'responses', 'requestBodies', 'headers', 'paths', 'content']);

/**
 * Lists and objects in headers and paths, every label and matrix, and delimited objects: Prism calls methods of texts on
 * what is none by then, or says itself that it cannot.
 */
function isUnreadable(value: Json, follow: Follow): boolean {
  const { in: place, name, style, content } = value;
  if (typeof place !== 'string' || typeof name !== 'string' || content !== undefined) return false;
  const { type } = value.schema === undefined ? value : follow(value.schema);
  const hasMembers = [type].flat().some((one) => one === 'array' || one === 'object');
  if (place === 'path') return hasMembers || style === 'label' || style === 'matrix';
  if (place === 'header') return hasMembers;
  return place === 'query' && type === 'object' && /Delimited$/.test(String(style));
}

function asText({ in: place, name, required }: Json, context: Context): Json {
  context.withheld += 1;
  const schema = context.document.swagger === undefined ? { schema: {} } : {};
  return { in: place, name, ...(required !== undefined && { required }), ...schema };
}
