import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

type LockSettings = Pick<Settings, 'auditLockMode' | 'auditLockDays' | 'logRetentionDays' | 'retainData'>;

/** Where sealed audit records stay unchanged: locked, versioned, encrypted, reached over TLS only, its readers logged. */
export class AuditBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, key: IKey, settings: LockSettings) {
    super(scope, id);
    const { auditLockMode, auditLockDays, logRetentionDays, retainData } = settings;
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    };

    const readers = new Bucket(this, 'Readers', {
      ...common,
      // S3 delivers access logs to buckets with its own key only.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(logRetentionDays) }],
    });
    Validations.of(readers).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'This bucket receives the access log of the audit bucket; logging it too would log its own log.',
    });

    const days = Duration.days(auditLockDays);
    this.bucket = new Bucket(this, 'Records', {
      ...common,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention:
        auditLockMode === 'COMPLIANCE' ? ObjectLockRetention.compliance(days) : ObjectLockRetention.governance(days),
      serverAccessLogsBucket: readers as IBucket,
    });
  }
}
