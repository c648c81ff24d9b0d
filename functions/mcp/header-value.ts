const sentinel = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/;

/** An `Mcp-*` header's value as the client meant it: values unsafe in a header arrive as `=?base64?…?=` (SEP-2243). */
export function decodeHeaderValue(value: string): string {
  const encoded = sentinel.exec(value.trim())?.[1];
  return encoded === undefined ? value.trim() : Buffer.from(encoded, 'base64').toString('utf8');
}
