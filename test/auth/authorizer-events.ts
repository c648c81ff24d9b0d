import type { Context } from 'aws-lambda';

const stage = 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod';

/** A REQUEST authorizer's event as API Gateway (v1) makes it: `headers` has the last value, `multiValueHeaders` all. */
export function authorizerEvent(route: string, headers: Record<string, string | string[]> = {}) {
  const [method, path] = route.split(' ') as [string, string];
  const all = Object.entries(headers).map(([name, value]) => [name, [value].flat()] as const);
  return {
    type: 'REQUEST',
    methodArn: arn(route),
    resource: path,
    path,
    httpMethod: method,
    headers: Object.fromEntries(all.map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(all),
    queryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
    requestContext: { path: `/prod${path}`, stage: 'prod', requestId: 'r-1', apiId: 'a1b2c3' },
  };
}

/** The ARN of `POST /mcp` and its like. */
function arn(route: string): string {
  return `${stage}/${route.replace(' /', '/')}`;
}

interface Policy {
  Statement: readonly { Effect: string; Resource: readonly string[] }[];
}

/** Whether API Gateway would pass a request under this policy; `*` matches any characters, `/` among them. */
export function admits(policy: Policy, route: string): boolean {
  return policy.Statement.some(
    ({ Effect, Resource }) =>
      Effect === 'Allow' &&
      Resource.some((resource) => {
        const pattern = resource
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.');
        return new RegExp(`^${pattern}$`).test(arn(route));
      }),
  );
}

export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'authorize',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:authorize',
  memoryLimitInMB: '256',
  awsRequestId: 'r-1',
  logGroupName: 'g',
  logStreamName: 's',
  getRemainingTimeInMillis: () => 5_000,
  done() {},
  fail() {},
  succeed() {},
};
