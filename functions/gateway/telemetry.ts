import { isRequestXRaySampled } from '@aws-lambda-powertools/commons/utils/env';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Tracer } from '@aws-lambda-powertools/tracer';
import middy, { type MiddlewareObj } from '@middy/core';

const serviceName = 'gatehouse';

/** Structured log lines: one event name each and ids, never whole events, headers, tokens or bodies. */
export const logger = new Logger({ serviceName });

const namespace = process.env.POWERTOOLS_METRICS_NAMESPACE ?? 'MCP/Production';

const meters = new Map<string, Metrics>();

/** Metrics with fixed dimensions. One for each combination is kept: naming dimensions anew costs more than counting. */
function meter(dimensions: Record<string, string>): Metrics {
  const key = Object.values(dimensions).join(' ');
  const known = meters.get(key) ?? new Metrics({ serviceName, namespace, defaultDimensions: dimensions });
  meters.set(key, known);
  return known;
}

/** What is counted of a call that was sent. */
interface ToolExecution {
  risk_level: string;
  result: 'ok' | 'error';
}

/** Counts a tool execution by risk level and result. Which tool it was, and how it went, stands in the audit log. */
export function countToolExecution({ risk_level, result }: ToolExecution): void {
  count('tool_executions', { risk_level, result });
}

/** Counts a refused credential. The reason is one of ours, never part of the credential. */
export function countAuthFailure(reason: string): void {
  count('auth_failures', { reason });
  logger.warn('auth_failure', { reason });
}

function count(name: string, dimensions: Record<string, string>): void {
  const counter = meter(dimensions);
  counter.addMetric(name, MetricUnit.Count, 1);
  counter.publishStoredMetrics();
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
  const metrics = meter({ route: name });
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
      metrics.addMetric('request_count', MetricUnit.Count, 1);
      metrics.addMetric('request_latency', MetricUnit.Milliseconds, latency);
      metrics.addMetric('error_rate', MetricUnit.Count, status >= 500 ? 1 : 0);
      metrics.publishStoredMetrics();
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
    tracer = new Tracer({ serviceName });
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
