import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Contract, operationsOf, readContract } from '../../lib/contract.ts';
import { functionsOf } from '../../lib/needs.ts';
import { compileContract } from '../../lib/spec-api.ts';
import { gatewayTemplates, textOf } from './gateway-stacks.ts';

const publicUrl = 'https://mcp.northwind.dev';
const contract = readContract();
const operations = operationsOf(contract);
const deployment = {
  name: 'gatehouse',
  functionArn: (name: string) => `arn:of:${name}`,
  publicUrl,
  closesDefaultEndpoint: true,
};

const operationSchema = z.looseObject({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.unknown())),
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })),
  requestBody: z.looseObject({ content: z.record(z.string(), z.unknown()) }).optional(),
  'x-amazon-apigateway-request-validator': z.string(),
  'x-amazon-apigateway-integration': z.strictObject({
    type: z.literal('aws_proxy'),
    httpMethod: z.literal('POST'),
    uri: z.string(),
    passthroughBehavior: z.literal('when_no_match'),
    timeoutInMillis: z.number(),
    responseTransferMode: z.string().optional(),
  }),
});
const bodySchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ securitySchemes: z.record(z.string(), z.looseObject({})) }),
  'x-amazon-apigateway-gateway-responses': z.record(
    z.string(),
    z.looseObject({ responseParameters: z.unknown().optional() }),
  ),
  'x-amazon-apigateway-request-validators': z.record(z.string(), z.unknown()),
});
type Body = z.infer<typeof bodySchema>;

const compile = (from: Contract = contract, to: Partial<typeof deployment> | { publicUrl: undefined } = {}): Body =>
  bodySchema.parse(compileContract(from, { ...deployment, ...to }));
const body = compile();
const compiled = Object.entries(body.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);

