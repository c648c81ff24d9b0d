import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { adminScopes } from '../../functions/auth/principal.ts';
import { readContract } from '../../local/api-gateway/contract.ts';

const root = join(import.meta.dirname, '../..');

const contentSchema = z.record(
  z.string(),
  z.object({
    schema: z.record(z.string(), z.unknown()),
    example: z.unknown().optional(),
    examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
  }),
);

const operationSchema = z.looseObject({
  operationId: z.string(),
  summary: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z
    .array(
      z.object({ name: z.string(), in: z.string(), description: z.string(), schema: z.object({ type: z.string() }) }),
    )
    .optional(),
  requestBody: z.object({ required: z.literal(true), content: contentSchema }).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.object({ description: z.string(), content: contentSchema.optional() }),
  ),
  'x-gatehouse-function': z.string().optional(),
  'x-gatehouse-transfer': z.literal('STREAM').optional(),
  'x-gatehouse-timeout-ms': z.number().max(900_000).optional(),
  'x-gatehouse-scope': z.enum(adminScopes).optional(),
});
type Operation = z.infer<typeof operationSchema>;

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

const documentSchema = z.looseObject({
  openapi: z.literal('3.0.3'),
  tags: z.array(z.object({ name: z.string() })),
  'x-gatehouse-workers': z.array(z.string()),
  paths: z.record(z.string(), z.looseObject({})),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.object({
        type: z.literal('apiKey'),
        in: z.literal('header'),
        name: z.string(),
        'x-amazon-apigateway-authtype': z.literal('custom'),
        'x-amazon-apigateway-authorizer': z.object({
          type: z.literal('request'),
          identitySource: z.string(),
          authorizerResultTtlInSeconds: z.number(),
          'x-gatehouse-function': z.string(),
        }),
      }),
    ),
    schemas: z.record(z.string(), z.record(z.string(), z.unknown())),
  }),
  'x-amazon-apigateway-gateway-responses': z.record(
    z.string(),
    z.object({
      responseParameters: z.record(z.string(), z.string()).optional(),
      responseTemplates: z.object({ 'application/json': z.string() }),
    }),
  ),
});

const parsedYaml: unknown = load(readFileSync(join(root, 'openapi/gateway.yaml'), 'utf8'));
const document = documentSchema.parse(parsedYaml);

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  methods
    .filter((method) => method in item)
    .map((method) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      method,
      operation: operationSchema.parse(item[method], { error: () => `${method} ${path}` }),
    })),
);

