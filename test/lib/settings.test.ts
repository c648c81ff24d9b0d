import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { issuerSchema, ruleSchema } from '../../functions/gateway/config.ts';
import { parseSettings, settingNames } from '../../lib/settings.ts';

const domain = {
  domainName: 'mcp.northwind.dev',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/abc',
};
const issuer = {
  issuer: 'https://login.northwind.dev',
  jwks_uri: 'https://login.northwind.dev/keys',
  audiences: ['https://mcp.northwind.dev/mcp'],
};

describe('settings', () => {
  it('need nothing for a first deployment, which accepts no token', () => {
    expect(parseSettings({})).toMatchObject({
      name: 'gatehouse',
      issuers: [],
      canary: true,
      waf: false,
      retainData: true,
    });
  });

  it('stand beside the CLI’s own context', () => {
    const context = {
      '@aws-cdk/core:validateAgainstDefaultRules': true,
      'aws:cdk:bundling-stacks': ['**'],
      'cli-telemetry': false,
    };
    expect(parseSettings(context)).toEqual(parseSettings({}));
  });

  it('are read the same from cdk.json and from the command line', () => {
    const typed = {
      ...domain,
      issuers: [issuer],
      allowedOrigins: ['https://app.northwind.dev', 'https://other.northwind.dev'],
      waf: true,
      throttleRate: 50,
    };
    const words = {
      ...domain,
      issuers: JSON.stringify([issuer]),
      allowedOrigins: 'https://app.northwind.dev, https://other.northwind.dev',
      waf: 'true',
      throttleRate: '50',
    };
    expect(parseSettings(words)).toEqual(parseSettings(typed));
  });

  it('lock audit records for a year in production, where nobody can unlock them, and for a day elsewhere', () => {
    expect(parseSettings({})).toMatchObject({ auditLockMode: 'GOVERNANCE', auditLockDays: 1 });
    expect(parseSettings({ environment: 'production' })).toMatchObject({
      auditLockMode: 'COMPLIANCE',
      auditLockDays: 365,
    });
    expect(parseSettings({ environment: 'production', auditLockDays: 2557 }).auditLockDays).toBe(2557);
  });

  it.each([
    [{ domianName: 'mcp.northwind.dev' }, 'domianName: there is no such setting'],
    [{ waf: 'yes' }, 'waf: must be true or false'],
    [{ throttleRate: 'fast' }, 'throttleRate: must be a whole number from 1 to 10000'],
    [{ logRetentionDays: 31 }, 'logRetentionDays: must be a number of days that CloudWatch Logs knows'],
    [{ environment: 'staging' }, 'environment: must be development or production'],
    [{ name: 'My Gateway' }, 'name: must have 1 to 30 lower-case letters'],
    [{ domainName: domain.domainName }, 'certificateArn: is missing'],
    [{ certificateArn: domain.certificateArn }, 'certificateArn: needs domainName'],
    [{ ...domain, region: 'eu-central-1' }, 'certificateArn: is of another region than the gateway'],
    [{ ...domain, hostedZoneId: 'Z123' }, 'hostedZoneId: and hostedZoneName belong together'],
    [{ ...domain, hostedZoneId: 'Z123', hostedZoneName: 'southwind.dev' }, 'hostedZoneName: does not contain'],
    [{ truststore: 's3://northwind/trust.pem' }, 'truststore: needs domainName'],
    [{ ...domain, truststore: 'trust.pem' }, 'truststore: must be s3://bucket/key'],
    [{ ...domain, publicUrl: 'https://mcp.northwind.dev' }, 'publicUrl: is for a gateway without domainName'],
    [{ publicUrl: 'http://mcp.northwind.dev' }, 'publicUrl: must be an https URL'],
    [{ publicUrl: 'https://mcp.northwind.dev/' }, 'publicUrl: must not end with a slash'],
    [{ issuers: [issuer] }, 'publicUrl: or domainName is missing'],
    [{ ...domain, issuers: 'https://login.northwind.dev' }, 'issuers: must be a JSON list'],
    [{ ...domain, issuers: [{ ...issuer, audiences: [] }] }, 'issuers.0.audiences: must name at least one audience'],
    [
      { ...domain, issuers: [{ ...issuer, issuer: 'https://login.example.com' }] },
      'issuers.0.issuer: is a placeholder',
    ],
    [
      { ...domain, issuers: [{ ...issuer, jwks_uri: 'https://idp.invalid/keys' }] },
      'issuers.0.jwks_uri: is a placeholder',
    ],
    [
      { ...domain, issuers: [{ ...issuer, jwks_uri: 'http://idp.northwind.dev' }] },
      'issuers.0.jwks_uri: must be an https URL',
    ],
    [{ ...domain, issuers: [{ ...issuer, jwksUri: 'x' }] }, 'issuers.0: Unrecognized key: "jwksUri"'],
    [{ rules: [{ name: 'all', risk_levels: ['root'] }] }, 'rules.0.risk_levels.0:'],
    [{ allowedOrigins: 'https://app.northwind.dev/path' }, 'allowedOrigins.0: must be an origin'],
    [{ backendHosts: 'https://api.northwind.dev' }, 'backendHosts.0: must be a host or *.host'],
    [{ environment: 'production', auditLockMode: 'GOVERNANCE' }, 'auditLockMode: must be COMPLIANCE in production'],
    [{ environment: 'production', retainData: false }, 'retainData: must be true in production'],
    [{ auditLockMode: 'COMPLIANCE', retainData: 'false' }, 'retainData: must be true with auditLockMode COMPLIANCE'],
    [{ alarmEmail: 'ops@northwind.dev', alarmTopicArn: 'arn:aws:sns:us-east-1:1:t' }, 'alarmEmail: is for a topic'],
    [{ provisionedConcurrency: 30 }, 'provisionedConcurrency: must not exceed authorizerConcurrency, 20'],
    [{ allowedOrigins: '["https://app.northwind.dev' }, 'allowedOrigins: must be a list'],
    [{ metricsNamespace: 'AWS/Lambda' }, 'metricsNamespace: must be a CloudWatch namespace'],
  ])('refuses %j, naming the setting and the fix', (given, message) => {
    expect(() => parseSettings(given)).toThrow(message);
  });

  it.each([
    ['issuers', { ...domain, issuers: Array(30).fill(issuer) }],
    ['rules', { backendHosts: Array(150).fill('api.northwind-traders.dev') }],
  ])('refuse more %s than the environment of a function holds', (name, given) => {
    expect(() => parseSettings(given)).toThrow(`${name}: must not exceed 3000 bytes of JSON`);
  });

  it('name everything that is wrong at once', () => {
    expect(() => parseSettings({ waf: 'yes', memoryMb: 1 })).toThrow(
      /waf: must be true or false\n {2}memoryMb: must be/,
    );
  });

  it('take issuers and rules that the functions take', () => {
    const rule = { name: 'all', roles: ['viewer'], risk_levels: ['read'], domains: ['dealer'] };
    const full = {
      ...issuer,
      algorithms: ['RS256'],
      required_claims: ['sub'],
      roles_claim: 'roles',
      groups_claim: 'groups',
    };
    const { issuers, rules } = parseSettings({ ...domain, issuers: [full, issuer], rules: [rule] });
    for (const one of issuers) expect(issuerSchema.safeParse(one).success).toBe(true);
    for (const one of rules ?? []) expect(ruleSchema.safeParse(one).success).toBe(true);
  });

  it('are each explained in docs/settings.md, which explains no other', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/settings.md'), 'utf8');
    const explained = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(explained.sort()).toEqual([...settingNames].sort());
  });
});
