import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importDocument } from '../functions/import/import-document.ts';

/** The file with the most operations in a folder; `undefined` when there is none. */
export function largestIn(folder: string): { file: string; operations: number } | undefined {
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder).filter((file) => /\.(?:json|ya?ml)$/.test(file));
  return files
    .map((file) => ({ file: join(folder, file), operations: countOperations(join(folder, file)) }))
    .reduce((most, next) => (next.operations > most.operations ? next : most), { file: '', operations: 0 });
}

/** Zero for what is no OpenAPI document. */
function countOperations(file: string): number {
  try {
    return importDocument(readFileSync(file, 'utf8'), { backend: 'bench' }).report.operations.length;
  } catch {
    return 0;
  }
}

const operationsOfResource = 5;

/**
 * An API of many resources with the five usual operations each, for every two of which it describes an object of its
 * own that is made of shared and recursive ones.
 */
export function syntheticDocument(operations: number): string {
  const resources = Array.from({ length: Math.ceil(operations / operationsOfResource) }, (_, number) => number);
  const all = resources.flatMap((number) => Object.entries(pathsOf(number)));
  const paths: Record<string, Record<string, unknown>> = {};
  let left = operations;
  for (const [path, item] of all) {
    const kept = Object.entries(item).slice(0, left);
    left -= kept.length;
    if (kept.length > 0) paths[path] = Object.fromEntries(kept);
  }
  const own = resources.flatMap((number) => Object.entries(schemasOf(number)));
  return JSON.stringify({
    openapi: '3.0.3',
    info: { title: 'Synthetic', version: '1.0.0' },
    paths,
    components: { schemas: { ...sharedSchemas, ...Object.fromEntries(own) }, parameters, responses },
  });
}

const string = { type: 'string' };
const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
const schema = (name: string) => ref('schemas', name);
const json = (content: unknown) => ({ 'application/json': { schema: content } });

const parameters = {
  Page: { name: 'page', in: 'query', description: 'Which page.', schema: { type: 'integer', minimum: 1, default: 1 } },
  PerPage: { name: 'per_page', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100, default: 30 } },
  RequestId: { name: 'X-Request-Id', in: 'header', description: 'Repeated in the answer.', schema: string },
};

const responses = {
  BadRequest: { description: 'The request is not as it should be.', content: json(schema('Problem')) },
  NotFound: { description: 'There is no such thing.', content: json(schema('Problem')) },
  Conflict: { description: 'Somebody was faster.', content: json(schema('Problem')) },
};

const sharedSchemas = {
  Problem: {
    type: 'object',
    required: ['title', 'status'],
    properties: {
      title: string,
      status: { type: 'integer' },
      detail: { type: 'string', nullable: true },
      causes: { type: 'array', items: schema('Problem') },
    },
  },
  Money: {
    type: 'object',
    required: ['amount', 'currency'],
    properties: { amount: { type: 'number', minimum: 0 }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
  },
  Person: {
    type: 'object',
    description: 'Whoever owns or changed something.',
    required: ['id'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      name: { type: 'string', description: 'As it is shown.' },
      email: { type: 'string', format: 'email' },
      address: schema('Address'),
      manager: schema('Person'),
    },
  },
  Address: {
    type: 'object',
    properties: { street: string, city: string, country: { type: 'string', enum: ['AT', 'BE', 'CH', 'DE', 'FR'] } },
  },
  Category: {
    type: 'object',
    required: ['name'],
    properties: { name: string, parent: schema('Category'), children: { type: 'array', items: schema('Category') } },
  },
  Record: {
    type: 'object',
    properties: {
      created_at: { type: 'string', format: 'date-time', readOnly: true },
      created_by: { allOf: [schema('Person')], readOnly: true },
      labels: { type: 'object', additionalProperties: string },
    },
  },
};

function schemasOf(number: number): Record<string, unknown> {
  return {
    [`Item${number}`]: {
      allOf: [
        schema('Record'),
        {
          type: 'object',
          required: ['id', 'name'],
          properties: {
            id: { type: 'string', format: 'uuid', readOnly: true },
            name: { type: 'string', minLength: 1, maxLength: 200, description: `What item ${number} is called.` },
            description: { type: 'string', nullable: true, description: 'For people; Markdown is shown as it is.' },
            state: { type: 'string', enum: ['draft', 'open', 'closed', `special_${number}`] },
            price: schema('Money'),
            owner: schema('Person'),
            category: schema('Category'),
            related: { type: 'array', maxItems: 50, items: schema(`Detail${number}`) },
          },
        },
      ],
    },
    [`Detail${number}`]: {
      type: 'object',
      properties: {
        kind: { type: 'string', example: `kind-${number}` },
        quantity: { type: 'integer', format: 'int32', minimum: 0, exclusiveMinimum: true },
        total: schema('Money'),
        value: { oneOf: [string, { type: 'number' }, schema('Address')] },
      },
    },
  };
}

function pathsOf(number: number): Record<string, Record<string, unknown>> {
  const name = `Item${number}`;
  const id = { name: 'id', in: 'path', required: true, description: 'Of the item.', schema: string };
  const failures = { 400: ref('responses', 'BadRequest'), 404: ref('responses', 'NotFound') };
  const answer = (description: string, content: unknown) => ({ description, content: json(content) });
  const shared = (verb: string) => ({
    operationId: `${verb}${name}`,
    summary: `${verb} items of collection ${number}`,
    description: `Does what the summary says to the items of collection ${number}. Only its owners may call this.`,
    tags: [`collection-${number % 50}`],
  });
  const list = { type: 'object', properties: { items: { type: 'array', items: schema(name) }, next: string } };
  return {
    [`/collections/${number}/items`]: {
      get: {
        ...shared('list'),
        parameters: [
          ref('parameters', 'Page'),
          ref('parameters', 'PerPage'),
          {
            name: 'state',
            in: 'query',
            explode: false,
            schema: { type: 'array', items: { enum: ['open', 'closed'] } },
          },
          {
            name: 'filter',
            in: 'query',
            style: 'deepObject',
            schema: { type: 'object', properties: { name: string, owner: string } },
          },
        ],
        responses: { 200: answer('A page.', list), ...failures },
      },
      post: {
        ...shared('create'),
        parameters: [ref('parameters', 'RequestId')],
        requestBody: { required: true, content: json(schema(name)) },
        responses: { 201: answer('Made.', schema(name)), ...failures, 409: ref('responses', 'Conflict') },
      },
    },
    [`/collections/${number}/items/{id}`]: {
      get: { ...shared('get'), parameters: [id], responses: { 200: answer('Here it is.', schema(name)), ...failures } },
      put: {
        ...shared('replace'),
        parameters: [id, ref('parameters', 'RequestId')],
        requestBody: { required: true, content: json(schema(name)) },
        responses: { 200: answer('Replaced.', schema(name)), ...failures, 409: ref('responses', 'Conflict') },
      },
      delete: { ...shared('delete'), parameters: [id], responses: { 204: { description: 'Gone.' }, ...failures } },
    },
  };
}
