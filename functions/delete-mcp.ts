import { mcpRoute, methodNotAllowed } from './http/route.ts';

/** The gateway keeps no session that a client could end (MCP, Streamable HTTP: 405 is allowed). */
export const handler = mcpRoute('delete-mcp', methodNotAllowed);
