import * as z from 'zod';
import type { Stack } from './assembly.ts';
import { account, identify } from './resources.ts';

/** Gives a value of a stack's template as CloudFormation would: with its intrinsic functions evaluated. */
export type Evaluate = (stack: Stack, value: unknown) => unknown;

type Intrinsic = (stack: Stack, argument: unknown) => unknown;

const noValue = Symbol('AWS::NoValue');

const pair = z.tuple([z.unknown(), z.unknown()]);
const attributeSchema = z.union([
  z.tuple([z.string(), z.string()]),
  z.string().transform((text): [string, string] => [text.split('.')[0] ?? '', text.split('.').slice(1).join('.')]),
]);
const substitutionSchema = z.union([
  z.string().transform((text): [string, Record<string, unknown>] => [text, {}]),
  z.tuple([z.string(), z.record(z.string(), z.unknown())]),
]);

/**
 * Evaluates the intrinsic functions of templates that are deployed together, with resources named as `identify` names
 * them. Throws for what it does not know, naming it: a wrong guess would look like a fault of the gateway.
 */
export function evaluator(stacks: readonly Stack[]): Evaluate {
  const evaluate: Evaluate = (stack, value) => {
    if (Array.isArray(value)) return value.map((item) => evaluate(stack, item)).filter((item) => item !== noValue);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, argument] = ['', undefined]] = entries;
    const intrinsic = entries.length === 1 && Object.hasOwn(intrinsics, name) ? intrinsics[name] : undefined;
    if (intrinsic) return intrinsic(stack, argument);
    if (entries.length === 1 && name.startsWith('Fn::')) throw new Error(`${stack.name}: ${name} is not known here.`);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, evaluate(stack, item)]).filter(([, item]) => item !== noValue),
    );
  };
  const text = (stack: Stack, value: unknown) => z.coerce.string().parse(evaluate(stack, value));

  const identityOf = (stack: Stack, id: string) => {
    const resource = stack.Resources[id];
    if (!resource) throw new Error(`${stack.name} has no resource or parameter ${id}.`);
    return identify(stack, id, resource, (value) => evaluate(stack, value));
  };

  const ref = (stack: Stack, id: string): unknown => {
    if (id === 'AWS::NoValue') return noValue;
    if (id === 'AWS::StackName') return stack.name;
    const pseudo = pseudoParameters[id];
    if (pseudo !== undefined) return pseudo;
    const parameter = stack.Parameters[id];
    return parameter ? parameter.Default : identityOf(stack, id).ref;
  };

  const attribute = (stack: Stack, id: string, name: string): string => {
    const value = identityOf(stack, id).attributes[name];
    if (value === undefined) throw new Error(`${stack.name}: ${stack.Resources[id]?.Type} ${id} has no ${name} here.`);
    return value;
  };

  const outputOf = (stack: Stack, name: string) => {
    const output = stack.Outputs[name];
    if (!output) throw new Error(`${stack.name} has no output ${name}.`);
    return evaluate(stack, output.Value);
  };

  const isTrue = (stack: Stack, condition: unknown): boolean => {
    const value = typeof condition === 'string' ? evaluate(stack, stack.Conditions[condition]) : condition;
    return z.boolean().parse(value);
  };

  const intrinsics: Record<string, Intrinsic> = {
    Ref: (stack, id) => ref(stack, z.string().parse(id)),
    'Fn::GetAtt': (stack, argument) => attribute(stack, ...attributeSchema.parse(argument)),
    'Fn::Join': (stack, argument) => {
      const [delimiter, parts] = z.tuple([z.string(), z.unknown()]).parse(argument);
      return z.array(z.coerce.string()).parse(evaluate(stack, parts)).join(delimiter);
    },
    'Fn::Sub': (stack, argument) => {
      const [template, values] = substitutionSchema.parse(argument);
      return template.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
        if (literal) return `\${${name}}`;
        if (Object.hasOwn(values, name)) return text(stack, values[name]);
        return name.includes('.') && !name.startsWith('AWS::')
          ? attribute(stack, ...attributeSchema.parse(name))
          : text(stack, { Ref: name });
      });
    },
    'Fn::Select': (stack, argument) => {
      const [index, list] = pair.parse(argument);
      return z.array(z.unknown()).parse(evaluate(stack, list))[Number(index)];
    },
    'Fn::Split': (stack, argument) => {
      const [delimiter, whole] = pair.parse(argument);
      return text(stack, whole).split(String(delimiter));
    },
    'Fn::If': (stack, argument) => {
      const [condition, yes, no] = z.tuple([z.string(), z.unknown(), z.unknown()]).parse(argument);
      return evaluate(stack, isTrue(stack, condition) ? yes : no);
    },
    'Fn::Equals': (stack, argument) => {
      const [one, other] = pair.parse(argument);
      return text(stack, one) === text(stack, other);
    },
    'Fn::ImportValue': (stack, argument) => {
      const wanted = text(stack, argument);
      for (const exporter of stacks) {
        for (const [name, { Export }] of Object.entries(exporter.Outputs)) {
          if (Export && text(exporter, Export.Name) === wanted) return outputOf(exporter, name);
        }
      }
      throw new Error(`${stack.name} imports ${wanted}, which no stack exports.`);
    },
    'Fn::GetStackOutput': (stack, argument) => {
      const { StackName, OutputName } = z.object({ StackName: z.unknown(), OutputName: z.string() }).parse(argument);
      const name = text(stack, StackName);
      const other = stacks.find((candidate) => candidate.name === name);
      if (!other) throw new Error(`${stack.name} reads an output of ${name}, which is not there.`);
      return outputOf(other, OutputName);
    },
  };
  return evaluate;
}

const pseudoParameters: Record<string, unknown> = {
  'AWS::AccountId': account.id,
  'AWS::Partition': 'aws',
  'AWS::Region': account.region,
  'AWS::URLSuffix': 'amazonaws.com',
};
