import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cachedCredentials } from '../../functions/backends/cached-credentials.ts';
import { fileCredentials } from '../../functions/backends/file.ts';
import { secretsManagerCredentials } from '../../functions/backends/secrets.ts';
import { systemClock } from '../../functions/gateway/clock.ts';
import { type SecretsManagerServer, startSecretsManager } from '../../local/secrets-manager.ts';
import { credentialContract } from './credentials.ts';

const directories: string[] = [];
async function newFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-credentials-'));
  directories.push(directory);
  return join(directory, 'data', 'credentials.json');
}
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true }))));

let server: SecretsManagerServer;
let client: SecretsManagerClient;
beforeAll(async () => {
  server = await startSecretsManager();
  client = new SecretsManagerClient({
    endpoint: server.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return async () => {
    client.destroy();
    await server.close();
  };
});
afterEach(() => {
  server.secrets.clear();
  server.requests.length = 0;
  server.before = () => undefined;
});

credentialContract('a file', async () => fileCredentials(await newFile()));
credentialContract('Secrets Manager', async () => secretsManagerCredentials(client, '/gatehouse/'));
credentialContract('a cache before a file', async () =>
  cachedCredentials(fileCredentials(await newFile()), systemClock),
);

describe('credentials in Secrets Manager', () => {
  const credentials = () => secretsManagerCredentials(client, '/gatehouse/');

  it('are secrets of their own under the prefix', async () => {
    await credentials().write('dealer-key', { value: 'k-123' });
    expect([...server.secrets]).toEqual([['/gatehouse/dealer-key', '{"value":"k-123"}']]);
  });

  it('are created only when they cannot be replaced', async () => {
    await credentials().write('dealer-key', { value: 'first' });
    await credentials().write('dealer-key', { value: 'second' });
    expect(server.requests).toEqual(['PutSecretValue', 'CreateSecret', 'PutSecretValue']);
  });

  it('are replaced when somebody else creates them at the same moment', async () => {
    server.before = ({ operation }) => {
      if (operation === 'CreateSecret') server.secrets.set('/gatehouse/dealer-key', '{"value":"theirs"}');
      return undefined;
    };
    await credentials().write('dealer-key', { value: 'ours' });
    expect(await credentials().read('dealer-key')).toEqual({ value: 'ours' });
  });

  it.each(['InternalServiceError', 'AccessDeniedException', 'DecryptionFailure', 'InvalidRequestException'])(
    'are unavailable when the answer is %s',
    async (failure) => {
      server.before = () => failure;
      await expect(credentials().read('dealer-key')).rejects.toMatchObject({ code: 'unavailable' });
      await expect(credentials().write('dealer-key', { value: 'v' })).rejects.toMatchObject({ code: 'unavailable' });
    },
  );

  it.each(['hunter2', '{"value":"hunter2"', '{"token":"hunter2"}', '{"value":["hunter2"]}', '"hunter2"', ''])(
    'are unavailable when the secret is %j, and the error does not tell it',
    async (text) => {
      server.secrets.set('/gatehouse/dealer-key', text);
      const error = await credentials()
        .read('dealer-key')
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('dealer-key') });
      expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
    },
  );
});

describe('credentials in a file', () => {
  let path: string;
  beforeEach(async () => {
    path = await newFile();
  });

  it('can be read by its owner only', async () => {
    await fileCredentials(path).write('dealer-key', { value: 'k-123' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    // Also after somebody has opened it to others.
    await chmod(path, 0o644);
    await fileCredentials(path).write('dealer-key', { value: 'k-124' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('survive the process, and leave nothing else behind', async () => {
    await fileCredentials(path).write('dealer-key', { value: 'k-123' });
    expect(await fileCredentials(path).read('dealer-key')).toEqual({ value: 'k-123' });
    expect(await readdir(join(path, '..'))).toEqual(['credentials.json']);
  });

  it('are read whole while they are being written', async () => {
    const store = fileCredentials(path);
    const long = 'x'.repeat(200_000);
    await store.write('dealer-key', { value: long });
    const writes = Array.from({ length: 20 }, () => store.write('dealer-key', { value: long }));
    const reads = Array.from({ length: 50 }, () => fileCredentials(path).read('dealer-key'));
    expect(await Promise.all(reads)).toEqual(Array.from(reads, () => ({ value: long })));
    await Promise.all(writes);
  });

  it.each(['', 'hunter2', '{"dealer-key":{"value":"hunter2"}}', '[["dealer-key",{"value":["hunter2"]}]]'])(
    'are unavailable when the file is %j, which stays as it is and is not told',
    async (text) => {
      await fileCredentials(path).write('dealer-key', { value: 'k-123' });
      await writeFile(path, text);
      const error = await fileCredentials(path)
        .write('other-key', { value: 'v' })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'unavailable' });
      expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );

  it('can be written again after a write that failed', async () => {
    const store = fileCredentials(path);
    await store.write('dealer-key', { value: 'k-123' });
    const good = await readFile(path, 'utf8');
    await writeFile(path, 'broken');
    await expect(store.write('dealer-key', { value: 'k-124' })).rejects.toMatchObject({ code: 'unavailable' });
    await writeFile(path, good);
    await store.write('dealer-key', { value: 'k-125' });
    expect(await store.read('dealer-key')).toEqual({ value: 'k-125' });
  });
});
