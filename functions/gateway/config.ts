import * as z from 'zod/mini';
import { GatewayError } from './errors.ts';

/** A variable that holds JSON. */
function json<T extends z.core.$ZodType>(schema: T) {
  return z.pipe(
    z.pipe(
      z.string(),
      z.transform((text, context) => {
        try {
          return JSON.parse(text) as unknown;
        } catch {
          context.issues.push({ code: 'custom', message: 'is not valid JSON', input: text });
          return z.NEVER;
        }
      }),
    ),
    schema,
  );
}

const url = z.string().check(z.regex(/^https?:\/\/[^\s]+[^/\s]$/, 'must be an http(s) URL without a trailing slash'));
const list = z.pipe(
  z.string(),
  z.transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
);

const secretStore = z.string().check(z.regex(/^(secretsmanager|file):.+$/));

/** An identity provider whose tokens are accepted. RFC 8725 section 3: everything is pinned, nothing taken from the token. */
export const issuerSchema = z.strictObject({
  /** Exact value of `iss`. */
  issuer: z.string().check(z.minLength(1)),
  /** Where its key set is; must be https except on loopback. */
  jwks_uri: z.string(),
  /** Accepted values of `aud`; a token must carry at least one. */
  audiences: z.array(z.string()).check(z.minLength(1)),
  algorithms: z._default(z.array(z.enum(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])), [
    'RS256',
    'PS256',
    'ES256',
    'EdDSA',
  ]),
  required_claims: z._default(z.array(z.string()), ['sub']),
  /** Dotted path of the claim that lists roles, `realm_access.roles`; groups alike. */
  roles_claim: z._default(z.string(), 'roles'),
  groups_claim: z._default(z.string(), 'groups'),
});
export type Issuer = z.infer<typeof issuerSchema>;

/** Callers that match (any role or any group) may use tools of these risk levels. Nothing else is allowed. */
export const ruleSchema = z.strictObject({
  name: z.string().check(z.minLength(1)),
  roles: z._default(z.array(z.string()), []),
  groups: z._default(z.array(z.string()), []),
  risk_levels: z.array(z.enum(['read', 'write', 'privileged'])).check(z.minLength(1)),
  /** Restricts the rule to these domains; absent means every domain. */
  domains: z.optional(z.array(z.string())),
});
export type Rule = z.infer<typeof ruleSchema>;

/** Each part names the variables that one concern needs, so that a function is given no others. */
const sections = {
  catalogue: z.object({ GATEHOUSE_CATALOGUE_TABLE: z.string().check(z.minLength(1)) }),
  audit: z.object({ GATEHOUSE_AUDIT_TABLE: z.string().check(z.minLength(1)) }),
  state: z.object({ GATEHOUSE_STATE_TABLE: z.string().check(z.minLength(1)) }),
  credentials: z.object({
    /** `secretsmanager:<name prefix>` in a deployment, `file:<path>` on one machine. */
    GATEHOUSE_CREDENTIALS: secretStore,
  }),
  ownSecrets: z.object({
    /** Where the gateway's own secrets are, in the same way. */
    GATEHOUSE_OWN_SECRETS: secretStore,
  }),
  identity: z.object({
    /** May be empty: a deployment that knows no identity provider yet refuses every token. */
    GATEHOUSE_ISSUERS: json(z.array(issuerSchema)),
  }),
  metering: z.object({
    /** Values of API Gateway's keys under which requests are counted, by credential; absent: they are not counted. */
    GATEHOUSE_USAGE_KEYS: z.optional(json(z.strictObject({ token: z.string(), key: z.string() }))),
  }),
  policy: z.object({ GATEHOUSE_RULES: z.optional(json(z.array(ruleSchema))) }),
  endpoint: z.object({
    /** Where clients reach the gateway, without a trailing slash: `https://mcp.example.com`. */
    GATEHOUSE_PUBLIC_URL: url,
    /** Browser origins that may call; requests without `Origin` are not concerned. */
    GATEHOUSE_ALLOWED_ORIGINS: z._default(list, []),
  }),
  sessions: z.object({
    /** Whether 2025-era clients get sessions; `stateless` serves them without what a server would ask its client. */
    GATEHOUSE_SESSIONS: z._default(z.enum(['sessions', 'stateless']), 'sessions'),
  }),
  subscriptions: z.object({
    /** Whether clients are told of changes, in both eras; each that listens occupies a function instance. */
    GATEHOUSE_SUBSCRIPTIONS: z._default(z.enum(['on', 'off']), 'off'),
  }),
  tasks: z.object({
    /** The function that works on tasks, with its alias: `name:live`; absent: every call is answered at once. */
    GATEHOUSE_TASK_WORKER: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,128}$/))),
  }),
  listing: z.object({
    /** With more tools than this, clients are offered `search_tools` too. */
    GATEHOUSE_SEARCH_ABOVE: z.pipe(z._default(z.string().check(z.regex(/^\d{1,6}$/)), '100'), z.transform(Number)),
  }),
  metadata: z.object({
    /** What clients are told to ask an identity provider for (RFC 9728, `scopes_supported`). */
    GATEHOUSE_SCOPES: z.optional(list),
  }),
  egress: z.object({
    /** Hosts that a backend may have (`api.example.com`, `*.example.com`); absent means every public host. */
    GATEHOUSE_BACKEND_HOSTS: z.optional(list),
    /** `true` admits plain HTTP and loopback addresses: for one machine only. */
    GATEHOUSE_ALLOW_LOCAL_BACKENDS: z.pipe(
      z._default(z.enum(['true', 'false']), 'false'),
      z.transform((text) => text === 'true'),
    ),
  }),
} as const;

type Sections = typeof sections;
export type Section = keyof Sections;
export type Settings<S extends Section> = z.infer<Sections[S]>;
/** The variables that a function with these sections must be given: `lib/` types its environment by it. */
export type Environment<S extends Section> = { [K in keyof z.input<Sections[S]>]: string };

/** Parses one section of the environment. Throws `internal` naming every variable that is missing or wrong. */
export function readSettings<S extends Section>(section: S, env: NodeJS.ProcessEnv): Settings<S> {
  const parsed = z.safeParse(sections[section], env);
  if (parsed.success) return parsed.data as Settings<S>;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new GatewayError('internal', `Configuration: ${problems.join('; ')}`);
}
