import * as z from 'zod';

const integrationSchema = z.object({
  type: z.literal('aws_proxy', 'only Lambda proxy integrations are served'),
  httpMethod: z.literal('POST', 'Lambda is invoked by POST'),
  uri: z.string(),
  responseTransferMode: z.enum(['BUFFERED', 'STREAM']).default('BUFFERED'),
  timeoutInMillis: z.int().positive().optional(),
});

const operationSchema = z.looseObject({ 'x-amazon-apigateway-integration': integrationSchema });
const pathSchema = z.record(z.string(), z.unknown());

const authorizerSchema = z.looseObject({ authorizerUri: z.string() });
const schemeSchema = z.looseObject({ 'x-amazon-apigateway-authorizer': authorizerSchema.optional() });

const bodySchema = z.looseObject({
  paths: z.record(z.string(), pathSchema),
  components: z.looseObject({ securitySchemes: z.record(z.string(), schemeSchema).default({}) }),
});

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);

/**
 * Gives the name of the function that API Gateway invokes by an ARN. `caller` is what it invokes it for, as the last
 * part of a source ARN: `{stage}/GET/path` or `authorizers/id`. Throws when it may not.
 */
export type InvokedBy = (arn: string, caller: string) => string;

/**
 * The OpenAPI body of an API in a template, with its intrinsic functions evaluated, as the contract it was made from:
 * integrations and authorizers become the names of functions. Throws where API Gateway could not invoke a function.
 */
export function apiDocument(body: unknown, invokedBy: InvokedBy): unknown {
  const { paths, components, ...rest } = bodySchema.parse(body);
  return {
    ...rest,
    components: {
      ...components,
      securitySchemes: mapValues(components.securitySchemes, (scheme, name) => {
        const { 'x-amazon-apigateway-authorizer': authorizer, ...others } = scheme;
        if (!authorizer) return scheme;
        const { authorizerUri, ...settings } = authorizer;
        const functionName = invokedBy(arnIn(authorizerUri, 'BUFFERED'), `authorizers/${name}`);
        return { ...others, 'x-amazon-apigateway-authorizer': { ...settings, 'x-gatehouse-function': functionName } };
      }),
    },
    paths: mapValues(paths, (item, path) =>
      mapValues(item, (value, method) =>
        methods.has(method)
          ? operation(value, (arn) => invokedBy(arn, `{stage}/${method.toUpperCase()}${path.replace(/\{\w+\}/g, '*')}`))
          : value,
      ),
    ),
  };
}

function operation(value: unknown, functionAt: (arn: string) => string): unknown {
  const { 'x-amazon-apigateway-integration': integration, ...others } = operationSchema.parse(value);
  const { uri, responseTransferMode, timeoutInMillis } = integration;
  return {
    ...others,
    'x-gatehouse-function': functionAt(arnIn(uri, responseTransferMode)),
    'x-gatehouse-transfer': responseTransferMode,
    ...(timeoutInMillis !== undefined && { 'x-gatehouse-timeout-ms': timeoutInMillis }),
  };
}

const uris = {
  BUFFERED: /^arn:aws:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/,
  STREAM: /^arn:aws:apigateway:[a-z0-9-]+:lambda:path\/2021-11-15\/functions\/(.+)\/response-streaming-invocations$/,
};

/** The ARN of the function, alias or version that API Gateway invokes there. */
function arnIn(uri: string, transfer: keyof typeof uris): string {
  const [, arn] = uris[transfer].exec(uri) ?? [];
  if (arn === undefined) throw new Error(`API Gateway cannot invoke a function at ${uri} (${transfer}).`);
  return arn;
}

function mapValues<T>(record: Record<string, T>, change: (value: T, key: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
