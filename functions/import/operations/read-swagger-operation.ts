import { below, type Place } from '../document/place.ts';
import type { Source } from '../document/source.ts';
import { itemsOf, type JsonObject, memberOf, textOf } from '../json-object.ts';
import type { WrittenParameter } from './merge-parameters.ts';
import type { Body, Encoding, FoundOperation, MediaType, Operation, Parameter } from './operation.ts';
import { isLocation } from './read-parameter.ts';
import { readReplies } from './read-replies.ts';

const form = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data';

/** Reads what Swagger 2.0 says otherwise than its successors: bodies, forms, lists in parameters, replies. */
export function readSwaggerOperation(
  found: FoundOperation,
  value: JsonObject,
  written: WrittenParameter[],
  source: Source,
  notes: string[],
): Pick<Operation, 'parameters' | 'body' | 'replies'> {
  const consumes = mediaTypes(value.consumes ?? source.document.consumes);
  const produces = mediaTypes(value.produces ?? source.document.produces);
  const body = written.find((parameter) => parameter.value.in === 'body');
  const fields = written.filter((parameter) => parameter.value.in === 'formData');
  const responses = { value: value.responses, place: below(found.place, 'responses') };
  return {
    parameters: written.flatMap((parameter) => readParameter(parameter, notes)),
    body: body ? readBody(body, consumes) : fields.length > 0 ? readForm(fields, consumes, found) : undefined,
    replies: readReplies(responses, source, notes, (reply, at) => readReplyContent(reply, produces, at)),
  };
}

function mediaTypes(value: unknown): string[] {
  return itemsOf(value).filter((type) => typeof type === 'string');
}

function readParameter({ value, place }: WrittenParameter, notes: string[]): Parameter[] {
  if (value.in === 'body' || value.in === 'formData') return [];
  if (!isLocation(value.in) || value.in === 'cookie' || value.in === 'querystring') {
    notes.push(`${place}: \`in: ${value.in.slice(0, 40)}\` is no place for a parameter, so it was left out.`);
    return [];
  }
  const parameter: Parameter = {
    in: value.in,
    name: value.name,
    required: value.required === true || value.in === 'path',
    description: textOf(value.description),
    deprecated: value['x-deprecated'] === true,
    style: value.in === 'query' ? 'form' : 'simple',
    explode: false,
    allowReserved: false,
    schema: { value: schemaOf(value), place },
    example: value['x-example'],
    place,
  };
  return [value.type === 'array' ? withCollectionFormat(parameter, value.collectionFormat ?? 'csv', notes) : parameter];
}

/** What `collectionFormat` is called among the styles. */
const styles: Record<string, Parameter['style']> = {
  ssv: 'spaceDelimited',
  tsv: 'tabDelimited',
  pipes: 'pipeDelimited',
};

function withCollectionFormat(parameter: Parameter, format: unknown, notes: string[]): Parameter {
  if (format === 'csv') return parameter;
  if (format === 'multi' && parameter.in === 'query') return { ...parameter, explode: true };
  const style = typeof format === 'string' && Object.hasOwn(styles, format) ? styles[format] : undefined;
  if (style) return { ...parameter, style };
  const written = JSON.stringify(format)?.slice(0, 40);
  notes.push(`${parameter.place}/collectionFormat: ${written} is not possible here, so csv is used.`);
  return parameter;
}

/** In 2.0 the keywords of the schema stand in the parameter itself. */
function schemaOf(parameter: JsonObject): JsonObject {
  const { in: _in, name: _name, required: _required, description: _description, ...schema } = parameter;
  return schema;
}

function readBody({ value, place }: WrittenParameter, consumes: string[]): Body {
  const types = consumes.filter((type) => type !== form && type !== multipart);
  const schema = value.schema === undefined ? undefined : { value: value.schema, place: below(place, 'schema') };
  const media = (types.length > 0 ? types : ['application/json']).map(
    (type): MediaType => ({ type, schema, encoding: new Map(), examples: new Map(), place }),
  );
  return { required: value.required === true, description: textOf(value.description), media, place };
}

function readForm(fields: WrittenParameter[], consumes: string[], { place }: FoundOperation): Body {
  const properties = fields.map(({ value }) => {
    const description = textOf(value.description);
    return [value.name, { ...schemaOf(value), ...(description !== undefined && { description }) }];
  });
  const required = fields.filter(({ value }) => value.required === true).map(({ value }) => value.name);
  const encoding = fields
    .filter(({ value }) => value.type === 'array')
    .map(({ value, place }): [string, Encoding] => [
      value.name,
      { value: encodingOf(value.collectionFormat ?? 'csv'), headers: [], place },
    ]);
  const hasFile = fields.some(({ value }) => value.type === 'file');
  const wanted = consumes.filter((type) => type === form || type === multipart);
  const types = hasFile ? [multipart] : wanted.length > 0 ? wanted : [form];
  const at = below(place, 'parameters');
  const media = types.map(
    (type): MediaType => ({
      type,
      schema: { value: { type: 'object', properties: Object.fromEntries(properties), required }, place: at },
      encoding: new Map(encoding),
      examples: new Map(),
      place: at,
    }),
  );
  return { required: required.length > 0, media, place: at };
}

function encodingOf(format: unknown): JsonObject {
  if (format === 'multi') return { style: 'form', explode: true };
  return { style: styles[String(format)] ?? 'form', explode: false };
}

function readReplyContent({ schema, examples }: JsonObject, produces: string[], place: Place): MediaType[] {
  if (schema === undefined) return [];
  const types = produces.length > 0 ? produces : ['application/json'];
  return types.map((type) => readReplyMedia(type, schema, examples, place));
}

function readReplyMedia(type: string, schema: unknown, examples: unknown, place: Place): MediaType {
  const example = memberOf(examples, type);
  return {
    type,
    schema: { value: schema, place: below(place, 'schema') },
    encoding: new Map(),
    examples: new Map(example === undefined ? [] : [['default', example]]),
    place,
  };
}
