/** Headers of one connection only (RFC 9110 section 7.6.1), and those by which a message is framed or routed. */
const transport = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'accept-encoding',
];

/** Headers that say who is calling and what for; an API manager relies on them. */
const identity = ['cookie', 'set-cookie', 'x-correlation-id', 'x-mcp-tool-name', 'x-mcp-risk-level'];

const owned = new Set([...transport, ...identity]);

/** What OpenAPI's Parameter Object says to ignore, and how the gateway introduces itself. */
const notForArguments = new Set(['accept', 'authorization', 'content-type', 'user-agent']);

/** Whether only the gateway writes this header: neither a backend's settings nor a call may. Any case. */
export function isOwnedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return owned.has(lower) || lower.startsWith('x-upstream-');
}

/** Whether a parameter of a document may become this header. Any case. */
export function isArgumentHeader(name: string): boolean {
  return !isOwnedHeader(name) && !notForArguments.has(name.toLowerCase());
}
