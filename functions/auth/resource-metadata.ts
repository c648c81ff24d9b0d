/** The document of RFC 9728 section 2: what protects the gateway's MCP endpoint and who issues tokens for it. */
export interface ResourceMetadata {
  resource: string;
  resource_name: string;
  authorization_servers: string[];
  bearer_methods_supported: ['header'];
  scopes_supported?: string[];
}

export interface ResourceSettings {
  /** Where clients reach the gateway, without a trailing slash. */
  publicUrl: string;
  issuers: readonly { issuer: string }[];
  /** Scopes to ask for; left out when the issuers need none. */
  scopes?: readonly string[];
}

/**
 * The metadata of `<publicUrl>/mcp`. An issuer whose identifier is no URL, as a bare name that only marks tokens,
 * is not named: clients could not find it (RFC 8414 section 2).
 */
export function resourceMetadata({ publicUrl, issuers, scopes }: ResourceSettings): ResourceMetadata {
  return {
    resource: `${publicUrl}/mcp`,
    resource_name: 'Gatehouse',
    authorization_servers: issuers.map(({ issuer }) => issuer).filter((issuer) => /^https?:\/\//.test(issuer)),
    bearer_methods_supported: ['header'],
    ...(scopes?.length && { scopes_supported: [...scopes] }),
  };
}
