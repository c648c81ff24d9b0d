import { type Acknowledgment, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
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
  settings: Pick<Settings, 'logRetentionDays' | 'retainData'>;
}

/** One function with a role, a log group and an environment of its own, traced. */
export class RouteFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: RouteFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.settings.logRetentionDays,
      removalPolicy: props.settings.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Journey: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            new PolicyStatement({
              actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
              resources: ['*'],
            }),
            ...props.statements,
          ],
        }),
      },
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      description: `Gatehouse: ${props.name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.bundle),
      handler: 'index.handler',
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      memorySize: props.memoryMb,
      timeout: Duration.millis(props.timeoutMs),
      environment: props.environment,
      ...(props.reservedConcurrency > 0 && { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    (this.lambda.node.defaultChild as CfnFunction).addMetadata('gatehouse:function', props.name);
    Validations.of(role).acknowledge(tracingWildcard, ...props.wildcards);
  }
}

const tracingWildcard: Acknowledgment = {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'X-Ray has no resources to name: its two write actions take "*" only.',
};