describe('the compiled contract', () => {
  it('has every operation of the contract, and no other', () => {
    const written = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(compiled.map(({ name }) => name).sort()).toEqual(written.sort());
  });

  it('lets in without a credential: the metadata at its two places, and health', () => {
    const open = compiled.filter(({ operation }) => operation.security.length === 0).map(({ name }) => name);
    expect(open).toEqual([
      'GET /.well-known/oauth-protected-resource',
      'GET /.well-known/oauth-protected-resource/mcp',
      'GET /healthz',
    ]);
  });

  it('asks everything else for exactly one credential, which the authorizer checks, and counts it', () => {
    const secured = compiled.filter(({ operation }) => operation.security.length > 0);
    const schemes = secured.map(({ operation }) => operation.security.map((scheme) => Object.keys(scheme).join()));
    expect(schemes.map(([, key]) => key)).toEqual(schemes.map(() => 'api_key'));
    expect(body.components.securitySchemes.api_key).toEqual({ type: 'apiKey', name: 'x-api-key', in: 'header' });
    for (const name of new Set(schemes.map(([credential]) => credential ?? ''))) {
      expect(body.components.securitySchemes[name]).toMatchObject({
        'x-amazon-apigateway-authorizer': {
          type: 'request',
          authorizerResultTtlInSeconds: 60,
          authorizerUri: expect.stringMatching(/\/functions\/arn:of:authorize\/invocations$/),
        },
      });
    }
  });

  it.each(compiled)('$name leads to its function', ({ name, operation }) => {
    const [method, path] = name.toLowerCase().split(' ');
    const written = operations.find((candidate) => candidate.method === method && candidate.path === path);
    const { uri } = operation['x-amazon-apigateway-integration'];
    expect(uri).toContain(`/functions/arn:of:${written?.functionName}/`);
  });

  it('streams what the contract streams, for as long as it says, and gives the rest 29 seconds', () => {
    const integrations = compiled.map(({ name, operation }) => {
      const { uri, timeoutInMillis, responseTransferMode } = operation['x-amazon-apigateway-integration'];
      return { name, streams: uri.endsWith('/response-streaming-invocations'), timeoutInMillis, responseTransferMode };
    });
    expect(integrations.filter(({ streams }) => streams)).toEqual([
      { name: 'GET /mcp', streams: true, timeoutInMillis: 900_000, responseTransferMode: 'STREAM' },
      { name: 'POST /mcp', streams: true, timeoutInMillis: 900_000, responseTransferMode: 'STREAM' },
    ]);
    const buffered = integrations.filter(({ streams }) => !streams);
    expect(buffered.every(({ timeoutInMillis }) => timeoutInMillis === 29_000)).toBe(true);
    expect(buffered.every(({ responseTransferMode }) => responseTransferMode === undefined)).toBe(true);
  });

  it('has API Gateway check parameters, and leaves bodies to the functions, whose answers say what is wrong', () => {
    const { parameters, ...others } = body['x-amazon-apigateway-request-validators'];
    expect(parameters).toEqual({ validateRequestParameters: true, validateRequestBody: false });
    expect(others).toEqual({});
    const named = compiled.map(({ operation }) => operation['x-amazon-apigateway-request-validator']);
    expect(new Set(named)).toEqual(new Set(['parameters']));
  });

  it('gives every operation the parameters of its path', () => {
    const inPath = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { name, operation } of compiled) {
      const given = operation.parameters
        .filter((parameter) => parameter.in === 'path')
        .map((parameter) => parameter.name);
      expect(given, name).toEqual(inPath(name));
    }
  });

  it('holds nothing that is for readers or for the deployment only', () => {
    const text = JSON.stringify(body);
    expect(text).not.toContain('x-gatehouse-');
    expect(text).not.toContain('"example":');
    expect(text).not.toContain('"examples":');
    expect(text).not.toContain('resource_metadata_url');
  });

  it('keeps properties that are named like what it removes', () => {
    const schema = {
      type: 'object',
      properties: { example: { type: 'string' }, 'x-gatehouse-note': { type: 'string' } },
    };
    const changed = { ...contract, components: { ...contract.components, schemas: { Sample: schema } } };
    expect(compile(changed).components).toMatchObject({ schemas: { Sample: schema } });
  });

  it('answers 401 and 403 with the challenge that leads to the metadata', () => {
    const responses = body['x-amazon-apigateway-gateway-responses'];
    const metadata = `${publicUrl}/.well-known/oauth-protected-resource/mcp`;
    expect(responses.UNAUTHORIZED).toMatchObject({
      statusCode: '401',
      responseParameters: { 'gatewayresponse.header.WWW-Authenticate': `'Bearer resource_metadata="${metadata}"'` },
    });
    expect(responses.ACCESS_DENIED).toMatchObject({
      statusCode: '403',
      responseParameters: {
        'gatewayresponse.header.WWW-Authenticate': `'Bearer error="insufficient_scope", resource_metadata="${metadata}"'`,
      },
    });
    for (const type of ['REQUEST_TOO_LARGE', 'THROTTLED', 'DEFAULT_4XX', 'DEFAULT_5XX', 'AUTHORIZER_FAILURE']) {
      expect(responses[type], type).toMatchObject({ responseTemplates: { 'application/json': expect.any(String) } });
    }
  });

  it('promises no metadata in the challenge while nobody knows where the gateway is', () => {
    const responses = compile(contract, { publicUrl: undefined })['x-amazon-apigateway-gateway-responses'];
    expect(responses.UNAUTHORIZED?.responseParameters).toEqual({
      'gatewayresponse.header.WWW-Authenticate': `'Bearer realm="gatehouse"'`,
    });
  });

  it('carries the settings of the whole API, because importing it replaces those set elsewhere', () => {
    expect(body).toMatchObject({
      'x-amazon-apigateway-api-key-source': 'AUTHORIZER',
      'x-amazon-apigateway-security-policy': 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      'x-amazon-apigateway-endpoint-access-mode': 'STRICT',
      // None that a text may have: its body would no longer come as text.
      'x-amazon-apigateway-binary-media-types': ['application/gzip', 'application/octet-stream'],
      'x-amazon-apigateway-endpoint-configuration': { disableExecuteApiEndpoint: true },
    });
  });

  it('keeps to what API Gateway reads: OpenAPI 3.0, and JSON Schema draft 4', () => {
    expect(body.openapi).toMatch(/^3\.0\./);
    const keywords =
      /"(oneOf|anyOf|allOf|discriminator|nullable|additionalProperties|readOnly|writeOnly|const|deprecated)":[^{]/;
    expect(JSON.stringify({ paths: body.paths, components: body.components })).not.toMatch(keywords);
  });
});

