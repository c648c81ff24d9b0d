import * as z from 'zod';
import type { Issuer, Rule } from '../functions/gateway/config.ts';

/** Hosts that stand in documentation and nowhere else (RFC 2606). */
const placeholderHost = /(^|\.)(example|invalid|test|localhost)$|(^|\.)example\.(com|net|org)$/i;

/** A setting comes from `cdk.json` as it is, or from `-c name=value` as text. */
function fromText<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  }, schema);
}

const flag = fromText(z.boolean('must be true or false'));
const whole = (min: number, max: number) =>
  fromText(z.int(`must be a whole number from ${min} to ${max}`).min(min).max(max));
const text = z.string('must be text').trim().min(1, 'must not be empty');

/** A list is JSON, or in `-c` values separated by commas. */
const list = (item: z.ZodType<string, string>) =>
  z.preprocess(
    (value) =>
      typeof value !== 'string' || value.trim().startsWith('[')
        ? value
        : value
            .split(',')
            .map((part) => part.trim())
            .filter(Boolean),
    fromText(z.array(item, 'must be a list')),
  );

const httpsUrl = z.url({ protocol: /^https$/, error: 'must be an https URL' });
const realUrl = httpsUrl.refine((url) => !placeholderHost.test(hostOf(url)), {
  error: 'is a placeholder from documentation; write your own',
});

/** As `functions/gateway/config.ts` reads them; `lib/` takes only types from there, a test compares the two. */
const issuerSchema = z.strictObject({
  issuer: text.refine((issuer) => !URL.canParse(issuer) || !placeholderHost.test(hostOf(issuer)), {
    error: 'is a placeholder from documentation; write your own',
  }),
  jwks_uri: realUrl,
  audiences: z.array(text).min(1, 'must name at least one audience: without one, tokens meant for others would pass'),
  algorithms: z.array(z.enum(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])).optional(),
  required_claims: z.array(text).optional(),
  roles_claim: text.optional(),
  groups_claim: text.optional(),
} satisfies Record<keyof Issuer, z.ZodType>);

const ruleSchema = z.strictObject({
  name: text,
  roles: z.array(text).optional(),
  groups: z.array(text).optional(),
  risk_levels: z.array(z.enum(['read', 'write', 'privileged'])).min(1),
  domains: z.array(text).optional(),
} satisfies Record<keyof Rule, z.ZodType>);

