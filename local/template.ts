import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CustomResource } from './custom-resources.ts';
import type { LambdaFunction } from './execution-environment.ts';
import { isLike, type Statement, statementSchema } from './iam/policy.ts';
import { apiDocument } from './template/api-document.ts';
import { readAssembly } from './template/assembly.ts';
import { evaluator } from './template/evaluate.ts';
import { account, identify } from './template/resources.ts';

/** A function with what its role allows. */
export interface DeployedFunction extends LambdaFunction {
  statements: Statement[];
}

/** A table as `CreateTable` takes it. */
export interface DeployedTable {
  name: string;
  arn: string;
  /** ARN of the key that it is encrypted with, unless that is DynamoDB's own. */
  key: string | undefined;
  schema: z.infer<typeof tableSchema>;
}

export interface DeployedSecret {
  name: string;
  /** ARN of the key that it is encrypted with, unless that is Secrets Manager's own. */
  key: string | undefined;
  /** How its first text is made, if it is. */
  generate: z.infer<typeof generateSchema> | undefined;
}

/** What synthesised templates deploy, as far as it can run on one machine. */
export interface Deployment {
  functions: DeployedFunction[];
  /** Names of functions by the ARNs under which they may be invoked: their own and those of aliases and versions. */
  invocable: ReadonlyMap<string, string>;
  tables: DeployedTable[];
  secrets: DeployedSecret[];
  customResources: CustomResource[];
  /** What the stacks tell whoever deploys them, by name. */
  outputs: Record<string, string>;
  /** The API as the contract that it was made from, with the functions' names. */
  document: unknown;
  stage: string;
}

const functionSchema = z.object({
  Handler: z.string(),
  Role: z.string(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).default({ Variables: {} }),
  LoggingConfig: z.object({ LogFormat: z.enum(['JSON', 'Text']).default('Text') }).default({ LogFormat: 'Text' }),
});

const assetSchema = z.object({ 'aws:asset:path': z.string(), 'gatehouse:function': z.string().optional() });

const attributesSchema = z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }));
const keysSchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const indexesSchema = z.array(
  z.object({
    IndexName: z.string(),
    KeySchema: keysSchema,
    Projection: z.object({ ProjectionType: z.literal('ALL') }),
  }),
);
const tableSchema = z.object({
  AttributeDefinitions: attributesSchema,
  KeySchema: keysSchema,
  GlobalSecondaryIndexes: indexesSchema.optional(),
});
const tableKeySchema = z.object({
  Replicas: z.array(z.object({ SSESpecification: z.object({ KMSMasterKeyId: z.string() }).optional() })),
});

const generateSchema = z.object({
  SecretStringTemplate: z.string(),
  GenerateStringKey: z.string(),
  PasswordLength: z.number(),
});
const secretSchema = z.object({
  Name: z.string(),
  KmsKeyId: z.string().optional(),
  GenerateSecretString: generateSchema.optional(),
});

const statementsSchema = z.object({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) });

const permissionSchema = z.object({
  Action: z.literal('lambda:InvokeFunction'),
  Principal: z.literal('apigateway.amazonaws.com'),
  FunctionName: z.string(),
  SourceArn: z.string(),
});

/**
 * Reads what `cdk synth` has written to `directory`. `elsewhere` says which addresses in it mean others on this
 * machine, as a hosts file would. Throws for whatever could not be deployed or is not known here.
 */
