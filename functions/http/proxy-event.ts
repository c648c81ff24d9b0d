type TextMap = Record<string, string>;

/** The parts of an API Gateway v1 proxy event that a request is made of. */
export interface ProxyEvent {
  httpMethod: string;
  path: string;
  headers?: TextMap | null;
  multiValueHeaders?: Record<string, string[]> | null;
  queryStringParameters?: TextMap | null;
  pathParameters?: TextMap | null;
  body?: string | null;
  isBase64Encoded?: boolean;
  requestContext: { requestId: string; authorizer?: Record<string, unknown> | null };
}

/**
 * Whether a value is such an event. Checked by hand: this runs on every request, and the same check as a schema takes
 * a twentieth of a warm call.
 */
export function isProxyEvent(value: unknown): value is ProxyEvent {
  return (
    isObject(value) &&
    isText(value.httpMethod) &&
    isText(value.path) &&
    isMap(value.headers, isText) &&
    isMap(value.multiValueHeaders, isTextList) &&
    isMap(value.queryStringParameters, isText) &&
    isMap(value.pathParameters, isText) &&
    (isAbsent(value.body) || isText(value.body)) &&
    (value.isBase64Encoded === undefined || typeof value.isBase64Encoded === 'boolean') &&
    isObject(value.requestContext) &&
    isText(value.requestContext.requestId) &&
    (isAbsent(value.requestContext.authorizer) || isObject(value.requestContext.authorizer))
  );
}

function isMap(value: unknown, isMember: (member: unknown) => boolean): boolean {
  return isAbsent(value) || (isObject(value) && Object.values(value).every(isMember));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
