import * as z from 'zod';
import type { Exchange } from './recorder.ts';

const violationSchema = z.object({
  /** `body.name`, `query.limit`, `route`, `server`. */
  place: z.string(),
  code: z.string(),
  message: z.string(),
});
/** One thing that Prism holds against a request. */
export type Violation = z.infer<typeof violationSchema>;

const verdictSchema = z.object({ violations: z.array(violationSchema) });
const problemSchema = z.object({ type: z.string(), title: z.string(), detail: z.string() });

/** What Prism says about a request: nothing against it, or why it does not take it. */
export function violationsOf({ reply }: Exchange): Violation[] {
  if (reply.status === 204 || reply.body === '') return [];
  const said = readJson(reply.body);
  const verdict = verdictSchema.safeParse(said);
  if (verdict.success) return verdict.data.violations;
  const problem = problemSchema.safeParse(said);
  if (!problem.success) return [{ place: 'server', code: 'failed', message: reply.body.slice(0, 200) }];
  const { type, title, detail } = problem.data;
  const code = type.split('#')[1] ?? type;
  return [{ place: code.startsWith('NO_') ? 'route' : 'server', code, message: detail || title }];
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
