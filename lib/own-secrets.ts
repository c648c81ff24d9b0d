import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** As `functions/gateway/deps.ts` names them. */
export const pepperName = 'gatehouse-key-pepper';
export const requestStateKeyName = 'request-state-key';
/** As `functions/setup/first-admin-key.ts` names it. */
export const firstAdminKeyName = 'first-admin-key';

/**
 * The secrets that the gateway makes for itself, as JSON `{"value": …}`. Their names are fixed, because functions look
 * them up by name; those of backends' credentials begin differently, so that no permission covers both.
 */
export class OwnSecrets extends Construct {
  /** Beginnings of the names of the gateway's own secrets, and of the credentials of backends. */
  readonly ownPrefix: string;
  readonly credentialsPrefix: string;
  /** Name of the secret with the first API key, once the deployment has issued it. */
  readonly firstAdminKeyName: string;

  constructor(scope: Construct, id: string, key: IKey, { name, retainData }: Pick<Settings, 'name' | 'retainData'>) {
    super(scope, id);
    this.ownPrefix = `/${name}/own/`;
    this.credentialsPrefix = `/${name}/credentials/`;
    const secret = (constructId: string, secretName: string, description: string, whyNotRotated: string) => {
      const made = new Secret(this, constructId, {
        secretName: this.ownPrefix + secretName,
        description,
        encryptionKey: key,
        generateSecretString: {
          secretStringTemplate: '{}',
          generateStringKey: 'value',
          passwordLength: 64,
          excludePunctuation: true,
        },
        removalPolicy: retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
      });
      Validations.of(made).acknowledge({ id: 'AwsSolutions-SMG4', reason: whyNotRotated });
    };

    secret(
      'KeyPepper',
      pepperName,
      'Keys the hashes of the API keys. Replacing it makes every API key invalid.',
      'The pepper keys the stored hashes of all API keys: rotating it would revoke every key at once.',
    );
    secret(
      'RequestStateKey',
      requestStateKeyName,
      'Seals what a client carries between the requests of one call.',
      'A state that is sealed with it lives for minutes; whoever replaces the value ends the calls under way.',
    );
    this.firstAdminKeyName = this.ownPrefix + firstAdminKeyName;
    secret(
      'FirstAdminKey',
      firstAdminKeyName,
      'The first API key, for the administrator who deploys. Read it, issue keys of your own, and revoke it.',
      'An administrator replaces this key by keys of their own; a rotated one would be a key that nobody asked for.',
    );
  }
}
