import type { ClientCapabilities } from '@modelcontextprotocol/server';

/** Whether a client can show its user a form: who declares elicitation without saying how can (MCP 2025-11-25, elicitation). */
export function canAskUser({ elicitation }: ClientCapabilities = {}): boolean {
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}
