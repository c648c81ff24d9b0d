import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyKey } from '../../functions/auth/api-key.ts';
import { memoryKeys } from '../../functions/auth/memory.ts';
import { fileCredentials } from '../../functions/backends/file.ts';
import { firstAdminKeyName, issueFirstAdminKey } from '../../functions/setup/issue-first-admin-key.ts';
import { firstAdminKeyName as nameInTheStack } from '../../lib/own-secrets.ts';

const pepper = 'a-pepper-of-enough-characters';
const clock = () => Date.parse('2026-11-21T09:30:00Z');

/** A deployment whose secret holds what CloudFormation has generated. */
async function newDeployment() {
  const credentials = fileCredentials(join(mkdtempSync(join(tmpdir(), 'gatehouse-setup-')), 'credentials.json'));
  await credentials.write(firstAdminKeyName, { value: 'x'.repeat(64) });
  const keys = memoryKeys();
  const issue = () => issueFirstAdminKey(credentials, keys, pepper, clock);
  const kept = async () => {
    const credential = await credentials.read(firstAdminKeyName);
    return credential && 'value' in credential ? credential.value : '';
  };
  return { credentials, keys, issue, kept };
}

describe('the first admin key', () => {
  it('replaces what was generated for the secret, and opens the admin routes', async () => {
    const { keys, issue, kept } = await newDeployment();
    await issue();
    const verdict = await verifyKey(await kept(), keys, pepper, clock);
    expect(verdict).toMatchObject({
      ok: true,
      principal: {
        kind: 'key',
        subject: 'first-administrator',
        scopes: ['admin:read', 'admin:write', 'admin:approve'],
      },
    });
  });

  it('stays the same through later deployments', async () => {
    const { keys, issue, kept } = await newDeployment();
    await issue();
    const first = await kept();
    await issue();
    expect(await kept()).toBe(first);
    expect(await keys.list()).toHaveLength(1);
  });

  it('does not come back once it is revoked', async () => {
    const { keys, issue, kept } = await newDeployment();
    await issue();
    const [key] = await keys.list();
    await keys.revoke(key?.id ?? '', '2026-11-21T10:00:00Z');
    await issue();
    expect(await keys.list()).toHaveLength(1);
    expect(await verifyKey(await kept(), keys, pepper, clock)).toEqual({ ok: false, reason: 'key_revoked' });
  });

  it('is issued anew when the secret names a key that the tables do not have', async () => {
    const { credentials, issue, kept } = await newDeployment();
    await issue();
    const lost = await kept();
    const keys = memoryKeys();
    await issueFirstAdminKey(credentials, keys, pepper, clock);
    expect(await kept()).not.toBe(lost);
    expect(await verifyKey(await kept(), keys, pepper, clock)).toMatchObject({ ok: true });
  });

  it('is shown by no secret that the tables do not know, if the deployment dies between the two writes', async () => {
    const { credentials, issue, kept } = await newDeployment();
    const keys = memoryKeys();
    const broken = { find: keys.find, add: () => Promise.reject(new Error('gone')) };
    await expect(issueFirstAdminKey(credentials, broken, pepper, clock)).rejects.toThrow('gone');
    expect(await kept()).toBe('x'.repeat(64));
    await issue();
    expect(await kept()).toMatch(/^gh_/);
  });

  it('has one name in the functions and in the stack', () => {
    expect(nameInTheStack).toBe(firstAdminKeyName);
  });
});
