import { issueKey } from '../auth/api-key.ts';
import type { KeyStore } from '../auth/key-store.ts';
import { adminScopes } from '../auth/principal.ts';
import type { CredentialStore } from '../backends/credentials.ts';
import type { Clock } from '../gateway/clock.ts';

/** The name under which the credential store keeps the first API key. */
export const firstAdminKeyName = 'first-admin-key';

/** `gh_<id>_<secret>`. */
const idPattern = /^gh_([a-z2-7]{12})_/;

/**
 * Makes sure that the credential `first-admin-key` holds an API key that the gateway knows, revoked or not: one that
 * somebody revoked must not come back with the next deployment. Issues one with all admin scopes if it does not.
 */
export async function issueFirstAdminKey(
  credentials: CredentialStore,
  keys: Pick<KeyStore, 'find' | 'add'>,
  pepper: string,
  clock: Clock,
): Promise<void> {
  const kept = await credentials.read(firstAdminKeyName);
  const id = kept && 'value' in kept ? idPattern.exec(kept.value)?.[1] : undefined;
  if (id !== undefined && (await keys.find(id))) return;
  const { key, record } = issueKey({ name: 'first-administrator', scopes: adminScopes }, pepper, clock);
  // In this order: a key that is stored but not shown opens nothing, one that is shown but not stored confuses.
  await keys.add(record);
  await credentials.write(firstAdminKeyName, { value: key });
}
