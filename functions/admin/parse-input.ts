import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';

/** What an administrator sent, parsed. Throws `invalid` naming the first wrong field and listing all of them. */
export function parseInput<T extends z.core.$ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = z.safeParse(schema, input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
  const [first] = problems;
  throw new GatewayError('invalid', `${first?.field || 'The body'}: ${first?.message}`, {
    field: first?.field || 'body',
    details: { problems: problems.slice(0, 20) },
  });
}
