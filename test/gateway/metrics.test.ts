import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const context = { awsRequestId: 'lambda-1', functionName: 'f', getRemainingTimeInMillis: () => 5_000 } as never;

/** What CloudWatch reads of a line (embedded metric format, specification). */
interface Line extends Record<string, unknown> {
  _aws: { Timestamp: number; CloudWatchMetrics: Directive[] };
}

interface Directive {
  Namespace: string;
  Dimensions: string[][];
  Metrics: { Name: string; Unit: string }[];
}

/** The lines that `act` writes for CloudWatch, in a gateway with this namespace. */
async function linesOf(namespace: string, act: (telemetry: Telemetry) => unknown): Promise<Line[]> {
  vi.stubEnv('GATEHOUSE_METRICS_NAMESPACE', namespace);
  const telemetry = await import('../../functions/gateway/telemetry.ts');
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  await act(telemetry);
  spy.mockRestore();
  return written.map((line) => JSON.parse(line) as Line);
}

type Telemetry = typeof import('../../functions/gateway/telemetry.ts');

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
});
afterEach(() => vi.unstubAllEnvs());

describe('what is counted', () => {
  it('is a request by its route, with its milliseconds and whether it failed', async () => {
    const [line] = await linesOf('MCP/Test', ({ wrapped }) => wrapped('list-tools', async () => ({}))({}, context));
    expect(line).toMatchObject({ service: 'gatehouse', route: 'list-tools', request_count: 1, error_rate: 0 });
    expect(line?.request_latency).toBeTypeOf('number');
    expect(line?._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: 'MCP/Test',
        Dimensions: [['service', 'route']],
        Metrics: [
          { Name: 'request_count', Unit: 'Count' },
          { Name: 'request_latency', Unit: 'Milliseconds' },
          { Name: 'error_rate', Unit: 'Count' },
        ],
      },
    ]);
    expect(Math.abs(Date.now() - (line?._aws.Timestamp ?? 0))).toBeLessThan(60_000);
  });

  it('is a tool execution by risk level and result, and a refused credential by its reason', async () => {
    const [execution, failure] = await linesOf('MCP/Test', ({ countToolExecution, countAuthFailure }) => {
      countToolExecution({ risk_level: 'write', result: 'ok' });
      countAuthFailure('expired');
    });
    expect(execution).toMatchObject({ tool_executions: 1, risk_level: 'write', result: 'ok' });
    expect(execution?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([['service', 'risk_level', 'result']]);
    expect(failure).toMatchObject({ auth_failures: 1, reason: 'expired' });
    expect(failure?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([['service', 'reason']]);
  });

  it('names only dimensions and metrics that the line has', async () => {
    const lines = await linesOf('MCP/Test', async ({ wrapped, countToolExecution, countAuthFailure }) => {
      await wrapped('list-tools', async () => ({}))({}, context);
      countToolExecution({ risk_level: 'read', result: 'error' });
      countAuthFailure('unknown_key');
    });
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
        for (const name of Dimensions.flat()) expect(line[name]).toBeTypeOf('string');
        for (const { Name } of Metrics) expect(line[Name]).toBeTypeOf('number');
      }
    }
  });

  it('is nothing where there is no namespace', async () => {
    expect(
      await linesOf('', ({ countToolExecution }) => countToolExecution({ risk_level: 'read', result: 'ok' })),
    ).toEqual([]);
  });
});
