import { mcpRoute, methodNotAllowed } from './http/route.ts';

/** No stream of its own accord: clients are answered on the POST that asked (MCP, Streamable HTTP: 405 is allowed). */
export const handler = mcpRoute('get-mcp', methodNotAllowed);
