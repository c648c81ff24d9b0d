import { expect, it } from 'vitest';
import { documentForPrism } from './calls/document-for-prism.ts';

const taken = { 200: { description: 'Taken.' } };

it('leaves out what Prism does not need and what it would refuse the document for', () => {
  const operation = {
    parameters: [{ name: 'key', in: 'query', required: true, schema: { type: 'string' } }],
    requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } },
    responses: { 200: { $ref: '#/components/responses/Pet' } },
  };
  const { document, withheld } = documentForPrism({
    openapi: '3.2.0',
    paths: { '/pets/{.id*}': { post: operation } },
    webhooks: { born: { post: { responses: {} } } },
    components: {
      securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'key' } },
      schemas: {
        Pet: {
          example: { $ref: 'not a reference' },
          properties: {
            example: { $ref: '#/components/schemas/Kind' },
            lost: { $ref: '#/components/schemas/Lost' },
            far: { $ref: 'https://example.com/pet.json' },
          },
        },
        Kind: { type: 'string' },
        Reply: { type: 'object' },
      },
    },
  });
  expect(withheld).toBe(0);
  expect(document).toEqual({
    openapi: '3.1.0',
    paths: {
      '/pets/{id}': {
        post: {
          parameters: [{ name: 'key', in: 'query', schema: { type: 'string' } }],
          requestBody: operation.requestBody,
          responses: taken,
        },
      },
    },
    components: {
      securitySchemes: {},
      schemas: {
        Pet: { properties: { example: { $ref: '#/components/schemas/Kind' }, lost: {}, far: {} } },
        Kind: { type: 'string' },
      },
    },
  });
});

it('has a route for each of the operations that a fragment tells apart', () => {
  const { document } = documentForPrism({ openapi: '3.0.3', paths: { '/': {}, '/#A': {}, '/#B': {}, '/?b=1': {} } });
  expect(Object.keys(document.paths as object)).toEqual([
    '/',
    ...['', '', ''].map(() => expect.stringMatching(/^\/-\w{12}\/$/)),
  ]);
  expect(new Set(Object.keys(document.paths as object)).size).toBe(4);
});

it.each([
  [{ in: 'header', schema: { type: 'array' } }, true],
  [{ in: 'header', schema: { type: 'string' } }, false],
  [{ in: 'path', schema: { $ref: '#/components/schemas/List' } }, true],
  [{ in: 'path', style: 'matrix', schema: { type: 'string' } }, true],
  [{ in: 'query', style: 'pipeDelimited', schema: { type: 'object' } }, true],
  [{ in: 'query', style: 'pipeDelimited', schema: { type: 'array' } }, false],
])('withholds the shape of a parameter that ends Prism: %j is %s', (parameter, isWithheld) => {
  const parameters = [{ name: 'a', required: true, ...parameter }];
  const components = { schemas: { List: { type: 'array' } } };
  const { document, withheld } = documentForPrism({
    openapi: '3.0.3',
    paths: { '/': { get: { parameters } } },
    components,
  });
  expect(withheld).toBe(isWithheld ? 1 : 0);
  const kept = isWithheld ? [{ in: parameter.in, name: 'a', required: true, schema: {} }] : parameters;
  expect(document.paths).toEqual({ '/': { get: { parameters: kept } } });
});
