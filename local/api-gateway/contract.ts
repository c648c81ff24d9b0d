import * as z from 'zod';

/** A REQUEST authorizer, as a security scheme describes it. */
export interface Authorizer {
  /** Name of the security scheme: cached results belong to one authorizer. */
  scheme: string;
  functionName: string;
  identitySources: IdentitySource[];
  ttlSeconds: number;
}

/** Where a part of the credential stands in a request. Header names are in lower case. */
interface IdentitySource {
  in: 'header' | 'querystring';
  name: string;
}

/** One method of one path, with what answers it. */
export interface Operation {
  method: string;
  /** The path template, `/admin/specs/{spec}`. */
  resource: string;
  functionName: string;
  transfer: 'BUFFERED' | 'STREAM';
  timeoutMs: number;
  /** Absent on public routes. */
  authorizer?: Authorizer;
  /** Whether the authorizer has to name a key under which the request is counted. */
  isCounted: boolean;
  /** What a request must have before a function is invoked. */
  required: RequestRules;
}

/** A request validator with what it looks at. */
export interface RequestRules {
  /** Parameters that must be there and not empty. */
  parameters: { in: 'header' | 'query'; name: string }[];
  /** JSON Schemas (draft 4) of bodies, by media type; a body of another type is not looked at. */
  bodies: Record<string, Schema>;
}

type Schema = Record<string, unknown>;

/** A gateway response of the document, by its type in `Contract.gatewayResponses`. */
interface GatewayResponse {
  statusCode?: number | undefined;
  /** Header values without the single quotes that mark them as static. */
  headers: Record<string, string>;
  template?: string | undefined;
}

/** What the stand-in needs to know of `openapi/gateway.yaml`. */
export interface Contract {
  operations: Operation[];
  gatewayResponses: Record<string, GatewayResponse>;
  /** Bodies of these types, in lower case, reach functions as base64. */
  binaryTypes: ReadonlySet<string>;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

/** API Gateway's default quota for buffered integrations, and its limit for streamed ones. */
const maxTimeoutMs = { BUFFERED: 29_000, STREAM: 900_000 };

const operationSchema = z.object({
  operationId: z.string(),
  parameters: z.array(z.object({ in: z.string(), name: z.string(), required: z.boolean().default(false) })).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()).default({}) })) })
    .default({ content: {} }),
  'x-amazon-apigateway-request-validator': z.string().optional(),
  security: z
    .array(z.record(z.string(), z.array(z.string())))
    .max(2, 'API Gateway attaches one authorizer, and may ask for one of its keys')
    .default([]),
  'x-gatehouse-function': z.string().optional(),
  'x-gatehouse-transfer': z.enum(['BUFFERED', 'STREAM']).default('BUFFERED'),
  'x-gatehouse-timeout-ms': z.int().positive().default(29_000),
});

const identitySourceSchema = z.string().regex(/^method\.request\.(header|querystring)\.[^.\s]+$/);

const authorizerSchema = z.object({
  type: z.literal('request'),
  identitySource: z
    .string()
    .transform((list) => list.split(',').map((source) => source.trim()))
    .pipe(z.array(identitySourceSchema)),
  authorizerResultTtlInSeconds: z.int().min(0).max(3600).default(300),
  'x-gatehouse-function': z.string(),
});

const gatewayResponseSchema = z.object({
  statusCode: z.coerce.number().int().optional(),
  responseParameters: z
    .record(
      z.string().regex(/^gatewayresponse\.header\.[A-Za-z0-9-]+$/),
      z.string().regex(/^'.*'$/, 'only static values in single quotes are taken'),
    )
    .default({}),
  responseTemplates: z.object({ 'application/json': z.string().optional() }).default({}),
});

const documentSchema = z.object({
  paths: z.record(
    z.string().startsWith('/'),
    z.object({
      get: operationSchema.optional(),
      put: operationSchema.optional(),
      post: operationSchema.optional(),
      delete: operationSchema.optional(),
      options: operationSchema.optional(),
      head: operationSchema.optional(),
      patch: operationSchema.optional(),
    }),
  ),
  components: z
    .object({
      securitySchemes: z
        .record(z.string(), z.object({ 'x-amazon-apigateway-authorizer': authorizerSchema.optional() }))
        .default({}),
      schemas: z.record(z.string(), z.unknown()).default({}),
    })
    .default({ securitySchemes: {}, schemas: {} }),
  'x-amazon-apigateway-request-validators': z
    .record(z.string(), z.object({ validateRequestParameters: z.boolean(), validateRequestBody: z.boolean() }))
    .default({}),
  'x-amazon-apigateway-gateway-responses': z.record(z.string(), gatewayResponseSchema).default({}),
  'x-amazon-apigateway-binary-media-types': z.array(z.string()).default([]),
});

