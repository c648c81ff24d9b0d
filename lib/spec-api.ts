import { Aws } from 'aws-cdk-lib';
import { type Contract, type Operation, operationsOf } from './contract.ts';

/** What the contract leaves to whoever deploys it. */
export interface Deployment {
  /** Name of the API, by which its metrics are found. */
  name: string;
  /** ARN of the function's alias that takes the traffic. */
  functionArn: (functionName: string) => string;
  /** Where clients reach the gateway; `undefined` while nobody knows. */
  publicUrl: string | undefined;
  /** Whether the address that AWS gives every API is closed. */
  closesDefaultEndpoint: boolean;
}

/** Only clients with TLS 1.3, or 1.2 with forward secrecy, and only under the name that they asked for. */
export const transportSecurity = {
  policy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
  accessMode: 'STRICT',
};

/**
 * The contract as API Gateway imports it: with integrations, authorizers and validators, without what only readers
 * need. All of the API is in it, because importing it replaces whatever is set elsewhere.
 */
export function compileContract(contract: Contract, deployment: Deployment): Record<string, unknown> {
  const { paths: _, components, info, ...rest } = contract;
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operationsOf(contract)) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: compileOperation(operation, deployment) };
  }
  const securitySchemes = Object.fromEntries(
    Object.entries(components.securitySchemes).map(([name, scheme]) => {
      const authorizer = scheme['x-amazon-apigateway-authorizer'];
      const authorizerUri = invocationUri(deployment.functionArn(authorizer['x-gatehouse-function']), 'BUFFERED');
      return [name, { ...scheme, 'x-amazon-apigateway-authorizer': { ...authorizer, authorizerUri } }];
    }),
  );
  const body = withoutNotes({
    ...rest,
    info: { ...info, title: deployment.name },
    paths,
    components: { ...components, securitySchemes: { ...securitySchemes, api_key: usageKey } },
  });
  return {
    ...withResourceMetadata(body, deployment.publicUrl),
    'x-amazon-apigateway-request-validators': validators,
    'x-amazon-apigateway-api-key-source': 'AUTHORIZER',
    'x-amazon-apigateway-security-policy': transportSecurity.policy,
    'x-amazon-apigateway-endpoint-access-mode': transportSecurity.accessMode,
    'x-amazon-apigateway-endpoint-configuration': { disableExecuteApiEndpoint: deployment.closesDefaultEndpoint },
  };
}

/**
 * The key under which API Gateway counts a request. It is no credential: the authorizer says which one, as the source of
 * keys, which is set above, tells API Gateway.
 */
const usageKey = { type: 'apiKey', name: 'x-api-key', in: 'header' };

/**
 * Bodies are left to the functions: they answer a wrong one with the field and what to write there, which is part of the
 * contract, and API Gateway's 400 in their stead would name neither.
 */
const validators = {
  parameters: { validateRequestParameters: true, validateRequestBody: false },
};

function compileOperation(operation: Operation, { functionArn }: Deployment): Record<string, unknown> {
  const { definition, functionName, transfer, timeoutMs, scheme } = operation;
  return {
    ...definition,
    // API Gateway takes several requirements together, unlike OpenAPI.
    security: scheme === undefined ? [] : [...definition.security, { api_key: [] }],
    'x-amazon-apigateway-request-validator': 'parameters' satisfies keyof typeof validators,
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: invocationUri(functionArn(functionName), transfer),
      passthroughBehavior: 'when_no_match',
      timeoutInMillis: timeoutMs,
      ...(transfer === 'STREAM' && { responseTransferMode: 'STREAM' }),
    },
  };
}

function invocationUri(functionArn: string, transfer: 'BUFFERED' | 'STREAM'): string {
  const [version, invocation] =
    transfer === 'STREAM' ? ['2021-11-15', 'response-streaming-invocations'] : ['2015-03-31', 'invocations'];
  return `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/${version}/functions/${functionArn}/${invocation}`;
}

/** Removes `x-gatehouse-*` and examples, but not a property of a schema that happens to have such a name. */
function withoutNotes(value: unknown, isMapOfNames = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNotes(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isMapOfNames || !(key.startsWith('x-gatehouse-') || key === 'example' || key === 'examples'))
      .map(([key, inner]) => [key, withoutNotes(inner, key === 'properties')]),
  );
}

const metadataUrl = /\$\{resource_metadata_url\}/g;
const metadataParameter = /resource_metadata="\$\{resource_metadata_url\}"/g;

/** Writes the metadata's URL into the challenges, or leaves it out of them while it is unknown. */
function withResourceMetadata(body: unknown, publicUrl: string | undefined): object {
  const filled = JSON.stringify(body, (_key, value: unknown) => {
    if (typeof value !== 'string') return value;
    return publicUrl === undefined
      ? value.replace(metadataParameter, 'realm="gatehouse"')
      : value.replace(metadataUrl, `${publicUrl}/.well-known/oauth-protected-resource/mcp`);
  });
  return JSON.parse(filled) as object;
}
