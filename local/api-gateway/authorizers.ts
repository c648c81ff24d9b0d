import * as z from 'zod';
import type { Authorizer } from './contract.ts';
import { headerValues } from './headers.ts';
import type { Invoke, Report } from './invoke.ts';
import type { Match } from './match-operation.ts';
import { isAllowed, policySchema } from './policy.ts';
import { type ApiIdentity, type Arrival, authorizerEvent, methodArn } from './proxy-event.ts';

/** Every cached result stands for a credential that was presented; no more are kept than this. */
const maxCached = 1_000;

/** API Gateway waits this long for an authorizer. */
const timeoutMs = 10_000;

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const resultSchema = z.object({
  principalId: scalar,
  policyDocument: policySchema,
  /** API Gateway carries only scalars, and turns them into strings. */
  context: z.record(z.string(), scalar).nullish(),
  usageIdentifierKey: z.string().optional(),
});
type Result = z.infer<typeof resultSchema>;

/** `context` is what the function finds in `requestContext.authorizer`. */
export type Authorization =
  | { allowed: true; context: Record<string, string> }
  | {
      allowed: false;
      refusal: 'UNAUTHORIZED' | 'ACCESS_DENIED' | 'AUTHORIZER_CONFIGURATION_ERROR' | 'INVALID_API_KEY';
    };

export interface AuthorizerDeps {
  invoke: Invoke;
  api: ApiIdentity;
  /** Epoch milliseconds, for the age of cached results. */
  clock: () => number;
  report: Report;
}

/**
 * Asks REQUEST authorizers, and keeps what they answer by the values of their identity sources for as long as the
 * document says. A cached policy is evaluated for the method at hand, so it must cover all routes of its credential.
 */
export function authorizers({ invoke, api, clock, report }: AuthorizerDeps) {
  const cache = new Map<string, { result: Result; until: number }>();

  return async (authorizer: Authorizer, arrival: Arrival, match: Match): Promise<Authorization> => {
    const identity = identityValues(authorizer, arrival);
    if (!identity) return { allowed: false, refusal: 'UNAUTHORIZED' };
    const key = JSON.stringify([authorizer.scheme, identity]);
    const cached = cache.get(key);
    let result = cached && clock() < cached.until ? cached.result : undefined;
    if (!result) {
      const asked = await ask(authorizer, authorizerEvent(arrival, match, api));
      if (typeof asked === 'string') return { allowed: false, refusal: asked };
      result = asked;
      remember(key, result, authorizer.ttlSeconds);
    }
    if (!isAllowed(result.policyDocument, methodArn(arrival, api))) return { allowed: false, refusal: 'ACCESS_DENIED' };
    if (match.operation.isCounted && !result.usageIdentifierKey) return { allowed: false, refusal: 'INVALID_API_KEY' };
    return { allowed: true, context: { ...result.context, principalId: result.principalId } };
  };

  async function ask({ functionName }: Authorizer, event: unknown) {
    try {
      const deadlineMs = Date.now() + timeoutMs;
      const answer = resultSchema.safeParse(await invoke(functionName, event, { deadlineMs }));
      if (answer.success) return answer.data;
      report(`${functionName} gave no valid authorizer result: ${z.prettifyError(answer.error)}`);
    } catch (error) {
      // The one message that is an answer: "the credential is not valid".
      if (error instanceof Error && error.message === 'Unauthorized') return 'UNAUTHORIZED';
      report(`${functionName} failed`, error);
    }
    return 'AUTHORIZER_CONFIGURATION_ERROR';
  }

  function remember(key: string, result: Result, ttlSeconds: number): void {
    if (ttlSeconds === 0) return;
    cache.delete(key);
    const [oldest] = cache.keys();
    if (cache.size >= maxCached && oldest !== undefined) cache.delete(oldest);
    cache.set(key, { result, until: clock() + ttlSeconds * 1_000 });
  }
}

/** The credential's parts, or `undefined` when one is missing or empty. */
function identityValues({ identitySources }: Authorizer, { headers, query }: Arrival): string[] | undefined {
  const values = identitySources.map((source) =>
    source.in === 'header' ? headerValues(headers, source.name).join(',') : query.getAll(source.name).join(','),
  );
  return values.every((value) => value !== '') ? values : undefined;
}
