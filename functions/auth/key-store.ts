import * as z from 'zod/mini';

/** An API key as it is kept: its secret only as a keyed hash. */
export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** HMAC-SHA-256 of the secret with the deployment's pepper, base64url. */
  secret_hash: z.string(),
  scopes: z.array(z.string()),
  created_at: z.string(),
  /** ISO 8601; absent for a key that does not expire. */
  expires_at: z.optional(z.string()),
  revoked_at: z.optional(z.string()),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

export interface KeyStore {
  find(id: string): Promise<ApiKey | undefined>;
  /** Throws `conflict` when the id exists. */
  add(key: ApiKey): Promise<void>;
  list(): Promise<ApiKey[]>;
  /** Marks the key as revoked; it is no error when it is unknown. */
  revoke(id: string, at: string): Promise<void>;
}
