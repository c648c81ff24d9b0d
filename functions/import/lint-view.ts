import type { ClientCount, ImportReport, LintFinding } from '../catalogue/types.ts';

/** Whether clients will take the tools of a document, as a person asks it. */
export interface LintView {
  clients: ClientCount[];
  /** Tool by tool, in the order of the report. */
  refusals: ({ tool: string } & LintFinding)[];
}

/** The lint view of a report; empty for one that was made before there was any. */
export function lintView({ operations, clients = [] }: ImportReport): LintView {
  return {
    clients,
    refusals: operations.flatMap(({ tool, lint = [] }) =>
      tool === undefined ? [] : lint.map((finding) => ({ tool, ...finding })),
    ),
  };
}