const functionFiles = readdirSync(join(root, 'functions'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();

const gatewayResponses = Object.entries(document['x-amazon-apigateway-gateway-responses']);

describe('the contract and the functions', () => {
  const authorizers = Object.values(document.components.securitySchemes).map(
    (scheme) => scheme['x-amazon-apigateway-authorizer']['x-gatehouse-function'],
  );
  const named = operations.map(({ operation }) => operation['x-gatehouse-function'] ?? operation.operationId);

  const workers = document['x-gatehouse-workers'];

  it('name each other: every file in functions/ answers an operation, authorizes or is a worker, and each has a file', () => {
    expect(functionFiles).toEqual([...new Set([...named, ...authorizers, ...workers])].sort());
  });

  it('keep workers apart from what anybody can reach', () => {
    expect(workers.filter((name) => named.includes(name) || authorizers.includes(name))).toEqual([]);
  });

  it('keep authorizers apart from what answers requests', () => {
    expect(named.filter((name) => authorizers.includes(name))).toEqual([]);
  });

  it('agree on who streams: only a streaming handler can answer a streaming integration', () => {
    const streamed = operations.filter(({ operation }) => operation['x-gatehouse-transfer'] === 'STREAM');
    const streaming = functionFiles.filter((name) =>
      /\bstreamingRoute\(/.test(readFileSync(join(root, 'functions', `${name}.ts`), 'utf8')),
    );
    expect(streamed.map(({ operation }) => operation.operationId).sort()).toEqual(streaming);
  });

  it('agree on scopes: the scope of an admin operation is the one that its function asks for', () => {
    const asked = functionFiles.flatMap((name) => {
      const source = readFileSync(join(root, 'functions', `${name}.ts`), 'utf8');
      const scope = /adminRoute\(\s*'[^']*',\s*'([^']*)'/.exec(source)?.[1];
      return scope === undefined ? [] : [[name, scope]];
    });
    const written = operations.flatMap(({ operation }) => {
      const scope = operation['x-gatehouse-scope'];
      return scope === undefined ? [] : [[operation.operationId, scope]];
    });
    expect(written.sort()).toEqual(asked.sort());
  });

  it('can be served by the stand-in for API Gateway', () => {
    expect(readContract(parsedYaml).operations).toHaveLength(operations.length);
  });
});

describe('operations', () => {
  it('have unique operationIds', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids).toEqual([...new Set(ids)]);
  });

  const publicOperations = ['get-health', 'get-protected-resource', 'get-protected-resource-mcp'];

  it.each(operations)('$name is secured by exactly one scheme, or is on the list of public routes', ({ operation }) => {
    const schemes = operation.security.flatMap((requirement) => Object.keys(requirement));
    expect(schemes.every((scheme) => scheme in document.components.securitySchemes)).toBe(true);
    expect(schemes).toHaveLength(publicOperations.includes(operation.operationId) ? 0 : 1);
  });

  it.each(operations)('$name takes an admin key exactly when it is below /admin', ({ path, operation }) => {
    const takesKey = operation.security.some((requirement) => 'admin_key' in requirement);
    expect(takesKey).toBe(path.startsWith('/admin/'));
    expect(operation['x-gatehouse-scope'] !== undefined).toBe(takesKey);
  });

  it('have paths that API Gateway takes', () => {
    for (const { path } of operations) {
      expect(path).toMatch(/^(\/([A-Za-z0-9.,-]+|\{[A-Za-z0-9]+\}))+$/);
      expect(['/ping', '/sping']).not.toContain(path);
    }
  });

  it.each(operations)('$name describes each parameter of its path', ({ path, operation }) => {
    const inherited = z.object({ parameters: operationSchema.shape.parameters }).parse(document.paths[path]);
    const described = [...(inherited.parameters ?? []), ...(operation.parameters ?? [])]
      .filter((parameter) => parameter.in === 'path')
      .map((parameter) => parameter.name);
    expect(described).toEqual([...path.matchAll(/\{(.+?)\}/g)].map((match) => match[1]));
  });

  it('have tags that the document describes', () => {
    const tags = document.tags.map((tag) => tag.name);
    expect(operations.filter(({ operation }) => !tags.includes(operation.tags[0] ?? ''))).toEqual([]);
  });

  it.each(operations)('$name has a body schema wherever there is a body', ({ method, operation }) => {
    expect(operation.requestBody !== undefined).toBe(['put', 'post', 'patch'].includes(method));
    const withoutBody = Object.entries(operation.responses).flatMap(([status, { content }]) =>
      content ? [] : [status],
    );
    expect(withoutBody.filter((status) => status !== '202' && status !== '204')).toEqual([]);
  });

  it.each(operations)('$name tells how refusals look', ({ operation }) => {
    const expected = operation.security.length > 0 ? ['401', '403', '429', '500'] : ['500'];
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(expected));
  });

  it('take no longer than API Gateway waits', () => {
    const tooLong = operations.filter(({ operation }) => {
      const limit = operation['x-gatehouse-transfer'] === 'STREAM' ? 900_000 : 29_000;
      return (operation['x-gatehouse-timeout-ms'] ?? 29_000) > limit;
    });
    expect(tooLong).toEqual([]);
  });
});

describe('schemas', () => {
  // "Amazon API Gateway important notes" and JSON Schema draft 4. Constraints of parameters are ignored too, but they
  // tell people what the functions check; `example` is kept to media types, which API Gateway does not import.
  const ignored = new Set([
    '$defs',
    'additionalProperties',
    'anyOf',
    'const',
    'deprecated',
    'discriminator',
    'example',
    'examples',
    'exclusiveMaximum',
    'exclusiveMinimum',
    'externalDocs',
    'format',
    'if',
    'maxItems',
    'minItems',
    'not',
    'nullable',
    'oneOf',
    'patternProperties',
    'prefixItems',
    'readOnly',
    'writeOnly',
    'xml',
  ]);

  const bodies = operations.flatMap(({ name, operation }) => bodiesOf(name, operation));
  const keywords = [
    ...Object.entries(document.components.schemas).flatMap(([name, schema]) => keywordsOf(schema, name)),
    ...bodies.flatMap(({ place, schema }) => keywordsOf(schema, place)),
  ];

  it('use no keyword that API Gateway ignores', () => {
    expect(keywords.filter(({ keyword }) => ignored.has(keyword))).toEqual([]);
  });

  it('refer only to schemas of the document', () => {
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    const references = keywords.filter(({ keyword }) => keyword === '$ref');
    expect(references.filter(({ value }) => !known.includes(String(value)))).toEqual([]);
  });

  it('have names that API Gateway takes for models', () => {
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9]+$/);
  });

  it('are all used', () => {
    const text = JSON.stringify(document);
    const unused = Object.keys(document.components.schemas).filter(
      (name) => !text.includes(`"#/components/schemas/${name}"`),
    );
    expect(unused).toEqual([]);
  });

  // Closed, because an example with a misspelt optional field would otherwise be valid.
  const ajv = new Ajv({ strict: false, allErrors: true });
  const closed = Object.fromEntries(
    Object.entries(document.components.schemas).map(([name, schema]) => [name, close(schema)]),
  );
  ajv.addSchema({ $id: 'gateway', components: { schemas: closed } });

  it.each(operations)('of $name are shown by examples that are valid', ({ name, operation }) => {
    for (const { place, schema, examples } of bodiesOf(name, operation)) {
      const validate = ajv.compile(JSON.parse(JSON.stringify(close(schema)).replaceAll('"#/', '"gateway#/')));
      expect({ place, examples: examples.length > 0 }).toEqual({ place, examples: true });
      for (const example of examples) {
        expect({ place, valid: validate(example), errors: validate.errors }).toEqual({ place, ...valid });
      }
    }
  });

  it.each(gatewayResponses)('the gateway response %s is an Error', (_, { responseTemplates }) => {
    const body = responseTemplates['application/json']
      .replaceAll('$context.requestId', 'a-request-id')
      .replaceAll('$context.error.messageString', '"a message"');
    const validate = ajv.compile({ $ref: 'gateway#/components/schemas/Error' });
    expect({ valid: validate(JSON.parse(body)), errors: validate.errors }).toEqual(valid);
  });
});

