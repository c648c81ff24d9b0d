import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiDefinition,
  type CfnRestApi,
  EndpointType,
  IpAddressType,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApiMode,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { authorizersOf, type Contract, operationsOf } from './contract.ts';
import { publicUrlOf } from './environment.ts';
import type { GatewayFunctions } from './gateway-functions.ts';
import type { Settings } from './settings.ts';
import { compileContract, transportSecurity } from './spec-api.ts';

/** The one stage. It is a part of the default endpoint's URL, and of none behind a custom domain. */
const stageName = 'v1';

const logsPolicy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';

/** API Gateway, built from the contract, with the functions behind it. */
export class GatewayApi extends Construct {
  readonly api: SpecRestApi;
  readonly accessLog: LogGroup;
  readonly stageArn: string;
  /** `https://….execute-api.…/v1`, without a trailing slash. */
  readonly defaultUrl: string;

  constructor(scope: Construct, id: string, contract: Contract, functions: GatewayFunctions, settings: Settings) {
    super(scope, id);
    const target = (name: string) => functions.get(name).live;
    this.accessLog = new LogGroup(this, 'AccessLog', {
      retention: settings.logRetentionDays,
      removalPolicy: settings.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    const body = compileContract(contract, {
      name: settings.name,
      functionArn: (name) => target(name).functionArn,
      publicUrl: publicUrlOf(settings),
      closesDefaultEndpoint: settings.domainName !== undefined,
    });
    this.api = new SpecRestApi(this, 'Api', {
      restApiName: settings.name,
      description: 'Gatehouse: an MCP gateway.',
      apiDefinition: ApiDefinition.fromInline(body),
      failOnWarnings: true,
      mode: RestApiMode.OVERWRITE,
      endpointConfiguration: { types: [EndpointType.REGIONAL], ipAddressType: IpAddressType.DUAL_STACK },
      disableExecuteApiEndpoint: settings.domainName !== undefined,
      cloudWatchRole: settings.apiGatewayLogsRole,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName,
        throttlingRateLimit: settings.throttleRate,
        throttlingBurstLimit: settings.throttleBurst,
        tracingEnabled: true,
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
        loggingLevel: MethodLoggingLevel.ERROR,
        // It would log bodies and headers.
        dataTraceEnabled: false,
      },
    });
    this.stageArn = this.api.deploymentStage.stageArn;
    this.defaultUrl = this.api.urlForPath('/healthz').replace(/\/healthz$/, '');
    // Its output for the default endpoint would stand beside ours, also when that endpoint is closed.
    this.api.node.tryRemoveChild('Endpoint');
    const resource = this.api.node.defaultChild as CfnRestApi;
    resource.securityPolicy = transportSecurity.policy;
    resource.endpointAccessMode = transportSecurity.accessMode;

    Validations.of(this.api).acknowledge(
      {
        id: 'AwsSolutions-APIG2',
        reason:
          'The check sees no method of an imported API; API Gateway validates the parameters of every operation, the functions their bodies.',
      },
      {
        id: `AwsSolutions-IAM4[Policy::${logsPolicy}]`,
        reason: 'API Gateway takes one role per account and region for its logs, and this policy is made for it.',
      },
    );
    if (!settings.waf) {
      Validations.of(this.api).acknowledge({
        id: 'AwsSolutions-APIG3',
        reason: 'The setting waf is off: whoever deploys has chosen to do without, or filters in front of the gateway.',
      });
    }

    for (const { method, path, functionName, definition } of operationsOf(contract)) {
      target(functionName).addPermission(`Invoke-${definition.operationId}`, {
        principal: new ServicePrincipal('apigateway.amazonaws.com'),
        // API Gateway calls a resource with parameters by a path with asterisks in their places.
        sourceArn: this.api.arnForExecuteApi(method.toUpperCase(), path.replaceAll(/\{[^}]+\}/g, '*'), stageName),
      });
    }
    for (const name of new Set(Object.values(authorizersOf(contract)))) {
      target(name).addPermission('Authorize', {
        principal: new ServicePrincipal('apigateway.amazonaws.com'),
        // API Gateway gives an imported authorizer its id.
        sourceArn: `${this.api.arnForExecuteApi().split('/')[0]}/authorizers/*`,
      });
    }
  }
}

/**
 * One line a request, without credentials: no header and no query. Not even the user agent: API Gateway does not escape
 * values, and quotes in it would hide the line from the filters that count refusals.
 */
const accessLogFields = {
  request_id: '$context.requestId',
  extended_request_id: '$context.extendedRequestId',
  trace_id: '$context.xrayTraceId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  refusal: '$context.error.responseType',
  principal: '$context.authorizer.principalId',
  source_ip: '$context.identity.sourceIp',
  tls: '$context.tlsVersion',
  waf: '$context.waf.status',
  authorizer_status: '$context.authorizer.status',
  integration_status: '$context.integrationStatus',
  response_bytes: '$context.responseLength',
  latency_ms: '$context.responseLatency',
  integration_latency_ms: '$context.integrationLatency',
  authorizer_latency_ms: '$context.authorizer.latency',
};
