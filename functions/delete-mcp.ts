import { jsonRpcErrorAnswer } from './http/answer.ts';
import { methodNotAllowed, route } from './http/route.ts';

/** The gateway keeps no session that a client could end (MCP, Streamable HTTP: 405 is allowed). */
export const handler = route('delete-mcp', methodNotAllowed, jsonRpcErrorAnswer);
