import type { ClientCount, ImportedTool, LintFinding } from '../../catalogue/types.ts';
import type { JsonSchema } from '../schemas/subschemas.ts';
import { clientRules } from './client-rules.ts';

const clients = [...new Set(clientRules.map(({ client }) => client))];
const forms = ['safe', 'lossless'] as const;
/** So that the report fits into an answer; the counts go on. */
const maxFindings = 2_000;

export interface Lint {
  /** How many tools each client accepts and refuses in each form. */
  clients: ClientCount[];
  /** What was found of a tool; nothing for most. */
  findings: ReadonlyMap<ImportedTool, LintFinding[]>;
}

/** Which clients will refuse which of these tools, in which form of their schemas, and why. */
export function lintTools(tools: readonly ImportedTool[]): Lint {
  const found = tools.map((tool) => [tool, lintTool(tool)] as const).filter(([, ofTool]) => ofTool.length > 0);
  const counts = clients.flatMap((client) =>
    forms.map((form): ClientCount => {
      const isRefused = (finding: LintFinding) => finding.client === client && finding.form === form;
      const refused = found.filter(([, ofTool]) => ofTool.some(isRefused)).length;
      return { client, form, accepted: tools.length - refused, refused };
    }),
  );
  let room = maxFindings;
  const reported = found.filter(([, ofTool]) => {
    room -= ofTool.length;
    return room >= 0;
  });
  return { clients: counts, findings: new Map(reported) };
}

function lintTool(tool: ImportedTool): LintFinding[] {
  const lossless = problemsOf(tool, tool.input_schema);
  const safe = tool.client_schema ? problemsOf(tool, tool.client_schema) : lossless;
  return [
    ...safe.map((found): LintFinding => ({ ...found, form: 'safe' })),
    ...lossless.map((found): LintFinding => ({ ...found, form: 'lossless' })),
  ];
}

function problemsOf({ name, description }: ImportedTool, schema: JsonSchema): Omit<LintFinding, 'form'>[] {
  const shown = { name, description, schema };
  return clientRules.flatMap(({ client, broken, because }) => {
    const place = broken(shown);
    if (place === undefined) return [];
    return [{ client, problem: place === '#' ? `${because}.` : `${because}: ${place.slice(0, 200)}.` }];
  });
}
