import {
  type CfnDomainName,
  DomainName,
  EndpointAccessMode,
  EndpointType,
  type IRestApi,
  SecurityPolicy,
  type SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/**
 * The gateway under a name of its own, at the root of the host: RFC 9728 wants the metadata there, and the default
 * endpoint begins every path with the stage.
 */
export class CustomDomain extends Construct {
  /** Where to point the name; absent when that has been done, in the hosted zone. */
  readonly target: string | undefined;

  constructor(scope: Construct, id: string, api: SpecRestApi, domainName: string, settings: Settings) {
    super(scope, id);
    const domain = new DomainName(this, 'Domain', {
      domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', settings.certificateArn ?? ''),
      endpointType: EndpointType.REGIONAL,
      mapping: api as IRestApi,
      ...this.transport(settings),
    });
    (domain.node.defaultChild as CfnDomainName).addPropertyOverride('EndpointConfiguration.IpAddressType', 'dualstack');
    const { hostedZoneId, hostedZoneName: zoneName } = settings;
    if (hostedZoneId === undefined || zoneName === undefined) {
      this.target = domain.domainNameAliasDomainName;
      return;
    }
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName });
    const record = { zone, recordName: `${domainName}.`, target: RecordTarget.fromAlias(new ApiGatewayDomain(domain)) };
    new ARecord(this, 'Ipv4', record);
    new AaaaRecord(this, 'Ipv6', record);
  }

  /** API Gateway knows client certificates only under the older policy. */
  private transport({ truststore, truststoreVersion }: Settings) {
    if (truststore === undefined) {
      return { securityPolicy: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09, endpointAccessMode: EndpointAccessMode.STRICT };
    }
    const { hostname, pathname } = new URL(truststore);
    return {
      securityPolicy: SecurityPolicy.TLS_1_2,
      mtls: {
        bucket: Bucket.fromBucketName(this, 'Truststore', hostname),
        key: pathname.slice(1),
        ...(truststoreVersion !== undefined && { version: truststoreVersion }),
      },
    };
  }
}
