import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';

/** The parts of a REQUEST authorizer's event (API Gateway v1) that count. */
const authorizerEventSchema = z.object({
  methodArn: z.string(),
  headers: z.nullish(z.record(z.string(), z.optional(z.string()))),
  multiValueHeaders: z.nullish(z.record(z.string(), z.optional(z.array(z.string())))),
});

/** `arn:…:<api>/<stage>`, the method and the path without its leading slash. */
const methodArnPattern = /^(arn:[^/]+\/[^/]+)\/([A-Z]+)\/(.*)$/s;

/** A request that asks to be let in. */
export interface Admittee {
  /** The part of the method's ARN that all routes of the stage share. */
  stageArn: string;
  method: string;
  /** With its leading slash, without the stage. */
  path: string;
  /** Every value that the request carries under this name, whatever its case. */
  header(name: string): string[];
}

/**
 * Reads an authorizer's event. The path is taken from the method's ARN, since that is what API Gateway compares the
 * policy with; `path` would include a custom domain's base path. Throws `internal` for any other event.
 */
export function parseAuthorizerEvent(event: unknown): Admittee {
  const parsed = z.safeParse(authorizerEventSchema, event);
  const [, stageArn, method, path] = methodArnPattern.exec(parsed.data?.methodArn ?? '') ?? [];
  if (!parsed.success || stageArn === undefined || method === undefined || path === undefined) {
    throw new GatewayError('internal', 'The function was not invoked as a REQUEST authorizer of API Gateway.');
  }
  const { headers, multiValueHeaders } = parsed.data;
  return {
    stageArn,
    method,
    path: `/${path}`,
    header(name) {
      // `headers` keeps only the last of repeated headers; `multiValueHeaders` has them all.
      const all = valuesOf(multiValueHeaders, name);
      return all.length > 0 ? all : valuesOf(headers, name);
    },
  };
}

function valuesOf(headers: Record<string, string | string[] | undefined> | null | undefined, name: string): string[] {
  return Object.entries(headers ?? {}).flatMap(([key, value]) =>
    key.toLowerCase() === name && value !== undefined ? value : [],
  );
}

/** What an authorizer gives back to admit a request. API Gateway keeps it for the credential, not for the route. */
export interface AuthorizerResult {
  principalId: string;
  policyDocument: {
    Version: '2012-10-17';
    Statement: [{ Action: 'execute-api:Invoke'; Effect: 'Allow'; Resource: string[] }];
  };
  context: Record<string, string>;
  /** Value of the API Gateway key under which the request is counted. */
  usageIdentifierKey?: string;
}
