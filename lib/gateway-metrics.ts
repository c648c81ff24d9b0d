import { Duration } from 'aws-cdk-lib';
import type { RestApiBase } from 'aws-cdk-lib/aws-apigateway';
import { MathExpression, type Metric, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type IFilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { RouteFunction } from './route-function.ts';
import type { Tables } from './tables.ts';

export interface Measured {
  api: RestApiBase;
  /** Its lines are counted where API Gateway has no metric of its own. */
  accessLog: LogGroup;
  /** At most ten: an alarm's formula takes no more. */
  clientFunctions: readonly RouteFunction[];
  taskWorker: RouteFunction;
  tables: Tables;
  /** Where the functions put their metrics, and these. */
  namespace: string;
}

/** What alarms and dashboard look at, over five minutes each. */
export class GatewayMetrics extends Construct {
  readonly requests: Metric;
  /** Answers of 500 and more, in per cent of the requests; 0 while they are fewer than three. */
  readonly serverErrors: MathExpression;
  readonly latencyP50: Metric;
  readonly latencyP99: Metric;
  readonly unauthenticated: Metric;
  readonly throttledRequests: Metric;
  readonly authorizerFailures: Metric;
  readonly functionThrottles: MathExpression;
  readonly tableThrottles: MathExpression;
  /** Events for the worker that came to nothing: it failed, ran out of time, or could not begin within a minute. */
  readonly droppedTasks: Metric;

  constructor(scope: Construct, id: string, measured: Measured) {
    super(scope, id);
    const { api, clientFunctions, taskWorker, tables } = measured;
    this.requests = api.metricCount({ period, statistic: 'Sum' });
    this.serverErrors = new MathExpression({
      expression: 'IF(errors >= 3, 100 * errors / requests, 0)',
      usingMetrics: { errors: api.metricServerError({ period, statistic: 'Sum' }), requests: this.requests },
      label: '5xx, % of requests',
      period,
    });
    this.latencyP50 = api.metricLatency({ period, statistic: 'p50' });
    this.latencyP99 = api.metricLatency({ period, statistic: 'p99' });
    this.unauthenticated = this.logged('unauthenticated', statusIs('401'), measured);
    this.throttledRequests = this.logged('throttled_requests', statusIs('429'), measured);
    this.authorizerFailures = this.logged('authorizer_failures', authorizerFailed, measured);
    this.functionThrottles = sumOf(
      'invocation',
      clientFunctions.map(({ live }) => live.metricThrottles({ period, statistic: 'Sum' })),
    );
    this.droppedTasks = taskWorker.live.metric('AsyncEventsDropped', { period, statistic: 'Sum' });
    this.tableThrottles = sumOf(
      'table_request',
      [tables.catalogue, tables.state, tables.audit, tables.bugs].flatMap((table) =>
        ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) => table.metric(name, { period, statistic: 'Sum' })),
      ),
    );
  }

  private logged(metricName: string, filterPattern: IFilterPattern, { accessLog, namespace }: Measured): Metric {
    const filter = new MetricFilter(this, metricName, {
      logGroup: accessLog,
      filterPattern,
      metricNamespace: namespace,
      metricName,
      metricValue: '1',
      defaultValue: 0,
      unit: Unit.COUNT,
    });
    return filter.metric({ period, statistic: 'Sum' });
  }
}

const period = Duration.minutes(5);

const statusIs = (status: string) => FilterPattern.stringValue('$.status', '=', status);

/** A refused credential is none of these. */
const authorizerFailed = FilterPattern.any(
  FilterPattern.stringValue('$.refusal', '=', 'AUTHORIZER_FAILURE'),
  FilterPattern.stringValue('$.refusal', '=', 'AUTHORIZER_CONFIGURATION_ERROR'),
);

/** The throttles of all `what`s. The names of its terms begin with `what`: one graph may show several sums. */
function sumOf(what: string, metrics: readonly Metric[]): MathExpression {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`${what}${index}`, metric]));
  const expression = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, usingMetrics, label: `throttled ${what}s`, period });
}
