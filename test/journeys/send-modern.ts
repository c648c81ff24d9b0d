/** What a gateway answers to one message, as JSON. */
export interface ModernAnswer {
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

/** One request of a client of 2026-07-28, as it is on the wire. */
export async function sendModern(
  { url, token, capabilities }: { url: string; token: string; capabilities: object },
  method: string,
  params: Record<string, unknown>,
): Promise<ModernAnswer> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': String(params.name ?? params.taskId ?? ''),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
  return (await response.json()) as ModernAnswer;
}
