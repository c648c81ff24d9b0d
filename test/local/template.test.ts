import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAssembly } from '../../local/template/assembly.ts';
import { evaluator } from '../../local/template/evaluate.ts';
import { readDeployment } from '../../local/template.ts';

type Templates = Record<string, Record<string, unknown>>;

/** Writes templates as `cdk synth` does. */
function assembly(templates: Templates): string {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-assembly-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const artifacts = Object.keys(templates).map((name) => [
    name,
    { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.template.json` } },
  ]);
  const tree = ['Tree', { type: 'cdk:tree', properties: { file: 'tree.json' } }];
  writeFileSync(
    join(directory, 'manifest.json'),
    JSON.stringify({ artifacts: Object.fromEntries([...artifacts, tree]) }),
  );
  for (const [name, template] of Object.entries(templates)) {
    writeFileSync(join(directory, `${name}.template.json`), JSON.stringify(template));
  }
  return directory;
}

describe('an intrinsic function', () => {
  const templates = {
    kept: {
      Resources: { Table: { Type: 'AWS::DynamoDB::GlobalTable' } },
      Outputs: { TableArn: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] }, Export: { Name: 'kept:TableArn' } } },
    },
    served: {
      Parameters: { Stage: { Type: 'String', Default: 'v1' } },
      Conditions: { IsFirst: { 'Fn::Equals': [{ Ref: 'Stage' }, 'v1'] } },
      Resources: {
        Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shop' } },
        Unnamed: { Type: 'AWS::Lambda::Function' },
        Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
        Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Fn' }, Name: 'live' } },
        Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: '/own/pepper' } },
        Queue: { Type: 'AWS::SQS::Queue' },
      },
    },
  };
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function';

  it.each<[unknown, unknown]>([
    ['plain', 'plain'],
    [{ nested: [1, { Ref: 'Fn' }, null] }, { nested: [1, 'shop', null] }],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'AWS::StackName' }, 'served'],
    [{ Ref: 'Stage' }, 'v1'],
    [{ Ref: 'Unnamed' }, 'served-Unnamed'],
    [{ Ref: 'Alias' }, `${arn}:shop:live`],
    [{ Ref: 'Version' }, `${arn}:shop:1`],
    [{ 'Fn::GetAtt': ['Fn', 'Arn'] }, `${arn}:shop`],
    [{ 'Fn::GetAtt': 'Fn.Arn' }, `${arn}:shop`],
    [{ Ref: 'Secret' }, expect.stringMatching(/:secret:\/own\/pepper-\w{6}$/)],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-v1-1'],
    [{ 'Fn::Sub': `x-\${Stage}-\${Fn.Arn}-\${AWS::AccountId}-\${!Kept}` }, `x-v1-${arn}:shop-000000000000-\${Kept}`],
    [{ 'Fn::Sub': [`\${A}/\${Stage}`, { A: { Ref: 'Fn' } }] }, 'shop/v1'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', { Ref: 'Alias' }] }] }, 'aws'],
    [{ 'Fn::If': ['IsFirst', 'yes', 'no'] }, 'yes'],
    [
      { a: 1, b: { Ref: 'AWS::NoValue' }, c: [{ Ref: 'AWS::NoValue' }] },
      { a: 1, c: [] },
    ],
    [{ 'Fn::ImportValue': 'kept:TableArn' }, 'arn:aws:dynamodb:us-east-1:000000000000:table/kept-Table'],
    [
      { 'Fn::GetStackOutput': { StackName: 'kept', OutputName: 'TableArn' } },
      'arn:aws:dynamodb:us-east-1:000000000000:table/kept-Table',
    ],
  ])('%j gives what CloudFormation gives', (value, expected) => {
    expect(evaluated(value)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    [{ Ref: 'Nothing' }, 'served has no resource or parameter Nothing.'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'AWS::SQS::Queue Queue has no Arn here.'],
    [{ 'Fn::ImportValue': 'kept:Other' }, 'served imports kept:Other, which no stack exports.'],
    [{ 'Fn::Cidr': ['10.0.0.0/16', 2] }, 'served: Fn::Cidr is not known here.'],
  ])('%j is refused rather than guessed', (value, message) => {
    expect(() => evaluated(value)).toThrow(message);
  });

  function evaluated(value: unknown): unknown {
    const stacks = readAssembly(assembly(templates));
    const served = stacks.find(({ name }) => name === 'served');
    return served && evaluator(stacks)(served, value);
  }
});

describe('a deployment', () => {
  const uri = (version: string, invocation: string) => ({
    'Fn::Sub': `arn:aws:apigateway:\${AWS::Region}:lambda:path/${version}/functions/\${Live}/${invocation}`,
  });
  const integration = {
    type: 'aws_proxy',
    httpMethod: 'POST',
    uri: uri('2015-03-31', 'invocations'),
    timeoutInMillis: 9_000,
  };
  const authorizer = { type: 'request', authorizerUri: uri('2015-03-31', 'invocations'), identitySource: 'x' };
  const permission = (source: string) => ({
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      FunctionName: { Ref: 'Live' },
      SourceArn: { 'Fn::Sub': `arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/${source}` },
    },
  });

  /** One function behind one route and one authorizer. */
  function template(changes: Record<string, unknown> = {}) {
    return {
      Outputs: { Url: { Value: 'https://shop.example.com/mcp' } },
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'a:B', Resource: '*' }] } }],
          },
        },
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Handler: 'index.handler',
            Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
            Timeout: 7,
            MemorySize: 256,
            Environment: { Variables: { URL: 'https://shop.example.com', TABLE: { Ref: 'Table' } } },
            LoggingConfig: { LogFormat: 'JSON' },
          },
          Metadata: { 'aws:asset:path': 'asset.1', 'gatehouse:function': 'get-thing' },
        },
        Live: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Fn' }, Name: 'live' } },
        Table: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: {
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            Replicas: [{ SSESpecification: { KMSMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } } }],
          },
        },
        Key: { Type: 'AWS::KMS::Key' },
        Api: {
          Type: 'AWS::ApiGateway::RestApi',
          Properties: {
            Body: {
              paths: {
                '/things/{thing}': {
                  get: { operationId: 'get-thing', 'x-amazon-apigateway-integration': integration },
                },
              },
              components: { securitySchemes: { bearer: { 'x-amazon-apigateway-authorizer': authorizer } } },
            },
          },
        },
        Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { StageName: 'v1' } },
        Invoke: permission('v1/GET/things/*'),
        Authorize: permission('authorizers/*'),
        Custom: { Type: 'Custom::Key', Properties: { ServiceToken: { Ref: 'Live' }, Size: 3 } },
        ...changes,
      },
    };
  }

  function read(changes?: Record<string, unknown>) {
    const directory = assembly({ shop: template(changes) });
    mkdirSync(join(directory, 'asset.1'));
    const deployment = readDeployment(directory, { 'https://shop.example.com': 'http://127.0.0.1:3000' });
    return { directory, ...deployment };
  }

  it('has functions as their templates describe them, addresses exchanged for local ones', () => {
    const { directory, functions } = read();
    expect(functions).toEqual([
      {
        name: 'get-thing',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:shop-Fn',
        directory: join(directory, 'asset.1'),
        handler: 'index.handler',
        environment: { URL: 'http://127.0.0.1:3000', TABLE: 'shop-Table' },
        timeoutSeconds: 7,
        memoryMb: 256,
        logFormat: 'JSON',
        statements: [{ Effect: 'Allow', Action: ['a:B'], Resource: ['*'], Condition: {} }],
      },
    ]);
  });

  it('has tables with their keys, custom resources with their functions, outputs and a stage', () => {
    const { tables, customResources, outputs, stage } = read();
    expect(tables).toMatchObject([
      {
        name: 'shop-Table',
        key: 'arn:aws:kms:us-east-1:000000000000:key/shop-Key',
        schema: { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
      },
    ]);
    expect(customResources).toMatchObject([{ id: 'Custom', type: 'Custom::Key', functionName: 'get-thing' }]);
    expect([outputs, stage]).toEqual([{ Url: 'http://127.0.0.1:3000/mcp' }, 'v1']);
  });

  it('has the contract that its API was made from', () => {
    expect(read().document).toMatchObject({
      paths: {
        '/things/{thing}': {
          get: {
            operationId: 'get-thing',
            'x-gatehouse-function': 'get-thing',
            'x-gatehouse-transfer': 'BUFFERED',
            'x-gatehouse-timeout-ms': 9_000,
          },
        },
      },
      components: {
        securitySchemes: { bearer: { 'x-amazon-apigateway-authorizer': { 'x-gatehouse-function': 'get-thing' } } },
      },
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['without the permission for a route', { Invoke: permission('v1/GET/things/{thing}') }, 'GET/things/*'],
    ['without the permission for its authorizer', { Authorize: permission('other/*') }, 'authorizers/bearer'],
    ['without a stage', { Stage: { Type: 'AWS::SNS::Topic' } }, 'have 0 of what must be one: stage'],
    [
      'with another alias',
      { Live: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: 'x', Name: 'live' } } },
      'x:live',
    ],
  ])('%s cannot be served', (_, changes, message) => {
    expect(() => read(changes)).toThrow(message);
  });

  it('whose bundle is missing cannot be served', () => {
    expect(() => readDeployment(assembly({ shop: template() }))).toThrow(
      /The bundle of get-thing is not at .*asset\.1/,
    );
  });
});
