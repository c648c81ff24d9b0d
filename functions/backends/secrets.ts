import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';
import { type Credential, type CredentialStore, credentialSchema } from './credentials.ts';

/**
 * Credentials in Secrets Manager: each a secret of its own, named `<prefix><name>`, whose text is the JSON of a
 * `Credential`. Retries and timeouts are those of the client.
 */
export function secretsManagerCredentials(client: SecretsManagerClient, prefix: string): CredentialStore {
  return {
    async read(name) {
      const request = client.send(new GetSecretValueCommand({ SecretId: prefix + name }));
      const secret = await unless('ResourceNotFoundException', request);
      return secret && parseSecret(name, secret.SecretString);
    },

    async write(name, credential) {
      const SecretString = JSON.stringify(credential);
      const replace = () => client.send(new PutSecretValueCommand({ SecretId: prefix + name, SecretString }));
      if (await unless('ResourceNotFoundException', replace())) return;
      const created = client.send(new CreateSecretCommand({ Name: prefix + name, SecretString }));
      if (await unless('ResourceExistsException', created)) return;
      // Someone else created it in between.
      await unless(undefined, replace());
    },
  };
}

/** What Secrets Manager answers, or `undefined` for the one expected refusal. Throws `unavailable` for any other failure. */
async function unless<T>(refusal: string | undefined, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof Error && cause.name === refusal) return undefined;
    throw new GatewayError('unavailable', 'The store of credentials did not answer; try again.', { cause });
  }
}

// The error has no cause: those of JSON and zod quote what they could not read.
function parseSecret(name: string, text: string | undefined): Credential {
  try {
    return z.parse(credentialSchema, JSON.parse(text ?? ''));
  } catch {
    throw new GatewayError('unavailable', `The credential "${name}" cannot be read; write it again.`);
  }
}
