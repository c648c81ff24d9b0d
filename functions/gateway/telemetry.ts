import { isRequestXRaySampled } from '@aws-lambda-powertools/commons/utils/env';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Tracer } from '@aws-lambda-powertools/tracer';
import middy, { type MiddlewareObj } from '@middy/core';
import { type Measures, publishMetrics, service } from './metrics.ts';

/** Structured log lines: one event name each and ids, never whole events, headers, tokens or bodies. */
export const logger = new Logger({ serviceName: service });

/** What is counted of a call that was sent. */
interface ToolExecution {
  risk_level: string;
  result: 'ok' | 'error';
}

/** Counts a tool execution by risk level and result. Which tool it was, and how it went, stands in the audit log. */
export function countToolExecution({ risk_level, result }: ToolExecution): void {
  publishMetrics({ risk_level, result }, { tool_executions: { unit: 'Count', value: 1 } });
}

/** Counts a refused credential. The reason is one of ours, never part of the credential. */
export function countAuthFailure(reason: string): void {
  publishMetrics({ reason }, { auth_failures: { unit: 'Count', value: 1 } });
  logger.warn('auth_failure', { reason });
}

type LambdaContext = Parameters<Logger['addContext']>[0] & { getRemainingTimeInMillis(): number };

/** Wraps what a function does in log context, trace and metrics. Errors pass through to the host. */
export function wrapped<TEvent, TResult>(
  name: string,
  handler: (event: TEvent, context: LambdaContext) => Promise<TResult>,
) {
  const { before, end } = observed(name);
  return middy<TEvent, TResult>()
    .use({ before, after: end, onError: end } as MiddlewareObj<TEvent, TResult>)
    .handler(handler);
}

/** What middy keeps of an invocation, as far as it is looked at here. */
interface Invocation {
  internal: object;
  context: LambdaContext;
  response?: unknown;
  error?: Error | null | undefined;
}

/** The two moments of an invocation; `end` when the last byte of its answer is written. */
export interface Observation {
  before(invocation: Invocation): Promise<void>;
  end(invocation: Invocation): void;
}

/**
 * Gives the logger its context, opens a trace segment for sampled requests and counts the request. `error_rate` is 1
 * for a failure of ours and 0 otherwise, a refusal included, so that its average is the rate.
 */
export function observed(name: string): Observation {
  const started = new WeakMap<object, number>();
  const segments = new WeakMap<object, () => void>();
  return {
    async before({ internal, context }) {
      started.set(internal, performance.now());
      logger.addContext(context);
      if (isRequestXRaySampled()) segments.set(internal, openSegment(await loadTracer(), name));
    },
    end({ internal, response, error }) {
      const unanswered = error ? 500 : 200;
      const status = (response as { statusCode?: number } | undefined)?.statusCode ?? unanswered;
      const latency = performance.now() - (started.get(internal) ?? performance.now());
      const measures: Measures = {
        request_count: { unit: 'Count', value: 1 },
        request_latency: { unit: 'Milliseconds', value: latency },
        error_rate: { unit: 'Count', value: status >= 500 ? 1 : 0 },
      };
      publishMetrics({ route: name }, measures);
      // Requests that went well stand in API Gateway's access log.
      if (!response && error) logger.error('request_failed', { route: name, error });
      segments.get(internal)?.();
    },
  };
}

let tracer: Tracer | undefined;

/**
 * The X-Ray SDK costs as much as an empty function to load, so only an instance that meets a sampled request
 * loads it: unsampled cold starts, nineteen in twenty by default, do without.
 */
async function loadTracer(): Promise<Tracer> {
  if (!tracer) {
    const { Tracer } = await import('@aws-lambda-powertools/tracer');
    tracer = new Tracer({ serviceName: service });
  }
  return tracer;
}

function openSegment(tracer: Tracer, name: string): () => void {
  const parent = tracer.getSegment();
  const segment = parent?.addNewSubsegment(`## ${name}`);
  if (!parent || !segment) return () => {};
  tracer.setSegment(segment);
  tracer.annotateColdStart();
  tracer.addServiceNameAnnotation();
  return () => {
    segment.close();
    tracer.setSegment(parent);
  };
}
