import * as z from 'zod/mini';

/** The secret parts by the `auth` mode of a backend: `{ value }` for apiKey and bearer, `{ username, password }` for basic. */
export const credentialSchema = z.union([
  z.strictObject({ value: z.string() }),
  z.strictObject({ username: z.string(), password: z.string() }),
]);
export type Credential = z.infer<typeof credentialSchema>;

/** Where backend credentials are kept. Values are read when first needed and never logged. */
export interface CredentialStore {
  /** `undefined` when there is none by that name. Throws `unavailable` when the store cannot tell. */
  read(name: string): Promise<Credential | undefined>;
  write(name: string, credential: Credential): Promise<void>;
}
