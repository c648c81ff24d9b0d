import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, type TablePropsV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

type TableSettings = Pick<Settings, 'retainData' | 'tableMaxReadUnits' | 'tableMaxWriteUnits'>;

/** The tables of the gateway: on demand up to a maximum, encrypted with its own key, restorable to any second of 35 days. */
export class Tables extends Construct {
  readonly catalogue: TableV2;
  readonly state: TableV2;
  readonly audit: TableV2;
  readonly bugs: TableV2;

  constructor(scope: Construct, id: string, key: IKey, settings: TableSettings) {
    super(scope, id);
    const rows = {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
    };
    const common = {
      billing: Billing.onDemand({
        maxReadRequestUnits: settings.tableMaxReadUnits,
        maxWriteRequestUnits: settings.tableMaxWriteUnits,
      }),
      encryption: TableEncryptionV2.customerManagedKey(key),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 35 },
      deletionProtection: settings.retainData,
      removalPolicy: settings.retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    };
    const table = (name: string, props: TablePropsV2) => new TableV2(this, name, { ...common, ...props });

    this.catalogue = table('Catalogue', rows);
    this.state = table('State', { ...rows, timeToLiveAttribute: 'expires_at' });
    this.audit = table('Audit', rows);
    this.bugs = table('Bugs', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: 'by_status',
          partitionKey: { name: 'status', type: AttributeType.STRING },
          sortKey: { name: 'created_at', type: AttributeType.STRING },
        },
      ],
    });
  }
}
