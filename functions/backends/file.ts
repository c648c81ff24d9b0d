import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';
import { type Credential, type CredentialStore, credentialSchema } from './credentials.ts';

const fileSchema = z.array(z.tuple([z.string(), credentialSchema]));

/**
 * Credentials of one machine, in one file that only its owner can read. A reader sees the file before a write or
 * after it; writes of one process follow each other, and only one process may write.
 */
export function fileCredentials(path: string): CredentialStore {
  let lastWrite: Promise<unknown> = Promise.resolve();

  async function readAll(): Promise<Map<string, Credential>> {
    const text = await textOf(path);
    if (text === undefined) return new Map();
    try {
      // Entries rather than an object, because a name may be `__proto__`.
      return new Map(z.parse(fileSchema, JSON.parse(text)));
    } catch {
      // No cause: those of JSON and zod quote what they could not read.
      throw new GatewayError('unavailable', 'The file of credentials cannot be read; delete it and write them again.');
    }
  }

  async function put(name: string, credential: Credential): Promise<void> {
    const all = await readAll();
    all.set(name, credential);
    await replaceFile(path, `${JSON.stringify([...all], undefined, 2)}\n`);
  }

  return {
    async read(name) {
      return (await readAll()).get(name);
    },
    async write(name, credential) {
      const write = lastWrite.then(() => put(name, credential));
      lastWrite = write.catch(() => undefined);
      await write;
    },
  };
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isAbsence(cause)) return undefined;
    throw new GatewayError('unavailable', 'The file of credentials cannot be read.', { cause });
  }
}

/** Replaces the file as a whole: a crash leaves the old one or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new GatewayError('unavailable', 'The file of credentials cannot be written.', { cause });
  }
}

function isAbsence(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
