import * as z from 'zod/mini';
import { type CredentialStore, credentialSchema } from '../backends/credentials.ts';
import { nameSchema } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { parseInput } from './parse-input.ts';

/** Stores a credential; no route gives it back. Throws `invalid` naming the field, never quoting a value. */
export async function putCredential(store: CredentialStore, name: string, body: unknown): Promise<void> {
  const credential = parseInput(credentialSchema, body);
  if (!z.safeParse(nameSchema, name).success) {
    throw new GatewayError('invalid', 'A credential is named with letters, digits, ".", "_" and "-".', {
      field: 'credential',
    });
  }
  await store.write(name, credential);
}
