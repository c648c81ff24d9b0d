import { isObject, type Json } from './json.ts';
import { styleInTemplate } from './plain-template.ts';

/** A parameter as the document declares it, whatever its version, in the terms of OpenAPI 3. */
export interface DeclaredParameter {
  in: string;
  name: string;
  required: boolean;
  style: string;
  explode: boolean;
  /** Set when `content` describes it. */
  contentType?: string | undefined;
  schema: Json;
}

export interface DeclaredMedia {
  schema: Json;
  encoding: Json;
}

/** What one operation of a document takes. */
export interface DeclaredOperation {
  method: string;
  path: string;
  parameters: DeclaredParameter[];
  /** By media type as written; absent when the operation takes no body. */
  body?: { required: boolean; media: Map<string, DeclaredMedia> };
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** A value of the document with its references followed; an empty object when one leads nowhere. */
export type Follow = (value: unknown) => Json;

export function follower(document: Json): Follow {
  return (value) => {
    let current = value;
    for (let hops = 0; hops < 50 && isObject(current) && typeof current.$ref === 'string'; hops += 1) {
      const { $ref, ...beside } = current;
      const target = resolvePointer(document, $ref as string);
      current = isObject(target) ? { ...target, ...beside } : target;
    }
    return isObject(current) ? current : {};
  };
}

/** What `#/a/b` names in the document; `undefined` when there is nothing, or the reference leads out of it. */
export function resolvePointer(document: Json, reference: string): unknown {
  if (reference === '#') return document;
  if (!reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .map((key) => decoded(key).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, key) => {
      if (Array.isArray(value)) return value[Number(key)];
      return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }, document);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads the operation of a method and path, by rules of its own: the importer's code has no part in it. */
export function declaredOperation(document: Json, method: string, path: string): DeclaredOperation | undefined {
  const follow = follower(document);
  const paths = isObject(document.paths) ? document.paths : {};
  const pathItem = follow(paths[path]);
  const operation = operationOf(pathItem, method);
  if (!operation) return undefined;
  const written = new Map<string, Json>();
  for (const list of [pathItem.parameters, operation.parameters]) {
    for (const entry of Array.isArray(list) ? list : []) {
      const parameter = follow(entry);
      if (typeof parameter.name === 'string') written.set(keyOf(parameter), parameter);
    }
  }
  const shared = { method, path };
  const parameters = [...written.values()];
  if (typeof document.swagger === 'string') {
    return { ...shared, ...swaggerInput(document, operation, parameters) };
  }
  const body = operation.requestBody === undefined ? undefined : follow(operation.requestBody);
  return {
    ...shared,
    parameters: parameters.map((parameter) => readParameter(parameter, path, follow)),
    ...(body && { body: { required: body.required === true, media: readMedia(body.content, follow) } }),
  };
}

function operationOf(pathItem: Json, method: string): Json | undefined {
  const key = Object.keys(pathItem).find(
    (name) => name.toUpperCase() === method && [...methods, 'query'].includes(name.toLowerCase()),
  );
  const additional = isObject(pathItem.additionalOperations) ? pathItem.additionalOperations : {};
  const found = key === undefined ? additional[method] : pathItem[key];
  return isObject(found) ? found : undefined;
}

function keyOf({ in: place, name }: Json): string {
  return `${place} ${place === 'header' ? String(name).toLowerCase() : name}`;
}

function readParameter(parameter: Json, path: string, follow: Follow): DeclaredParameter {
  const place = String(parameter.in);
  const usual = place === 'query' || place === 'cookie' ? 'form' : 'simple';
  const { style = usual, explode } = {
    ...(place === 'path' && styleInTemplate(path, String(parameter.name))),
    ...parameter,
  };
  const [content] = [...readMedia(parameter.content, follow)];
  return {
    in: place,
    name: String(parameter.name),
    required: parameter.required === true || place === 'path',
    style: String(style),
    explode: typeof explode === 'boolean' ? explode : style === 'form' || style === 'cookie',
    contentType: content?.[0],
    schema: content?.[1].schema ?? follow(parameter.schema),
  };
}

function readMedia(content: unknown, follow: Follow): Map<string, DeclaredMedia> {
  const entries = isObject(content) ? Object.entries(content) : [];
  return new Map(
    entries.map(([type, value]) => {
      const media = follow(value);
      return [type.trim(), { schema: follow(media.schema), encoding: isObject(media.encoding) ? media.encoding : {} }];
    }),
  );
}

/** How Swagger 2.0 separates the values of a list. */
const collectionStyles: Record<string, { style: string; explode: boolean }> = {
  csv: { style: 'form', explode: false },
  ssv: { style: 'spaceDelimited', explode: false },
  pipes: { style: 'pipeDelimited', explode: false },
  tsv: { style: 'tabDelimited', explode: false },
  multi: { style: 'form', explode: true },
};

function swaggerInput(document: Json, operation: Json, parameters: Json[]): Omit<DeclaredOperation, 'method' | 'path'> {
  const follow = follower(document);
  const consumes = [operation.consumes ?? document.consumes ?? []].flat().map(String);
  const body = parameters.find((parameter) => parameter.in === 'body');
  const fields = parameters.filter((parameter) => parameter.in === 'formData');
  const plain = parameters.filter((parameter) => parameter.in !== 'body' && parameter.in !== 'formData');
  const media = body ? bodyMedia(body, consumes, follow) : fields.length > 0 ? formMedia(fields, consumes) : undefined;
  const isRequired = body ? body.required === true : fields.some((field) => field.required === true);
  return {
    parameters: plain.map((parameter) => ({
      in: String(parameter.in),
      name: String(parameter.name),
      required: parameter.required === true || parameter.in === 'path',
      ...swaggerStyle(parameter),
      schema: parameter,
    })),
    ...(media && { body: { required: isRequired, media } }),
  };
}

function swaggerStyle({ in: place, type, collectionFormat }: Json): { style: string; explode: boolean } {
  const collected = type === 'array' ? collectionStyles[String(collectionFormat ?? 'csv')] : undefined;
  const { style, explode } = collected ?? { style: 'form', explode: false };
  return { style: place !== 'query' && style === 'form' ? 'simple' : style, explode };
}

function bodyMedia({ schema }: Json, consumes: string[], follow: Follow): Map<string, DeclaredMedia> {
  const types = consumes.length > 0 ? consumes : ['application/json'];
  return new Map(types.map((type) => [type, { schema: follow(schema), encoding: {} }]));
}

function formMedia(fields: Json[], consumes: string[]): Map<string, DeclaredMedia> {
  const form = 'application/x-www-form-urlencoded';
  const forms = consumes.filter((type) => type === form || type.startsWith('multipart/'));
  const properties = Object.fromEntries(fields.map((field) => [field.name, field]));
  const encoding = Object.fromEntries(
    fields.flatMap((field) => (field.type === 'array' ? [[field.name, swaggerStyle({ ...field, in: 'query' })]] : [])),
  );
  const required = fields.filter((field) => field.required === true).map((field) => field.name);
  const schema = { type: 'object', properties, required };
  return new Map((forms.length > 0 ? forms : [form]).map((type) => [type, { schema, encoding }]));
}
