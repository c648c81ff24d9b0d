import * as z from 'zod';

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);

/** A statement of an IAM policy, as roles of functions have them. */
export const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: texts,
  Resource: texts,
  Condition: z.record(z.string(), z.record(z.string(), texts)).default({}),
});

export type Statement = z.infer<typeof statementSchema>;

/** Something that somebody wants to do. */
export interface Attempt {
  action: string;
  resource: string;
  /** Values of condition keys. */
  context?: Record<string, string[]> | undefined;
}

/** IAM's verdict for one identity: allowed by a statement and denied by none. Throws for an operator that it does not know. */
export function allows(statements: readonly Statement[], attempt: Attempt): boolean {
  const effects = statements.filter((statement) => applies(statement, attempt)).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function applies({ Action, Resource, Condition }: Statement, { action, resource, context = {} }: Attempt): boolean {
  return (
    Action.some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())) &&
    Resource.some((pattern) => isLike(resource, pattern)) &&
    Object.entries(Condition).every(([operator, tests]) =>
      Object.entries(tests).every(([key, expected]) => test(operator, context[key], expected)),
    )
  );
}

/** `ForAllValues` holds for a key that is not there at all; the other operators do not. */
function test(operator: string, actual: readonly string[] | undefined, expected: readonly string[]): boolean {
  const [quantifier, comparison] = operator.includes(':') ? operator.split(':') : ['ForAnyValue', operator];
  const compare = comparisons[comparison ?? ''];
  if (!compare) throw new Error(`The condition operator ${operator} is not known here.`);
  const matches = (value: string) => expected.some((pattern) => compare(value, pattern));
  if (quantifier === 'ForAllValues') return (actual ?? []).every(matches);
  return (actual ?? []).some(matches);
}

const comparisons: Record<string, (value: string, pattern: string) => boolean> = {
  StringEquals: (value, pattern) => value === pattern,
  StringLike: isLike,
};

/** IAM's wildcards: `*` is any text, `?` one character. */
export function isLike(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}
