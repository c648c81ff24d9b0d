import { Validations } from 'aws-cdk-lib';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { RouteFunction } from './route-function.ts';

const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited';

/** Gives new versions a tenth of the traffic for five minutes, and takes it back when their function fails meanwhile. */
export class CanaryDeployments extends Construct {
  constructor(scope: Construct, id: string, functions: Iterable<RouteFunction>, alarms: Alarms) {
    super(scope, id);
    const application = new LambdaApplication(this, 'Application');
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM4[Policy::${policy}]`,
      reason: 'CodeDeploy’s own policy for shifting aliases; it allows that and reading alarms.',
    });
    for (const { name, live, faults } of functions) {
      new LambdaDeploymentGroup(this, name, {
        application,
        role,
        alias: live,
        deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
        alarms: [
          alarms.watch(`Faults-${name}`, faults, {
            alarmDescription: `${name} failed twice within a minute.`,
            threshold: 2,
          }),
        ],
        autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      });
    }
  }
}
