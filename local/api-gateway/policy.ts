import * as z from 'zod';
import { isLike } from '../iam/policy.ts';

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Resource: oneOrMore,
});

/** The IAM policy of an authorizer's answer. Conditions are refused rather than ignored. */
export const policySchema = z.object({
  Version: z.string().optional(),
  Statement: z.union([
    statementSchema.strict().transform((one) => [one]),
    z.array(statementSchema.extend({ Sid: z.string().optional() }).strict()),
  ]),
});
export type Policy = z.infer<typeof policySchema>;

/** Whether the policy lets this method be invoked: allowed by some statement and denied by none. */
export function isAllowed({ Statement }: Policy, methodArn: string): boolean {
  const effects = Statement.filter(
    ({ Action, Resource }) =>
      Action.some((pattern) => isLike('execute-api:invoke', pattern.toLowerCase())) &&
      Resource.some((pattern) => isLike(methodArn, pattern)),
  ).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}