describe('the functions of a contract', () => {
  it('are those that it names', () => {
    expect(functionsOf(contract)).toContain('get-protected-resource');
    expect(functionsOf(contract)).not.toContain('get-protected-resource-mcp');
  });

  it('fail the synthesis when one has neither a file nor a line in the table', () => {
    const { '/healthz': health, ...paths } = contract.paths;
    const changed = structuredClone({ ...contract, paths: { ...paths, '/healthz': health, '/extra': { ...health } } });
    const extra = { ...structuredClone(z.looseObject({}).parse(health?.get)), operationId: 'get-extra' };
    const extended = { ...changed, paths: { ...changed.paths, '/extra': { parameters: [], get: extra } } } as Contract;
    expect(() => functionsOf(extended)).toThrow(
      'openapi/gateway.yaml names "get-extra", which functions/ lacks.\nopenapi/gateway.yaml names "get-extra", which lib/needs.ts lacks.',
    );
  });

  it('fail the synthesis when one has no route', () => {
    const { '/healthz': _, ...paths } = contract.paths;
    expect(() => functionsOf({ ...contract, paths })).toThrow(
      'functions/ has "get-health", which openapi/gateway.yaml never names.\nlib/needs.ts has "get-health", which openapi/gateway.yaml never names.',
    );
  });
});

describe('usage plans', () => {
  const { gateway } = gatewayTemplates({ monthlyQuota: 1_000_000, throttleRate: 50 });
  const stage = gateway.only('AWS::ApiGateway::Stage').id;

  it('count clients and administrators of the one stage apart, and limit each', () => {
    const plans = gateway.all('AWS::ApiGateway::UsagePlan').map(({ Properties }) => Properties);
    expect(plans).toEqual([
      expect.objectContaining({
        Throttle: { RateLimit: 50, BurstLimit: 400 },
        Quota: { Limit: 1_000_000, Period: 'MONTH' },
        ApiStages: [expect.objectContaining({ Stage: { Ref: stage } })],
      }),
      expect.objectContaining({ Throttle: { RateLimit: 20, BurstLimit: 40 } }),
    ]);
    expect(gateway.all('AWS::ApiGateway::UsagePlanKey')).toHaveLength(2);
  });

  it('have the keys that the authorizer names', () => {
    const values = gateway.all('AWS::ApiGateway::ApiKey').map(({ Properties }) => String(Properties.Value));
    expect(values).toEqual(['gatehouse-counts-its-mcp-clients', 'gatehouse-counts-its-administrators']);
    // What API Gateway takes: 20 to 128 characters.
    expect(values.every((value) => value.length >= 20)).toBe(true);
    const authorizer = gateway
      .all('AWS::Lambda::Function')
      .find((fn) => fn.Metadata['gatehouse:function'] === 'authorize');
    expect(JSON.stringify(authorizer?.Properties.Environment)).toContain(
      JSON.stringify(JSON.stringify({ token: values[0], key: values[1] })),
    );
  });
});

describe('API Gateway', () => {
  const { gateway } = gatewayTemplates();
  const api = gateway.only('AWS::ApiGateway::RestApi');

  it('is built from the contract: it fails on warnings, replaces what was there, and is regional', () => {
    expect(api.Properties).toMatchObject({
      // Metrics are found by this name, whichever of the two API Gateway takes.
      Name: 'gatehouse',
      Body: { info: { title: 'gatehouse' } },
      FailOnWarnings: true,
      Mode: 'overwrite',
      EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
    });
  });

  it('may invoke a function for its own operations only', () => {
    const permissions = gateway.all('AWS::Lambda::Permission').map(({ Properties }) => ({
      alias: textOf(Properties.FunctionName),
      source: textOf(Properties.SourceArn).split(`<AWS::AccountId>:${api.id}`)[1],
    }));
    const arnOf = (path: string) => path.replaceAll(/\{[^}]*\}/g, '*');
    const expected = operations.map(({ method, path, functionName }) => ({
      alias: expect.stringMatching(`^Functions${functionName.replaceAll('-', '')}Function`),
      source: `/v1/${method.toUpperCase()}${arnOf(path)}`,
    }));
    const authorizer = { alias: expect.stringMatching(/^FunctionsauthorizeFunction/), source: '/authorizers/*' };
    expect(permissions).toHaveLength(expected.length + 1);
    expect(permissions).toEqual(expect.arrayContaining([...expected, authorizer]));
  });

  it('throttles, traces and logs its one stage', () => {
    expect(gateway.only('AWS::ApiGateway::Stage').Properties).toMatchObject({
      StageName: 'v1',
      TracingEnabled: true,
      MethodSettings: [{ ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400, LoggingLevel: 'ERROR' }],
      AccessLogSetting: { DestinationArn: expect.anything() },
    });
  });

  it('is deployed anew when the contract changes', () => {
    const other = gatewayTemplates({ publicUrl: 'https://abc.execute-api.us-east-1.amazonaws.com/v1' }).gateway;
    expect(other.only('AWS::ApiGateway::Deployment').id).not.toBe(gateway.only('AWS::ApiGateway::Deployment').id);
  });
});
