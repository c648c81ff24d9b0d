import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { parseSettings } from '../../lib/settings.ts';
import { buildGateway, gatewayApp, synthesise } from '../../lib/synthesise.ts';
import { gatewayTemplates, sameBundle, textOf } from './gateway-stacks.ts';

const domain = {
  domainName: 'mcp.northwind.dev',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/abc',
};
const issuers = [
  {
    issuer: 'https://login.northwind.dev',
    jwks_uri: 'https://login.northwind.dev/keys',
    audiences: ['https://mcp.northwind.dev/mcp'],
  },
];

const variants = {
  default: {},
  'custom domain': { ...domain, issuers },
  'custom domain with hosted zone': { ...domain, issuers, hostedZoneId: 'Z0123456', hostedZoneName: 'northwind.dev' },
  'mutual TLS': { ...domain, issuers, truststore: 's3://northwind-trust/clients.pem', truststoreVersion: 'v1' },
  WAF: { waf: true },
  'no canary': { canary: false },
  'production audit lock': { ...domain, issuers, environment: 'production', auditLockDays: 2557 },
  development: { retainData: false },
  'alarms by e-mail': { alarmEmail: 'ops@northwind.dev' },
  'alarms to a topic': { alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:ops' },
  'provisioned concurrency': { provisionedConcurrency: 2 },
  'no reserved concurrency': { authorizerConcurrency: 0, adminConcurrency: 0 },
  'another name and region': { name: 'second', region: 'eu-central-1' },
};

const reportSchema = z.object({
  pluginReports: z.array(z.object({ violations: z.array(z.object({ ruleName: z.string(), severity: z.string() })) })),
});

/** What the checks found in a synthesis; acknowledged findings are not among them. */
async function findingsIn(settings: Record<string, unknown>): Promise<string[]> {
  const outdir = mkdtempSync(join(tmpdir(), 'gatehouse-variant-'));
  await synthesise(parseSettings(settings), outdir, sameBundle);
  const report: unknown = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
  const { pluginReports } = reportSchema.parse(report);
  return pluginReports.flatMap(({ violations }) =>
    violations.map(({ severity, ruleName }) => `${severity} ${ruleName}`),
  );
}

describe('with all checks on', () => {
  const before = process.env.CDK_VALIDATION;
  beforeAll(() => {
    process.env.CDK_VALIDATION = 'true';
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterAll(() => {
    process.env.CDK_VALIDATION = before;
    vi.restoreAllMocks();
  });

  const noIssuers = 'warning Annotation::gatehouse:issuers';
  const noDomain = 'warning Annotation::gatehouse:domainName';
  const noUrl = 'warning Annotation::gatehouse:publicUrl';
  const isOpen: Partial<Record<string, string[]>> = {
    'custom domain': [],
    'custom domain with hosted zone': [],
    'mutual TLS': ['warning Annotation::gatehouse:truststore'],
    'production audit lock': [],
  };

  it.each(Object.entries(variants))('%s synthesises without a finding but its own warnings', async (name, settings) => {
    expect(await findingsIn(settings)).toEqual(isOpen[name] ?? [noIssuers, noDomain, noUrl]);
  });

  it('a finding that nobody has given a reason for fails the synthesis', () => {
    const app = gatewayApp();
    new Topic(buildGateway(app, parseSettings({}), sameBundle).gateway, 'Unprotected');
    expect(() => app.synth()).toThrow('AwsSolutions-SNS3');
  });
});

describe('a custom domain', () => {
  const { gateway } = gatewayTemplates(variants['custom domain with hosted zone']);

  it('serves the one stage at its root, over strict TLS, on both versions of IP', () => {
    expect(gateway.only('AWS::ApiGateway::DomainName').Properties).toMatchObject({
      DomainName: 'mcp.northwind.dev',
      EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
    });
    const mapping = gateway.only('AWS::ApiGateway::BasePathMapping').Properties;
    expect(mapping.BasePath).toBeUndefined();
    expect(textOf(mapping.Stage)).toBe(gateway.only('AWS::ApiGateway::Stage').id);
  });

  it('closes the default endpoint', () => {
    expect(gateway.only('AWS::ApiGateway::RestApi').Properties).toMatchObject({
      DisableExecuteApiEndpoint: true,
      Body: { 'x-amazon-apigateway-endpoint-configuration': { disableExecuteApiEndpoint: true } },
    });
  });

  it('is what outputs, functions and challenges name', () => {
    expect(gateway.outputs.McpUrl).toBe('https://mcp.northwind.dev/mcp');
    expect(gateway.outputs.StillToDo).toBeUndefined();
    const functions = JSON.stringify(gateway.all('AWS::Lambda::Function'));
    expect(functions).toContain('"GATEHOUSE_PUBLIC_URL":"https://mcp.northwind.dev"');
    expect(JSON.stringify(gateway.only('AWS::ApiGateway::RestApi'))).toContain(
      'https://mcp.northwind.dev/.well-known/oauth-protected-resource/mcp',
    );
  });

  it('has its address records in the zone, or says where to point when there is none', () => {
    const records = gateway.all('AWS::Route53::RecordSet').map(({ Properties }) => [Properties.Name, Properties.Type]);
    expect(records).toEqual([
      ['mcp.northwind.dev.', 'A'],
      ['mcp.northwind.dev.', 'AAAA'],
    ]);
    expect(gateway.outputs.DomainTarget).toBeUndefined();
    const without = gatewayTemplates(variants['custom domain']).gateway;
    expect(without.all('AWS::Route53::RecordSet')).toEqual([]);
    expect(textOf(without.outputs.DomainTarget)).toMatch(/RegionalDomainName$/);
  });
});

describe('mutual TLS', () => {
  it('asks clients for a certificate of the truststore', () => {
    const { gateway } = gatewayTemplates(variants['mutual TLS']);
    expect(gateway.only('AWS::ApiGateway::DomainName').Properties).toMatchObject({
      MutualTlsAuthentication: { TruststoreUri: 's3://northwind-trust/clients.pem', TruststoreVersion: 'v1' },
      SecurityPolicy: 'TLS_1_2',
    });
    expect(gateway.only('AWS::ApiGateway::RestApi').Properties.DisableExecuteApiEndpoint).toBe(true);
  });
});

describe('WAF', () => {
  const { gateway } = gatewayTemplates(variants.WAF);
  const acl = gateway.only('AWS::WAFv2::WebACL');
  const rules = z.array(z.looseObject({ Name: z.string() })).parse(acl.Properties.Rules);

  it('stands before the stage', () => {
    const { ResourceArn } = gateway.only('AWS::WAFv2::WebACLAssociation').Properties;
    expect(textOf(ResourceArn)).toContain(`/stages/${gateway.only('AWS::ApiGateway::Stage').id}`);
  });

  it('has neither bot control nor a list of anonymous addresses: they would refuse hosted MCP clients', () => {
    expect(rules.map(({ Name }) => Name)).toEqual([
      'AWSManagedRulesAmazonIpReputationList',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
      'admin-rate',
      'rate',
    ]);
  });

  it('only counts what the common rules find in a body, because arguments of tools are code and markup', () => {
    const common = JSON.stringify(rules.find(({ Name }) => Name === 'AWSManagedRulesCommonRuleSet'));
    const overrides = [...common.matchAll(/\{"ActionToUse":\{"Count":\{\}\},"Name":"(\w+)"\}/g)].map(
      ([, name]) => name,
    );
    expect(overrides).toEqual([
      'SizeRestrictions_BODY',
      'CrossSiteScripting_BODY',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
      'EC2MetaDataSSRF_BODY',
    ]);
  });

  it('looks at 64 KB of a body, and keeps no samples, which would show credentials', () => {
    expect(acl.Properties.AssociationConfig).toEqual({
      RequestBody: { API_GATEWAY: { DefaultSizeInspectionLimit: 'KB_64' } },
    });
    expect(JSON.stringify(acl)).not.toContain('"SampledRequestsEnabled":true');
  });
});

describe('other variants', () => {
  it('without canary deploy at once', () => {
    const { gateway } = gatewayTemplates(variants['no canary']);
    expect(gateway.all('AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
    expect(gateway.all('AWS::Lambda::Alias').every(({ UpdatePolicy }) => UpdatePolicy === undefined)).toBe(true);
  });

  it('in production lock audit records so that nobody can unlock them', () => {
    const { stateful } = gatewayTemplates(variants['production audit lock']);
    const bucket = stateful.all('AWS::S3::Bucket').find(({ id }) => id.startsWith('AuditBucketRecords'));
    expect(bucket?.Properties.ObjectLockConfiguration).toMatchObject({
      Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 2557 } },
    });
  });

  it('for development can be deleted', () => {
    const { stateful } = gatewayTemplates(variants.development);
    const kept = stateful.all('AWS::DynamoDB::GlobalTable').map(({ DeletionPolicy }) => DeletionPolicy);
    expect(new Set(kept)).toEqual(new Set(['Delete']));
    expect(JSON.stringify(stateful.all('AWS::DynamoDB::GlobalTable'))).not.toContain(
      '"DeletionProtectionEnabled":true',
    );
  });

  it('keep instances of the authorizer and of POST /mcp warm when asked to', () => {
    const { gateway } = gatewayTemplates(variants['provisioned concurrency']);
    const warm = gateway.all('AWS::Lambda::Alias').filter(({ Properties }) => Properties.ProvisionedConcurrencyConfig);
    expect(warm.map(({ id }) => id.replace(/^Functions|FunctionAliaslive.*$/g, ''))).toEqual(['postmcp', 'authorize']);
  });

  it('can do without reserved concurrency, which small accounts do not have', () => {
    const { gateway } = gatewayTemplates(variants['no reserved concurrency']);
    expect(JSON.stringify(gateway.all('AWS::Lambda::Function'))).not.toContain('ReservedConcurrentExecutions');
  });

  it('of another name share no name with the first', () => {
    const { stateful } = gatewayTemplates(variants['another name and region']);
    const names = stateful.all('AWS::SecretsManager::Secret').map(({ Properties }) => Properties.Name);
    expect(names.every((name) => String(name).startsWith('/second/own/'))).toBe(true);
  });
});
