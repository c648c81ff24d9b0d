import { describe, expect, it } from 'vitest';
import { importReportSchema } from '../../functions/catalogue/types.ts';
import { documentOf, importing, operationOf } from './importing.ts';

describe('the servers of a document', () => {
  const server = (url: string, variables?: unknown) =>
    importing({ ...operationOf({}), servers: [{ url, ...(variables !== undefined && { variables }) }] }).report
      .servers?.[0];

  it('are suggestions, with the defaults of their variables', () => {
    const variables = {
      region: { default: 'eu', enum: ['eu', 'us'], description: 'Where it <b>is</b>' },
      port: { default: 8443 },
      base: { enum: ['v1'] },
    };
    expect(server('https://{region}.example.com:{port}/{base}/', variables)).toEqual({
      url: 'https://{region}.example.com:{port}/{base}/',
      base_url: 'https://eu.example.com:8443/v1',
      variables: [
        { name: 'region', default: 'eu', enum: ['eu', 'us'], description: 'Where it is' },
        { name: 'port', default: '8443' },
        { name: 'base', enum: ['v1'] },
      ],
    });
  });

  it.each([
    ['/v1', 'is relative to where the document was found'],
    ['//api.example.com/v1', 'is relative'],
    ['https://{host}/v1', 'has a variable without a default'],
    ['http://api.example.com', 'does not use https'],
    ['ftp://api.example.com', 'is not a URL with https'],
    ['javascript:alert(1)', 'is not a URL with https'],
    ['file:///etc/passwd', 'is not a URL with https'],
    ['https:\\\\api.example.com', 'is not a URL with https'],
    ['https://admin:secret@api.example.com', 'has a user or password in it'],
    ['https://api.example.com@evil.example.net/', 'has a user or password in it'],
    ['https://127.0.0.1/', 'has an IP address'],
    ['https://2130706433/', 'has an IP address'],
    ['https://0x7f.1/', 'has an IP address'],
    ['https://[::1]:8080/', 'has an IP address'],
    ['https://169.254.169.254/latest', 'has an IP address'],
    ['https://localhost:8443', 'has a name that is not public'],
    ['https://metadata.google.internal/', 'has a name that is not public'],
    ['https://intranet/', 'has a name that is not public'],
    ['https://printer.local./', 'has a name that is not public'],
    ['https://api.example.com/v1?key=1', 'has a query or a fragment'],
  ])('such as %s are marked, and no base URL is suggested', (url, problem) => {
    expect(server(url)).toEqual({ url, problem: expect.stringContaining(problem) });
  });

  it('cannot smuggle a host in by a variable', () => {
    expect(server('https://{host}', { host: { default: 'api.example.com@10.0.0.1' } })).toMatchObject({
      problem: expect.stringContaining('has a user or password'),
    });
  });

  it('are made of scheme, host and path in 2.0', () => {
    const document = {
      ...documentOf({}),
      openapi: undefined,
      swagger: '2.0',
      host: 'api.example.com',
      basePath: '/v1',
    };
    expect(importing({ ...document, schemes: ['https', 'http'] }).report.servers).toEqual([
      { url: 'https://api.example.com/v1', base_url: 'https://api.example.com/v1' },
      { url: 'http://api.example.com/v1', problem: 'does not use https' },
    ]);
    expect(importing({ ...document, host: undefined }).report.servers).toEqual([]);
  });
});

describe('the credentials that a document asks for', () => {
  it('are told by kind, and for every operation with their scopes', () => {
    const { report } = importing(
      documentOf(
        {
          '/a': { get: {} },
          '/b': { get: { security: [{ oauth: ['read', 'write'], key: [] }, {}] } },
          '/c': { get: { security: [] } },
        },
        {
          security: [{ bearer: [] }],
          components: {
            securitySchemes: {
              key: { type: 'apiKey', in: 'header', name: 'X-Key', description: 'Ask <i>us</i>.' },
              bearer: { $ref: '#/components/x-bearer' },
              oauth: {
                type: 'oauth2',
                flows: {
                  clientCredentials: { tokenUrl: 'https://id.example.com/token', scopes: { read: '', write: '' } },
                },
              },
              oidc: {
                type: 'openIdConnect',
                openIdConnectUrl: 'https://id.example.com/.well-known/openid-configuration',
              },
            },
            'x-bearer': { type: 'http', scheme: 'bearer' },
          },
        },
      ),
    );
    expect(report.security_schemes).toEqual([
      { name: 'key', type: 'apiKey', in: 'header', parameter: 'X-Key', description: 'Ask us.' },
      { name: 'bearer', type: 'http', scheme: 'bearer' },
      {
        name: 'oauth',
        type: 'oauth2',
        flows: [{ flow: 'clientCredentials', token_url: 'https://id.example.com/token', scopes: ['read', 'write'] }],
      },
      {
        name: 'oidc',
        type: 'openIdConnect',
        openid_connect_url: 'https://id.example.com/.well-known/openid-configuration',
      },
    ]);
    expect(report.operations.map(({ security }) => security)).toEqual([
      [[{ scheme: 'bearer', scopes: [] }]],
      [
        [
          { scheme: 'oauth', scopes: ['read', 'write'] },
          { scheme: 'key', scopes: [] },
        ],
        [],
      ],
      [],
    ]);
  });

  it('are told in the terms of OpenAPI 3 for 2.0 too', () => {
    const { report } = importing({
      swagger: '2.0',
      info: { title: 'Pets', version: '1' },
      paths: { '/a': { get: {} } },
      securityDefinitions: {
        basic: { type: 'basic' },
        key: { type: 'apiKey', in: 'query', name: 'key' },
        oauth: {
          type: 'oauth2',
          flow: 'accessCode',
          tokenUrl: 'https://a.example/t',
          authorizationUrl: 'https://a.example/a',
          scopes: { r: '' },
        },
      },
    });
    expect(report.security_schemes).toEqual([
      { name: 'basic', type: 'http', scheme: 'basic' },
      { name: 'key', type: 'apiKey', in: 'query', parameter: 'key' },
      {
        name: 'oauth',
        type: 'oauth2',
        flows: [
          {
            flow: 'authorizationCode',
            authorization_url: 'https://a.example/a',
            token_url: 'https://a.example/t',
            scopes: ['r'],
          },
        ],
      },
    ]);
    expect(report.operations[0]).not.toHaveProperty('security');
  });

  it('fill in their parameters, so that no model is asked for them, also when they are referred to', () => {
    const { tool } = importing(
      operationOf(
        { parameters: [{ name: 'x-key', in: 'header', required: true, schema: { type: 'string' } }] },
        {
          components: {
            securitySchemes: {
              key: { $ref: '#/components/securitySchemes/other' },
              other: { type: 'apiKey', in: 'header', name: 'X-Key' },
            },
          },
        },
      ),
    );
    expect(tool.input_schema.properties).toEqual({});
  });
});

it('keeps reading reports that were stored before there was all of this', () => {
  const report = {
    title: 'Pets',
    version: '1',
    dialect: '3.0.3',
    operations: [{ method: 'GET', path: '/pets', status: 'ok', tool: 'get_pets', notes: [] }],
    tools: 1,
    lowered: 0,
    skipped: 0,
    warnings: [],
  };
  expect(importReportSchema.parse(report)).toEqual(report);
});
