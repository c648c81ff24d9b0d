import type { ImportReport } from '../functions/catalogue/types.ts';

interface Access {
  publicUrl: string;
  operatorToken: string;
  viewerToken: string;
  /** Absent when it was shown before. */
  adminKey: string | undefined;
  /** A tool that can be called without arguments. */
  example: string | undefined;
}

/** What `npm start` prints: everything a person needs to make the first call. */
export function banner({ publicUrl, operatorToken, viewerToken, adminKey, example }: Access): string {
  const configuration = {
    mcpServers: {
      gatehouse: { type: 'http', url: `${publicUrl}/mcp`, headers: { Authorization: `Bearer ${operatorToken}` } },
    },
  };
  return `
Gatehouse runs at ${publicUrl}
  MCP        ${publicUrl}/mcp
  Discovery  ${publicUrl}/api/mcp/tools
  Admin      ${publicUrl}/admin/…

Admin key (x-api-key)${adminKey ? `, shown this once:\n  ${adminKey}` : ': shown at the first start; --new-admin-key issues another.'}

Operator's token (read and write tools, 12 hours):
  ${operatorToken}

Viewer's token (read tools only, 12 hours):
  ${viewerToken}

Client configuration (.mcp.json):
${JSON.stringify(configuration, undefined, 2)}

Try it:
${curl(publicUrl, operatorToken, example)}

Ctrl-C ends it.`;
}

function curl(publicUrl: string, token: string, tool: string | undefined): string {
  const method = tool ? 'tools/call' : 'tools/list';
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method,
    params: {
      ...(tool && { name: tool, arguments: {} }),
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  };
  const headers = [
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    'MCP-Protocol-Version: 2026-07-28',
    `Mcp-Method: ${method}`,
    ...(tool ? [`Mcp-Name: ${tool}`] : []),
  ];
  return `curl -s ${publicUrl}/mcp ${headers.map((header) => `-H '${header}'`).join(' ')} -d '${JSON.stringify(message)}'`;
}

/** One line for the whole document and one for each operation that was left out or lowered. */
export function importSummary(file: string, report: ImportReport): string {
  const lines = report.operations
    .filter(({ status }) => status !== 'ok')
    .map(
      ({ status, method, path, notes }) =>
        `  ${status.padEnd(8)} ${method.toUpperCase().padEnd(7)} ${path}: ${notes.join('; ')}`,
    );
  const { title, version, tools, lowered, skipped } = report;
  return [
    `Imported ${file} (${title} ${version}): ${tools} tools, ${lowered} of them lowered; ${skipped} operations skipped.`,
    ...report.warnings.map((warning) => `  warning  ${warning}`),
    ...lines,
  ].join('\n');
}
