import { Dashboard, GraphWidget, type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { GatewayMetrics } from './gateway-metrics.ts';

/** One page: what comes in, how long it takes, what fails, what is refused, and what tools do. */
export class GatewayDashboard extends Construct {
  constructor(scope: Construct, id: string, metrics: GatewayMetrics, namespace: string) {
    super(scope, id);
    const executions = ['ok', 'error'].flatMap((result) =>
      ['read', 'write', 'privileged'].map(
        (risk_level) =>
          new Metric({
            namespace,
            metricName: 'tool_executions',
            dimensionsMap: { service: 'gatehouse', risk_level, result },
            statistic: 'Sum',
            label: `${risk_level}, ${result}`,
          }),
      ),
    );
    new Dashboard(this, 'Page', {
      widgets: [
        [graph('Requests', metrics.requests), graph('Latency, ms', metrics.latencyP50, metrics.latencyP99)],
        [graph('Tool executions', ...executions), graph('Server errors', metrics.serverErrors)],
        [
          graph('Credentials', metrics.unauthenticated, metrics.authorizerFailures),
          graph('Throttles', metrics.throttledRequests, metrics.functionThrottles, metrics.tableThrottles),
        ],
        [graph('Dropped tasks', metrics.droppedTasks)],
      ],
    });
  }
}

function graph(title: string, ...left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 12, leftYAxis: { min: 0 } });
}
