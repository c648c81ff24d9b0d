import { methodNotAllowed, streamingRoute } from './http/route.ts';

/** No stream of its own accord: clients are answered on the POST that asked (MCP, Streamable HTTP: 405 is allowed). */
export const handler = streamingRoute('get-mcp', methodNotAllowed);
