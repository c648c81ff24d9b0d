import type { Resource, Stack } from './assembly.ts';

/** The account that templates are read for. It exists nowhere. */
export const account = { region: 'us-east-1', id: '000000000000' };

/** What a resource would be called once it were there. */
export interface Identity {
  /** What `Ref` gives. */
  ref: string;
  /** What `Fn::GetAtt` gives, by attribute. */
  attributes: Record<string, string>;
}

type Evaluate = (value: unknown) => unknown;

interface Kind {
  /** The property in which a resource may give its own name. */
  namedBy?: string;
  arn?: (name: string) => string;
  /** `Ref` gives the ARN, not the name. */
  refIsArn?: boolean;
}

const arn = (service: string, resource: string) => `arn:aws:${service}:${account.region}:${account.id}:${resource}`;

/** Secrets Manager adds a hyphen and six characters of its own to a name. */
export function secretArn(name: string): string {
  return arn('secretsmanager', `secret:${name}-LocaL1`);
}

export function functionArn(name: string): string {
  return arn('lambda', `function:${name}`);
}

const kinds: Record<string, Kind> = {
  'AWS::ApiGateway::DomainName': { namedBy: 'DomainName' },
  'AWS::ApiGateway::Stage': { namedBy: 'StageName' },
  'AWS::DynamoDB::GlobalTable': { namedBy: 'TableName', arn: (name) => arn('dynamodb', `table/${name}`) },
  'AWS::IAM::Role': { namedBy: 'RoleName', arn: (name) => `arn:aws:iam::${account.id}:role/${name}` },
  'AWS::KMS::Key': { arn: (name) => arn('kms', `key/${name}`) },
  'AWS::Lambda::Function': { namedBy: 'FunctionName', arn: functionArn },
  'AWS::Logs::LogGroup': { namedBy: 'LogGroupName', arn: (name) => arn('logs', `log-group:${name}:*`) },
  'AWS::S3::Bucket': { namedBy: 'BucketName', arn: (name) => `arn:aws:s3:::${name}` },
  'AWS::SecretsManager::Secret': { namedBy: 'Name', arn: secretArn, refIsArn: true },
  'AWS::SNS::Topic': { namedBy: 'TopicName', arn: (name) => arn('sns', name), refIsArn: true },
};

/** Names a resource as CloudFormation would: as it says itself, or after its stack and its place there. */
export function identify(stack: Stack, id: string, resource: Resource, evaluate: Evaluate): Identity {
  const { Type, Properties } = resource;
  if (Type === 'AWS::Lambda::Version' || Type === 'AWS::Lambda::Alias') return qualified(Type, Properties, evaluate);
  const { namedBy = '', arn: toArn, refIsArn = false } = kinds[Type] ?? {};
  const given = evaluate(Properties[namedBy]);
  const name = typeof given === 'string' ? given : `${stack.name}-${id}`;
  const Arn = toArn?.(name);
  return { ref: refIsArn && Arn ? Arn : name, attributes: Arn ? { Arn } : {} };
}

/** A version or alias of a function: `Ref` gives the function's ARN with it. */
function qualified(type: string, properties: Resource['Properties'], evaluate: Evaluate): Identity {
  const name = String(evaluate(properties.FunctionName)).split(':function:').at(-1);
  const qualifier = type === 'AWS::Lambda::Version' ? '1' : String(evaluate(properties.Name));
  return { ref: arn('lambda', `function:${name}:${qualifier}`), attributes: { Version: '1', FunctionVersion: '1' } };
}
