import * as z from 'zod/mini';

/**
 * Who calls. `token` principals come from a bearer token of an identity provider and use tools;
 * `key` principals come from a gateway API key and administer.
 */
export const principalSchema = z.object({
  kind: z.enum(['token', 'key']),
  subject: z.string(),
  issuer: z.string(),
  /** The OAuth client (`azp` or `client_id`), or the key's id. */
  client_id: z.optional(z.string()),
  roles: z.array(z.string()),
  groups: z.array(z.string()),
  scopes: z.array(z.string()),
});

export type Principal = z.infer<typeof principalSchema>;

/** What an API key may be allowed to do on the admin routes; none includes another. */
export const adminScopes = ['admin:read', 'admin:write', 'admin:approve'] as const;
export type AdminScope = (typeof adminScopes)[number];
