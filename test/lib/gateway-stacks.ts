import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT } from 'aws-cdk-lib/cx-api';
import * as z from 'zod';
import { parseSettings } from '../../lib/settings.ts';
import { buildGateway, gatewayApp } from '../../lib/synthesise.ts';

/** One function for all: what a template says does not depend on what is in the bundles. */
const bundle = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
writeFileSync(join(bundle, 'index.mjs'), 'export const handler = () => {};\n');
export const sameBundle = () => bundle;

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdatePolicy: z.unknown().optional(),
  Metadata: z.looseObject({ 'gatehouse:function': z.string().optional() }).default({}),
});

const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
});

export type Resource = z.infer<typeof resourceSchema> & { id: string };

/** A synthesised template, as CloudFormation reads it. */
export interface StackTemplate {
  outputs: Record<string, unknown>;
  /** The resources of a type. */
  all(type: string): Resource[];
  /** The one resource of a type. Throws when there are more or none. */
  only(type: string): Resource;
}

/** The templates of both stacks for these settings, as `-c` would give them. */
export function gatewayTemplates(
  settings: Record<string, unknown> = {},
): Record<'stateful' | 'gateway', StackTemplate> {
  const app = gatewayApp();
  // As the CLI sets it: whoever asks for templates reads the findings elsewhere, if at all.
  app.node.setContext(FAIL_SYNTH_ON_VALIDATION_ERRORS_CONTEXT, false);
  const { stateful, gateway } = buildGateway(app, parseSettings(settings), sameBundle);
  const assembly = app.synth();
  return {
    stateful: asTemplate(assembly.getStackByName(stateful.stackName).template),
    gateway: asTemplate(assembly.getStackByName(gateway.stackName).template),
  };
}

function asTemplate(json: unknown): StackTemplate {
  const { Resources, Outputs } = templateSchema.parse(json);
  const all = (type: string) =>
    Object.entries(Resources)
      .map(([id, resource]) => ({ ...resource, id }))
      .filter((resource) => resource.Type === type);
  return {
    outputs: Object.fromEntries(Object.entries(Outputs).map(([name, { Value }]) => [name, Value])),
    all,
    only: (type) => {
      const [first, ...more] = all(type);
      if (!first || more.length > 0) throw new Error(`There are ${all(type).length} of ${type}.`);
      return first;
    },
  };
}

/** An intrinsic as text: `Ref` and `Fn::GetAtt` by the resource, an import by the exported resource. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const parsed = intrinsicSchema.parse(value);
  if ('Ref' in parsed) return parsed.Ref.startsWith('AWS::') ? `<${parsed.Ref}>` : parsed.Ref;
  if ('Fn::GetAtt' in parsed) return parsed['Fn::GetAtt'].join('.');
  if ('Fn::ImportValue' in parsed) return parsed['Fn::ImportValue'];
  return parsed['Fn::Join'][1].map(textOf).join(parsed['Fn::Join'][0]);
}

const intrinsicSchema = z.union([
  z.object({ Ref: z.string() }),
  z.object({ 'Fn::GetAtt': z.array(z.string()) }),
  z.object({ 'Fn::ImportValue': z.string() }),
  z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
]);

const oneOrMany = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item), item.transform((single) => [single])]) as z.ZodType<z.output<T>[]>;

const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMany(z.string()),
  Resource: oneOrMany(z.unknown()),
  Condition: z.unknown().optional(),
});

/** A statement of a function's role. */
export interface Statement {
  functionName: string;
  actions: string[];
  resources: string[];
  /** JSON. */
  condition: string;
}

/** What the roles of all functions allow. */
export function statementsOf(template: StackTemplate): Statement[] {
  const policies = z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) }));
  return template.all('AWS::Lambda::Function').flatMap(({ Properties, Metadata }) => {
    const roleId = textOf(Properties.Role).split('.')[0];
    const role = template.all('AWS::IAM::Role').find(({ id }) => id === roleId);
    return policies.parse(role?.Properties.Policies).flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.map((statement) => ({
        functionName: Metadata['gatehouse:function'] ?? '',
        actions: statement.Action,
        resources: statement.Resource.map(textOf),
        condition: JSON.stringify(statement.Condition ?? {}),
      })),
    );
  });
}
