import { type Acknowledgment, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Alias,
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export interface RouteFunctionProps {
  /** The function's name: its file in `functions/`. */
  name: string;
  /** Directory of the bundle, with `index.mjs`. */
  bundle: string;
  environment: Record<string, string>;
  /** What it may do beyond writing its own log and its traces. */
  statements: PolicyStatement[];
  /** Why some of these statements have to have a wildcard. */
  wildcards: Acknowledgment[];
  memoryMb: number;
  timeoutMs: number;
  /** 0 takes from what the account has unreserved. */
  reservedConcurrency: number;
  /** Whether an error of the function is an answer, as an authorizer's is. */
  refusesByError: boolean;
  /** Instances that are kept warm; 0 keeps none. */
  provisionedConcurrency: number;
  /** Whether Lambda takes events in for it and invokes it later. */
  isWorker?: boolean;
  settings: Pick<Settings, 'logLevel' | 'logRetentionDays' | 'metricsNamespace' | 'retainData'>;
}

/** One function with a role, a log group and an environment of its own, traced, reached by its alias `live`. */
export class RouteFunction extends Construct {
  readonly name: string;
  readonly live: Alias;
  /** `name:live`, as Lambda's API takes it. */
  readonly qualifiedName: string;
  /** Failures of ours per minute. */
  readonly faults: IMetric;

  constructor(scope: Construct, id: string, props: RouteFunctionProps) {
    super(scope, id);
    const { settings } = props;
    this.name = props.name;
    const logGroup = new LogGroup(this, 'Log', {
      retention: settings.logRetentionDays,
      removalPolicy: settings.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    const journey = new PolicyDocument({ statements: [...ownTraces(logGroup), ...props.statements] });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Journey: journey },
    });
    Validations.of(role).acknowledge(tracingWildcard, ...props.wildcards);
    const lambda = new LambdaFunction(this, 'Function', {
      description: `Gatehouse: ${props.name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundle),
      handler: 'index.handler',
      // What it may do is written above; no construct adds to it.
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: settings.logLevel === 'DEBUG' ? ApplicationLogLevel.DEBUG : ApplicationLogLevel.INFO,
      tracing: Tracing.ACTIVE,
      memorySize: props.memoryMb,
      timeout: Duration.millis(props.timeoutMs),
      environment: props.environment,
      ...(props.reservedConcurrency > 0 && { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    (lambda.node.defaultChild as CfnFunction).addMetadata('gatehouse:function', props.name);
    this.live = lambda.addAlias('live', {
      ...(props.provisionedConcurrency > 0 && { provisionedConcurrentExecutions: props.provisionedConcurrency }),
    });
    this.qualifiedName = `${lambda.functionName}:${this.live.aliasName}`;
    if (props.isWorker) {
      // Work is begun again by whoever looks for its result, who knows what can be repeated; not by Lambda, which does not.
      this.live.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    }
    this.faults = faultsOf(props.name, this.live, settings.metricsNamespace, props.refusesByError);
  }
}

/**
 * Failures of ours per minute: answers of 500 and more, and invocations that crashed or timed out. An authorizer refuses
 * a credential by an error, which is how API Gateway wants it; its errors therefore do not count.
 */
function faultsOf(name: string, live: Alias, namespace: string, refusesByError: boolean): IMetric {
  const period = Duration.minutes(1);
  const answered = new Metric({
    namespace,
    metricName: 'error_rate',
    dimensionsMap: { service: 'gatehouse', route: name },
    statistic: 'Sum',
    period,
  });
  if (refusesByError) return answered;
  return new MathExpression({
    expression: 'FILL(answered, 0) + FILL(crashed, 0)',
    usingMetrics: { answered, crashed: live.metricErrors({ period }) },
    label: `faults of ${name}`,
    period,
  });
}

/** Lines in its own log and segments in X-Ray, which every function may write. */
function ownTraces(logGroup: LogGroup): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
    new PolicyStatement({ actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] }),
  ];
}

const tracingWildcard: Acknowledgment = {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'X-Ray has no resources to name: its two write actions take "*" only.',
};