// From `-c` an issuer or a rule comes as JSON; zod's own words name the field that is wrong in it.
const shape = {
  /** Names the stacks and begins the names of the secrets, so that two gateways fit into one account. */
  name: text.regex(/^[a-z][a-z0-9-]{0,29}$/, 'must have 1 to 30 lower-case letters, digits and -').default('gatehouse'),
  region: text.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1').default('us-east-1'),
  environment: z.enum(['development', 'production'], 'must be development or production').default('development'),

  domainName: text.regex(/^(?=.{1,253}$)([a-z0-9-]+\.)+[a-z]{2,}$/, 'must be a host name').optional(),
  certificateArn: text
    .regex(/^arn:[^:]+:acm:[^:]+:\d+:certificate\/.+$/, 'must be the ARN of a certificate')
    .optional(),
  hostedZoneId: text.regex(/^Z[A-Z0-9]+$/, 'must be the id of a hosted zone').optional(),
  hostedZoneName: text.optional(),
  publicUrl: httpsUrl.regex(/[^/]$/, 'must not end with a slash').optional(),
  truststore: text.regex(/^s3:\/\/[^/]+\/.+$/, 'must be s3://bucket/key').optional(),
  truststoreVersion: text.optional(),

  issuers: fromText(z.array(issuerSchema, 'must be a JSON list')).default([]),
  rules: fromText(z.array(ruleSchema, 'must be a JSON list')).optional(),
  allowedOrigins: list(
    z.url({ protocol: /^https?$/ }).refine((origin) => new URL(origin).origin === origin, {
      error: 'must be an origin: scheme, host and port without a path',
    }),
  ).default([]),
  mcpSessions: z.enum(['sessions', 'stateless'], 'must be sessions or stateless').default('sessions'),
  mcpTasks: flag.default(true),
  mcpSubscriptions: flag.default(false),
  searchAbove: whole(0, 100_000).default(100),
  // RFC 6749 section 3.3, less the comma that separates them here.
  scopes: list(
    text.regex(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/, 'must be a scope without spaces or commas'),
  ).optional(),
  backendHosts: list(text.regex(/^(\*\.)?[A-Za-z0-9.-]+$/, 'must be a host or *.host')).optional(),

  waf: flag.default(false),
  wafRequestsPer5Minutes: whole(100, 2_000_000).default(10_000),
  throttleRate: whole(1, 10_000).default(200),
  throttleBurst: whole(1, 5_000).default(400),
  monthlyQuota: whole(1, 2_000_000_000).optional(),

  auditLockMode: z.enum(['GOVERNANCE', 'COMPLIANCE'], 'must be GOVERNANCE or COMPLIANCE').optional(),
  auditLockDays: whole(1, 36_500).optional(),
  logRetentionDays: fromText(
    z.literal(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      'must be a number of days that CloudWatch Logs knows, such as 30, 90, 180 or 365',
    ),
  ).default(90),
  retainData: flag.default(true),

  tableMaxReadUnits: whole(1, 40_000).default(4_000),
  tableMaxWriteUnits: whole(1, 40_000).default(1_000),

  memoryMb: whole(128, 10_240).default(512),
  // An import may take 512 MB of heap; the function has to outlive it.
  importMemoryMb: whole(1_024, 10_240).default(1_769),
  authorizerConcurrency: whole(0, 1_000).default(20),
  adminConcurrency: whole(0, 100).default(2),
  provisionedConcurrency: whole(0, 1_000).default(0),
  canary: flag.default(true),
  apiGatewayLogsRole: flag.default(true),

  logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR'], 'must be DEBUG, INFO, WARN or ERROR').default('INFO'),
  metricsNamespace: text
    .regex(/^(?!AWS\/)[A-Za-z0-9._/#:-]{1,255}$/, 'must be a CloudWatch namespace')
    .default('MCP/Production'),
  alarmEmail: z.email('must be an e-mail address').optional(),
  alarmTopicArn: text.regex(/^arn:[^:]+:sns:[^:]+:\d+:.+$/, 'must be the ARN of an SNS topic').optional(),
  latencyAlarmMs: whole(100, 900_000).default(5_000),
  unauthenticatedAlarm: whole(1, 1_000_000).default(100),
};

/** Lambda gives a function 4 KB of environment, of which tables, secrets and the rest take a quarter. */
const maxVariableBytes = 3_000;
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

const settingsSchema = z
  .strictObject(shape)
  .check(({ value: s, issues }) => {
    const refuse = (path: keyof typeof shape, message: string) =>
      issues.push({ code: 'custom', input: s[path], path: [path], message });
    if (s.domainName && !s.certificateArn) {
      refuse('certificateArn', 'is missing: a custom domain needs a certificate of the same region');
    }
    if (s.certificateArn && s.certificateArn.split(':')[3] !== s.region) {
      refuse('certificateArn', `is of another region than the gateway, ${s.region}`);
    }
    for (const name of ['certificateArn', 'hostedZoneId', 'truststore'] as const) {
      if (s[name] && !s.domainName) refuse(name, 'needs domainName');
    }
    if (Boolean(s.hostedZoneId) !== Boolean(s.hostedZoneName)) {
      refuse('hostedZoneId', 'and hostedZoneName belong together');
    }
    if (s.domainName && s.hostedZoneName && !`.${s.domainName}`.endsWith(`.${s.hostedZoneName}`)) {
      refuse('hostedZoneName', `does not contain ${s.domainName}`);
    }
    if (s.truststoreVersion && !s.truststore) refuse('truststoreVersion', 'needs truststore');
    if (s.domainName && s.publicUrl) refuse('publicUrl', 'is for a gateway without domainName; leave one out');
    if (s.issuers.length > 0 && !s.domainName && !s.publicUrl) {
      refuse(
        'publicUrl',
        'or domainName is missing: deploy once without issuers, then set publicUrl to the output Url',
      );
    }
    if (s.environment === 'production' && s.auditLockMode === 'GOVERNANCE') {
      refuse('auditLockMode', 'must be COMPLIANCE in production: what an administrator may delete proves nothing');
    }
    if (s.environment === 'production' && !s.retainData) refuse('retainData', 'must be true in production');
    if (s.auditLockMode === 'COMPLIANCE' && !s.retainData) {
      refuse('retainData', 'must be true with auditLockMode COMPLIANCE: nobody can delete the bucket');
    }
    if (s.authorizerConcurrency > 0 && s.provisionedConcurrency > s.authorizerConcurrency) {
      refuse('provisionedConcurrency', `must not exceed authorizerConcurrency, ${s.authorizerConcurrency}`);
    }
    if (bytes(s.issuers) > maxVariableBytes) refuse('issuers', `must not exceed ${maxVariableBytes} bytes of JSON`);
    if (bytes(s.rules ?? []) + bytes(s.allowedOrigins) + bytes(s.backendHosts ?? []) > maxVariableBytes) {
      refuse(
        'rules',
        `must not exceed ${maxVariableBytes} bytes of JSON together with allowedOrigins and backendHosts`,
      );
    }
    if (s.alarmEmail && s.alarmTopicArn) refuse('alarmEmail', 'is for a topic of the gateway’s own; leave one out');
  })
  .transform((s) => ({
    ...s,
    auditLockMode: s.auditLockMode ?? (s.environment === 'production' ? 'COMPLIANCE' : 'GOVERNANCE'),
    auditLockDays: s.auditLockDays ?? (s.environment === 'production' ? 365 : 1),
  }));

/** What a deployer decides; `docs/settings.md` says what each setting means. */
export type Settings = z.output<typeof settingsSchema>;

/** The names of all settings. */
export const settingNames = Object.keys(shape);

/**
 * Reads the settings from CDK context (`cdk.json`, `-c name=value`). Throws an error that names every setting that is
 * wrong or unknown and says what to write instead.
 */
export function parseSettings(context: Record<string, unknown>): Settings {
  // Context also holds feature flags and what the CLI knows; their names have @ or : in them, a setting's has not.
  const given = Object.fromEntries(Object.entries(context).filter(([name]) => /^[A-Za-z][A-Za-z0-9]*$/.test(name)));
  const parsed = settingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(describe).join('\n');
  throw new Error(`The settings cannot be used (docs/settings.md lists them):\n${problems}`);
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    return issue.keys.map((name) => `  ${name}: there is no such setting`).join('\n');
  }
  return `  ${issue.path.join('.')}: ${issue.message}`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