describe('gateway responses', () => {
  it.each(['UNAUTHORIZED', 'ACCESS_DENIED'])(
    '%s names the resource metadata in WWW-Authenticate, as a static value',
    (type) => {
      const response = document['x-amazon-apigateway-gateway-responses'][type];
      const header = response?.responseParameters?.['gatewayresponse.header.WWW-Authenticate'];
      expect(header).toMatch(/^'Bearer .*resource_metadata="\$\{resource_metadata_url\}"'$/);
    },
  );
});

const valid = { valid: true, errors: null };

function bodiesOf(name: string, { requestBody, responses }: Operation) {
  const contents = [
    ...Object.entries(requestBody?.content ?? {}).map(([type, body]) => ({ place: `${name}, ${type}`, body })),
    ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
      Object.entries(content).map(([type, body]) => ({ place: `${name} ${status}, ${type}`, body })),
    ),
  ];
  return contents.map(({ place, body }) => ({
    place,
    schema: body.schema,
    examples: [
      ...(body.example === undefined ? [] : [body.example]),
      ...Object.values(body.examples ?? {}).map(({ value }) => value),
    ],
  }));
}

/** Every keyword of a schema and of the schemas within it; names of properties are none. */
function keywordsOf(schema: unknown, place: string): { place: string; keyword: string; value: unknown }[] {
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => [
    { place, keyword, value },
    ...(keyword === 'properties' && isObject(value)
      ? Object.entries(value).flatMap(([name, inner]) => keywordsOf(inner, `${place}.${name}`))
      : []),
    ...(keyword === 'items' ? keywordsOf(value, `${place}[]`) : []),
  ]);
}

/** The schema with every object of named properties closed to others. */
function close(schema: unknown): Record<string, unknown> {
  if (!isObject(schema)) return {};
  const { properties, items } = schema;
  return {
    ...schema,
    ...(isObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, close(inner)])),
      additionalProperties: false,
    }),
    ...(items !== undefined && { items: close(items) }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