export function readDeployment(directory: string, elsewhere: Record<string, string> = {}): Deployment {
  const stacks = readAssembly(directory);
  const evaluate = evaluator(stacks);
  const here = (value: unknown) => relocated(value, elsewhere);
  const find = (type: string) =>
    stacks.flatMap((stack) =>
      Object.entries(stack.Resources)
        .filter(([, resource]) => isLike(resource.Type, type))
        .map(([id, resource]) => {
          const { ref, attributes } = identify(stack, id, resource, (value) => evaluate(stack, value));
          const properties = recordSchema.parse(here(evaluate(stack, resource.Properties)));
          const { Type, Metadata } = resource;
          return { id, stack, type: Type, ref, arn: attributes.Arn ?? ref, properties, metadata: Metadata };
        }),
    );

  const roles = new Map(
    find('AWS::IAM::Role').map(({ arn, properties }) => {
      const { Policies } = z.object({ Policies: z.array(statementsSchema).default([]) }).parse(properties);
      return [arn, Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)];
    }),
  );

  const functions = find('AWS::Lambda::Function').flatMap(({ arn, metadata, properties }): DeployedFunction[] => {
    const asset = assetSchema.safeParse(metadata);
    const name = asset.data?.['gatehouse:function'];
    if (!asset.success || name === undefined) return [];
    const { Handler, Role, Timeout, MemorySize, Environment, LoggingConfig } = functionSchema.parse(properties);
    const bundle = join(directory, asset.data['aws:asset:path']);
    if (!existsSync(bundle)) throw new Error(`The bundle of ${name} is not at ${bundle}.`);
    return [
      {
        name,
        arn,
        directory: bundle,
        handler: Handler,
        environment: Environment.Variables,
        timeoutSeconds: Timeout,
        memoryMb: MemorySize,
        logFormat: LoggingConfig.LogFormat,
        statements: roles.get(Role) ?? [],
      },
    ];
  });

  // The API may invoke a function by any of these, where the policy of what it names permits it.
  const invocable = new Map(functions.map(({ arn, name }) => [arn, name]));
  for (const { ref } of [...find('AWS::Lambda::Alias'), ...find('AWS::Lambda::Version')]) {
    const name = invocable.get(ref.slice(0, ref.lastIndexOf(':')));
    if (name !== undefined) invocable.set(ref, name);
  }
  const permissions = find('AWS::Lambda::Permission').map(({ properties }) => permissionSchema.parse(properties));
  const api = only('API', find('AWS::ApiGateway::RestApi'));
  const stage = only('stage', find('AWS::ApiGateway::Stage')).ref;
  const functionAt = (arn: string) => {
    const name = invocable.get(arn);
    if (name === undefined) throw new Error(`There is no function ${arn} in the templates.`);
    return name;
  };
  const invokedBy = (arn: string, caller: string) => {
    const name = functionAt(arn);
    const source = `arn:aws:execute-api:${account.region}:${account.id}:${api.ref}/${caller.replace('{stage}', stage)}`;
    const isPermitted = permissions.some(
      ({ FunctionName, SourceArn }) => FunctionName === arn && isLike(source, SourceArn),
    );
    if (!isPermitted) throw new Error(`API Gateway has no permission to invoke ${arn} for ${caller}.`);
    return name;
  };

  return {
    functions,
    invocable,
    tables: find('AWS::DynamoDB::GlobalTable').map(({ ref, arn, properties }) => ({
      name: ref,
      arn,
      key: tableKeySchema.parse(properties).Replicas[0]?.SSESpecification?.KMSMasterKeyId,
      schema: tableSchema.parse(properties),
    })),
    secrets: find('AWS::SecretsManager::Secret').map(({ properties }) => {
      const { Name, KmsKeyId, GenerateSecretString } = secretSchema.parse(properties);
      return { name: Name, key: KmsKeyId, generate: GenerateSecretString };
    }),
    customResources: find('Custom::*').map(({ id, type, stack, properties }) => {
      const { ServiceToken } = z.object({ ServiceToken: z.string() }).parse(properties);
      return { id, type, stackName: stack.name, functionName: functionAt(ServiceToken), properties };
    }),
    outputs: Object.fromEntries(
      stacks.flatMap((stack) =>
        Object.entries(stack.Outputs)
          .filter(([, { Export }]) => !Export)
          .map(([name, { Value }]) => [name, z.string().parse(here(evaluate(stack, Value)))]),
      ),
    ),
    document: apiDocument(api.properties.Body, invokedBy),
    stage,
  };
}

const recordSchema = z.record(z.string(), z.unknown());

/** The same value with addresses exchanged, wherever a text has them. */
function relocated(value: unknown, elsewhere: Record<string, string>): unknown {
  const addresses = Object.entries(elsewhere);
  const exchange = (text: string) => addresses.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  return JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? exchange(inner) : inner)));
}

function only<T>(what: string, all: T[]): T {
  const [first, ...others] = all;
  if (!first || others.length > 0) throw new Error(`The templates have ${all.length} of what must be one: ${what}.`);
  return first;
}
