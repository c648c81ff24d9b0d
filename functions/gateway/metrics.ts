/** As which logs, traces and metrics know the gateway. */
export const service = 'gatehouse';

/** CloudWatch's name for what this gateway counts; nothing is counted where there is none, as on one machine. */
const namespace = process.env.GATEHOUSE_METRICS_NAMESPACE ?? '';

/** What is counted, in CloudWatch's names of units. */
export type Measures = Record<string, { unit: 'Count' | 'Milliseconds'; value: number }>;

/**
 * Writes one line in CloudWatch's embedded metric format: CloudWatch Logs makes a metric of each measure, under the
 * service and these dimensions. To standard output as it is, because Lambda's `console` wraps what it is given.
 */
export function publishMetrics(dimensions: Record<string, string>, measures: Measures): void {
  if (namespace) process.stdout.write(`${JSON.stringify(embedded(dimensions, measures))}\n`);
}

function embedded(dimensions: Record<string, string>, measures: Measures) {
  const metrics = Object.entries(measures);
  const directive = {
    Namespace: namespace,
    Dimensions: [['service', ...Object.keys(dimensions)]],
    Metrics: metrics.map(([Name, { unit }]) => ({ Name, Unit: unit })),
  };
  return {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
    service,
    ...dimensions,
    ...Object.fromEntries(metrics.map(([name, { value }]) => [name, value])),
  };
}
