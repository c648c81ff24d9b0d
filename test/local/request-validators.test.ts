import { expect, it, onTestFinished } from 'vitest';
import { readContract } from '../../local/api-gateway/contract.ts';
import { EventTooLarge } from '../../local/api-gateway/invoke.ts';
import { startApiGateway } from '../../local/api-gateway.ts';
import { send } from './send.ts';

const operation = {
  operationId: 'put-thing',
  'x-amazon-apigateway-request-validator': 'all',
  parameters: [
    { in: 'query', name: 'shop', required: true },
    { in: 'header', name: 'X-Reason', required: true },
    { in: 'query', name: 'note' },
  ],
  requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
};

const document = {
  paths: {
    '/things': { put: operation, post: { ...operation, 'x-amazon-apigateway-request-validator': 'parameters' } },
  },
  components: {
    schemas: {
      Thing: { type: 'object', required: ['name'], properties: { name: { $ref: '#/components/schemas/Name' } } },
      Name: { type: 'string', minLength: 2 },
    },
  },
  'x-amazon-apigateway-request-validators': {
    all: { validateRequestParameters: true, validateRequestBody: true },
    parameters: { validateRequestParameters: true, validateRequestBody: false },
  },
};

async function serve() {
  const gateway = await startApiGateway({ document, invoke: async () => ({ statusCode: 200, body: 'done' }) });
  onTestFinished(() => gateway.close());
  return gateway.url;
}

const json = { 'content-type': 'application/json', 'x-reason': 'because' };

it.each([
  ['whole', 'PUT', '/things?shop=a', json, '{"name":"Rug"}', 200],
  ['without a parameter that may be left out', 'PUT', '/things?shop=a&note=', json, '{"name":"Rug"}', 200],
  ['without a query parameter', 'PUT', '/things', json, '{"name":"Rug"}', 400],
  ['with an empty query parameter', 'PUT', '/things?shop=', json, '{"name":"Rug"}', 400],
  ['without a header', 'PUT', '/things?shop=a', { 'content-type': 'application/json' }, '{"name":"Rug"}', 400],
  ['that lacks a member', 'PUT', '/things?shop=a', json, '{}', 400],
  ['with a member that a referenced schema refuses', 'PUT', '/things?shop=a', json, '{"name":"R"}', 400],
  ['that is no JSON', 'PUT', '/things?shop=a', json, '{"name"', 400],
  ['that is empty', 'PUT', '/things?shop=a', json, '', 400],
  [
    'with a charset',
    'PUT',
    '/things?shop=a',
    { ...json, 'content-type': 'Application/JSON; charset=utf-8' },
    '{}',
    400,
  ],
  ['without a content type', 'PUT', '/things?shop=a', { 'x-reason': 'because' }, '{}', 400],
  ['of a type that nobody described', 'PUT', '/things?shop=a', { ...json, 'content-type': 'text/plain' }, '{}', 200],
  ['whose body is not to be looked at', 'POST', '/things?shop=a', json, '{}', 200],
  ['whose parameters alone are, and lack', 'POST', '/things', json, '{}', 400],
])('a request %s: %s %s', async (_, method, path, headers, body, status) => {
  const answer = await send(await serve(), path, { method, headers, body });
  expect(answer.status).toBe(status);
  if (status === 400) expect(answer.body).toMatch(/Missing required request parameters|Invalid request body/);
});

it('a document that names an unknown validator cannot be served', () => {
  expect(() => readContract({ ...document, 'x-amazon-apigateway-request-validators': {} })).toThrow(
    'put-thing names no request validator "all"',
  );
});

it('an event that is too large for Lambda is a request that is too large', async () => {
  const tooLarge = () => Promise.reject(new EventTooLarge('6 MB'));
  const gateway = await startApiGateway({
    document: { paths: { '/': { get: { operationId: 'get' } } } },
    invoke: tooLarge,
  });
  onTestFinished(() => gateway.close());
  expect(await send(gateway.url, '/')).toMatchObject({ status: 413 });
});
