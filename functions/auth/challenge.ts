/** What a refused client is told. */
export interface Challenge {
  /** URL of the protected-resource metadata (RFC 9728 section 5.1). */
  resource_metadata: string;
  /** RFC 6750 section 3.1; absent when the client presented nothing. */
  error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  description?: string;
  /** Every scope that the operation needs: MCP clients ask for their union with what they have. */
  scope?: readonly string[];
}

/** The value of `WWW-Authenticate` for a 401 or 403 (RFC 6750 section 3). */
export function challenge({ resource_metadata, error, description, scope }: Challenge): string {
  const parameters = [
    ['error', error],
    ['error_description', description],
    ['scope', scope?.join(' ')],
    ['resource_metadata', resource_metadata],
  ] as const;
  const written = parameters.flatMap(([name, value]) => (value ? [`${name}="${quotable(value)}"`] : []));
  return `Bearer ${written.join(', ')}`;
}

/**
 * RFC 6750 section 3 admits printable ASCII without `"` and `\` in these values, which also keeps them inside their
 * quotes and their line.
 */
function quotable(value: string): string {
  return value.replaceAll('"', "'").replace(/[^\x20-\x7e]|\\/g, '?');
}
