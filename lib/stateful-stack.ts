import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { AuditBucket } from './audit-bucket.ts';
import { OwnSecrets } from './own-secrets.ts';
import type { Settings } from './settings.ts';
import { Tables } from './tables.ts';

/** What outlives every deployment: tables, secrets, the audit bucket, and the key that encrypts them. */
export class StatefulStack extends Stack {
  readonly key: IKey;
  readonly tables: Tables;
  readonly secrets: OwnSecrets;
  readonly auditBucket: AuditBucket;

  constructor(scope: Construct, id: string, settings: Settings, props: StackProps) {
    super(scope, id, { ...props, terminationProtection: settings.retainData });
    this.key = new Key(this, 'Key', {
      description: `Encrypts the tables, secrets and audit records of ${settings.name}.`,
      alias: `${settings.name}-data`,
      enableKeyRotation: true,
      removalPolicy: settings.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    this.tables = new Tables(this, 'Tables', this.key, settings);
    this.secrets = new OwnSecrets(this, 'Secrets', this.key, settings);
    this.auditBucket = new AuditBucket(this, 'AuditBucket', this.key, settings);
  }
}