/** Reads the parsed document. Throws, naming the place, when it cannot be served. */
export function readContract(document: unknown): Contract {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) throw new Error(`The API document cannot be served:\n${z.prettifyError(parsed.error)}`);
  const { paths, components, 'x-amazon-apigateway-gateway-responses': responses } = parsed.data;
  const validators = parsed.data['x-amazon-apigateway-request-validators'];
  const authorizers = new Map<string, Authorizer>(
    Object.entries(components.securitySchemes).flatMap(([name, { 'x-amazon-apigateway-authorizer': authorizer }]) =>
      authorizer ? [[name, toAuthorizer(name, authorizer)]] : [],
    ),
  );
  return {
    binaryTypes: new Set(parsed.data['x-amazon-apigateway-binary-media-types'].map((type) => type.toLowerCase())),
    operations: Object.entries(paths).flatMap(([resource, item]) =>
      methods.flatMap((method) => {
        const operation = item[method];
        if (!operation) return [];
        const required = toRules(operation, validators, components.schemas);
        return [{ ...toOperation(method, resource, operation, authorizers), required }];
      }),
    ),
    gatewayResponses: Object.fromEntries(
      Object.entries(responses).map(([type, response]) => [type, toGatewayResponse(response)]),
    ),
  };
}

function toOperation(
  method: string,
  resource: string,
  operation: z.infer<typeof operationSchema>,
  authorizers: Map<string, Authorizer>,
): Omit<Operation, 'required'> {
  const transfer = operation['x-gatehouse-transfer'];
  const schemes = operation.security.flatMap((requirement) => Object.keys(requirement));
  const [scheme] = schemes;
  const authorizer = scheme === undefined ? undefined : authorizers.get(scheme);
  if (scheme !== undefined && !authorizer) {
    throw new Error(
      `The API document cannot be served: ${operation.operationId} names no security scheme "${scheme}".`,
    );
  }
  return {
    method: method.toUpperCase(),
    resource,
    functionName: operation['x-gatehouse-function'] ?? operation.operationId,
    transfer,
    timeoutMs: Math.min(operation['x-gatehouse-timeout-ms'], maxTimeoutMs[transfer]),
    ...(authorizer && { authorizer }),
    // A scheme without an authorizer asks for one of API Gateway's own keys.
    isCounted: schemes.some((name) => !authorizers.has(name)),
  };
}

type Validators = z.infer<typeof documentSchema>['x-amazon-apigateway-request-validators'];

function toRules(
  { operationId, parameters, requestBody, ...operation }: z.infer<typeof operationSchema>,
  validators: Validators,
  schemas: Schema,
): RequestRules {
  const name = operation['x-amazon-apigateway-request-validator'];
  const validator = name === undefined ? undefined : validators[name];
  if (name !== undefined && !validator) {
    throw new Error(`The API document cannot be served: ${operationId} names no request validator "${name}".`);
  }
  return {
    parameters: validator?.validateRequestParameters
      ? parameters.flatMap(({ in: place, name, required }) =>
          required && (place === 'header' || place === 'query') ? [{ in: place, name }] : [],
        )
      : [],
    bodies: validator?.validateRequestBody
      ? Object.fromEntries(
          // References in a schema are to the document's components.
          Object.entries(requestBody.content).map(([type, { schema }]) => [
            type,
            { ...schema, components: { schemas } },
          ]),
        )
      : {},
  };
}

function toAuthorizer(scheme: string, authorizer: z.infer<typeof authorizerSchema>): Authorizer {
  return {
    scheme,
    functionName: authorizer['x-gatehouse-function'],
    identitySources: authorizer.identitySource.map(toIdentitySource),
    ttlSeconds: authorizer.authorizerResultTtlInSeconds,
  };
}

function toIdentitySource(source: string): IdentitySource {
  const [, , place, name = ''] = source.split('.');
  return place === 'header' ? { in: 'header', name: name.toLowerCase() } : { in: 'querystring', name };
}

function toGatewayResponse(response: z.infer<typeof gatewayResponseSchema>): GatewayResponse {
  return {
    statusCode: response.statusCode,
    headers: Object.fromEntries(
      Object.entries(response.responseParameters).map(([name, value]) => [
        name.slice('gatewayresponse.header.'.length),
        value.slice(1, -1),
      ]),
    ),
    template: response.responseTemplates['application/json'],
  };
}
