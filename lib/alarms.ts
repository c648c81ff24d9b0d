import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { GatewayMetrics } from './gateway-metrics.ts';
import type { Settings } from './settings.ts';

/** What wakes somebody up, and who. */
export class Alarms extends Construct {
  private readonly action: SnsAction | undefined;

  constructor(scope: Construct, id: string, metrics: GatewayMetrics, settings: Settings) {
    super(scope, id);
    this.action = this.openTopic(settings);

    this.watch('ServerErrors', metrics.serverErrors, {
      alarmDescription: 'More than one request in a hundred was answered with 500 or more.',
      threshold: 1,
      evaluationPeriods: 2,
    });
    this.watch('Latency', metrics.latencyP99, {
      alarmDescription: `One request in a hundred took longer than ${settings.latencyAlarmMs} ms.`,
      threshold: settings.latencyAlarmMs,
      evaluationPeriods: 3,
    });
    this.watch('AuthorizerFailures', metrics.authorizerFailures, {
      alarmDescription: 'The authorizer failed, so that nobody with its credential came in.',
      threshold: 3,
    });
    this.watch('Unauthenticated', metrics.unauthenticated, {
      alarmDescription:
        'Many requests came without a valid credential: a client that lost its own, or somebody trying.',
      threshold: settings.unauthenticatedAlarm,
    });
    this.watch('FunctionThrottles', metrics.functionThrottles, {
      alarmDescription: 'Functions were refused for want of concurrency.',
      threshold: 1,
    });
    this.watch('ThrottledRequests', metrics.throttledRequests, {
      alarmDescription: 'Requests were refused by the throttle or the quota.',
      threshold: 50,
    });
    this.watch('DroppedTasks', metrics.droppedTasks, {
      alarmDescription: 'Work on a task failed, ran out of time, or could not begin within a minute.',
      threshold: 1,
    });
    this.watch('TableThrottles', metrics.tableThrottles, {
      alarmDescription: 'Tables refused requests: a maximum of theirs, or a hot partition.',
      threshold: 1,
    });
  }

  /** An alarm that sounds when the metric reaches the threshold; without data it is silent. */
  watch(id: string, metric: IMetric, props: Pick<AlarmProps, 'alarmDescription' | 'threshold'> & Partial<AlarmProps>) {
    const alarm = new Alarm(this, id, {
      metric,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });
    if (this.action) alarm.addAlarmAction(this.action);
    return alarm;
  }

  private openTopic({ alarmEmail, alarmTopicArn }: Settings): SnsAction | undefined {
    if (alarmTopicArn !== undefined) return new SnsAction(Topic.fromTopicArn(this, 'Topic', alarmTopicArn));
    if (alarmEmail === undefined) return undefined;
    const key = new Key(this, 'TopicKey', { enableKeyRotation: true, pendingWindow: Duration.days(7) });
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    });
    // CloudWatch cannot use the key that AWS manages for SNS.
    key.grantEncryptDecrypt(cloudWatch);
    const topic = new Topic(this, 'Topic', { displayName: 'Gatehouse alarms', masterKey: key, enforceSSL: true });
    // The rule against plain HTTP replaces the topic's default policy, which had let CloudWatch in.
    topic.grantPublish(cloudWatch);
    topic.addSubscription(new EmailSubscription(alarmEmail));
    return new SnsAction(topic);
  }
}
