import type { ImportReport, OperationReport, SecurityScheme } from '../../functions/catalogue/types.ts';
import type { Imported } from '../../functions/import/import-document.ts';

/** An import for a person at a terminal: every operation in a line, and then all that should be known of them. */
export function importedText({ tools, report }: Imported): string {
  const risks = new Map(tools.map(({ name, risk_level }) => [name, risk_level]));
  const rows = report.operations.map((line) => [
    `${line.method} ${line.path}`,
    line.tool ?? '-',
    risks.get(line.tool ?? '') ?? '-',
    line.status,
    String(line.notes.length),
  ]);
  const parts = [
    columns(['operation', 'tool', 'risk', 'status', 'notes'], rows),
    section(
      'Lowered or skipped',
      ofEach(report, ({ notes }) => notes),
    ),
    section(
      'Flags: wording that could steer a model',
      ofEach(report, ({ flags }) => flags),
    ),
    section('Tools that a client will not take', ofEach(report, lintLines)),
    section('Warnings', report.warnings),
    section('Servers (suggestions for a backend’s base_url)', serverLines(report)),
    section('Credentials', (report.security_schemes ?? []).map(schemeLine)),
    hint(report),
    totals(report),
  ];
  return printable(parts.filter((part) => part !== '').join('\n\n'));
}

function columns(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

function section(title: string, lines: string[]): string {
  return lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** The operations that have something to say, each with what it says below it. */
function ofEach(report: ImportReport, linesOf: (line: OperationReport) => string[] | undefined): string[] {
  return report.operations.flatMap((line) => {
    const lines = linesOf(line) ?? [];
    const name = [line.method, line.path, ...(line.tool === undefined ? [] : [`(${line.tool})`])].join(' ');
    return lines.length === 0 ? [] : [name, ...lines.map((text) => `  ${text}`)];
  });
}

function lintLines({ lint = [] }: OperationReport): string[] {
  return lint.map(({ client, form, problem }) => `${client}, ${form} form: ${problem}`);
}

function serverLines({ servers = [] }: ImportReport): string[] {
  return servers.map(({ url, base_url, problem }) => {
    if (problem !== undefined) return `${url} ${problem}`;
    return base_url === url || base_url === undefined ? url : `${base_url}, from ${url}`;
  });
}

function schemeLine({
  name,
  type,
  in: place,
  parameter,
  scheme,
  flows = [],
  openid_connect_url,
}: SecurityScheme): string {
  const details = [
    scheme,
    place !== undefined && parameter !== undefined ? `${place} ${parameter}` : undefined,
    openid_connect_url,
    ...flows.map(({ flow, token_url }) => (token_url === undefined ? flow : `${flow} at ${token_url}`)),
  ].filter((detail) => detail !== undefined);
  return [`${name}: ${type}`, ...details].join(', ');
}

function totals({ title, version, dialect, operations, tools, lowered, skipped, clients = [] }: ImportReport): string {
  const refusing = clients
    .filter(({ refused }) => refused > 0)
    .map(({ client, form, accepted }) => `${client} takes ${accepted} in the ${form} form`);
  return [
    `${title} ${version} (${dialect}): ${operations.length} operations, ${tools} tools, ${lowered} of them lowered, ${skipped} skipped.`,
    refusing.length > 0 ? `Clients that do not take all: ${refusing.join(', ')}.` : 'All clients take all tools.',
  ].join('\n');
}

/** What to do about references that lead to files which were not given. */
function hint({ operations, warnings }: ImportReport): string {
  const texts = [...warnings, ...operations.flatMap(({ notes }) => notes)];
  if (!texts.some((text) => text.includes('leads out of the document'))) return '';
  return 'Some references lead to other files: give the directory that holds them all, and --entry for the document.';
}

/** A document must not be able to move the cursor, or to hide what it is called. */
function printable(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
