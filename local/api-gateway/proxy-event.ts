import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { addHeader, headerValues, type MultiHeaders, mediaTypeIn } from './headers.ts';
import type { Match } from './match-operation.ts';

/** A request that has arrived in full. */
export interface Arrival {
  requestId: string;
  /** Epoch milliseconds. */
  time: number;
  method: string;
  /** As the client sent it, without the query. */
  path: string;
  query: URLSearchParams;
  headers: MultiHeaders;
  body: Buffer;
  sourceIp: string;
}

/** What the stand-in calls itself in events. */
export interface ApiIdentity {
  stage: string;
  publicUrl: URL;
  /** Media types whose bodies reach functions as base64. */
  binaryTypes: ReadonlySet<string>;
}

const accountId = '000000000000';
const apiId = 'gatehouse';

/** Adds what API Gateway tells a function about how the request came. */
export function addForwardedHeaders(headers: MultiHeaders, sourceIp: string, { publicUrl }: ApiIdentity): void {
  const before = headerValues(headers, 'X-Forwarded-For');
  for (const name of ['X-Forwarded-For', 'X-Forwarded-Port', 'X-Forwarded-Proto']) remove(headers, name);
  const isTls = publicUrl.protocol === 'https:';
  addHeader(headers, 'X-Forwarded-For', [...before, sourceIp].join(', '));
  addHeader(headers, 'X-Forwarded-Port', publicUrl.port || (isTls ? '443' : '80'));
  addHeader(headers, 'X-Forwarded-Proto', isTls ? 'https' : 'http');
  if (headerValues(headers, 'X-Amzn-Trace-Id').length === 0) {
    const seconds = Math.floor(Date.now() / 1000).toString(16);
    addHeader(headers, 'X-Amzn-Trace-Id', `Root=1-${seconds}-${randomBytes(12).toString('hex')}`);
  }
}

function remove(headers: MultiHeaders, name: string): void {
  for (const known of [...headers.keys()]) {
    if (known.toLowerCase() === name.toLowerCase()) headers.delete(known);
  }
}

/** The name by which policies allow or deny this request: it has the path as sent, without its leading slash. */
export function methodArn({ method, path }: Arrival, { stage }: ApiIdentity): string {
  return `arn:aws:execute-api:us-east-1:${accountId}:${apiId}/${stage}/${method}${path}`;
}

/** The v1 event of a Lambda proxy integration. `authorizer` is what the authorizer has found out, if there is one. */
export function proxyEvent(
  arrival: Arrival,
  match: Match,
  api: ApiIdentity,
  authorizer: Record<string, string> | undefined,
): APIGatewayProxyEvent {
  const event = common(arrival, match, api);
  const requestContext = { ...event.requestContext, authorizer: authorizer ?? null };
  return { ...event, requestContext, ...eventBody(arrival, api) };
}

/** The event of a REQUEST authorizer: the same without body. */
export function authorizerEvent(arrival: Arrival, match: Match, api: ApiIdentity): APIGatewayRequestAuthorizerEvent {
  const event = common(arrival, match, api);
  const requestContext = { ...event.requestContext, authorizer: undefined };
  return { type: 'REQUEST', methodArn: methodArn(arrival, api), ...event, requestContext };
}

function common(arrival: Arrival, { operation, pathParameters }: Match, { stage, publicUrl }: ApiIdentity) {
  const { requestId, time, method, path, query, headers, sourceIp } = arrival;
  return {
    resource: operation.resource,
    path,
    httpMethod: method,
    headers: lastOfEach(headers),
    multiValueHeaders: Object.fromEntries(headers),
    ...queryParameters(query),
    pathParameters: Object.keys(pathParameters).length > 0 ? pathParameters : null,
    stageVariables: null,
    requestContext: {
      accountId,
      apiId,
      domainName: publicUrl.hostname,
      domainPrefix: publicUrl.hostname.split('.')[0] ?? '',
      extendedRequestId: requestId,
      httpMethod: method,
      identity: { ...unknownIdentity, sourceIp, userAgent: headerValues(headers, 'User-Agent').at(-1) ?? null },
      path,
      protocol: 'HTTP/1.1',
      requestId,
      requestTime: commonLogTime(time),
      requestTimeEpoch: time,
      resourceId: operation.resource,
      resourcePath: operation.resource,
      stage,
    },
  };
}

/**
 * A body as the event carries it. What API Gateway does with invalid UTF-8 of a type that is not declared binary is not
 * documented; base64 loses nothing, so that the function can refuse it.
 */
function eventBody(
  { body, headers }: Arrival,
  { binaryTypes }: ApiIdentity,
): Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { body: null, isBase64Encoded: false };
  if (binaryTypes.has(mediaTypeIn(headers))) return { body: body.toString('base64'), isBase64Encoded: true };
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return { body: text, isBase64Encoded: false };
  } catch {
    return { body: body.toString('base64'), isBase64Encoded: true };
  }
}

function queryParameters(
  query: URLSearchParams,
): Pick<APIGatewayProxyEvent, 'queryStringParameters' | 'multiValueQueryStringParameters'> {
  if (query.size === 0) return { queryStringParameters: null, multiValueQueryStringParameters: null };
  const names = [...new Set(query.keys())];
  return {
    queryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name).at(-1)])),
    multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
  };
}

function lastOfEach(headers: MultiHeaders): Record<string, string | undefined> {
  return Object.fromEntries([...headers].map(([name, values]) => [name, values.at(-1)]));
}

/** `21/Nov/2026:09:30:00 +0000` */
function commonLogTime(time: number): string {
  const [, day, month, year, clock] = new Date(time).toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** Filled by API Gateway only for callers with IAM, Cognito or client certificates. */
const unknownIdentity = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};
