import * as z from 'zod';

const settingsSchema = z.object({
  /** Where clients reach the gateway, as `GATEHOUSE_PUBLIC_URL` says it: `https://mcp.example.com`. */
  LIVE_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** An access token that may list tools. */
  LIVE_TOKEN: z.string().min(1).optional(),
  /** A key with the scope `admin:read`. */
  LIVE_ADMIN_KEY: z.string().startsWith('gh_').optional(),
  /** A tool that changes nothing, with arguments that it takes, for the probes that make a real call. */
  LIVE_TOOL: z.string().optional(),
  LIVE_TOOL_ARGUMENTS: z.string().default('{}'),
  /** Milliseconds. What the slowest of a hundred warm listings may take. */
  LIVE_MAX_MS: z.coerce.number().int().positive().default(3_000),
});

// A pipeline hands on a secret that is not set as an empty text.
const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
const settings = settingsSchema.parse(given);

/** The deployment that the probes ask. */
export const deployment = {
  url: (settings.LIVE_URL ?? '').replace(/\/+$/, ''),
  token: settings.LIVE_TOKEN ?? '',
  adminKey: settings.LIVE_ADMIN_KEY ?? '',
  tool: settings.LIVE_TOOL,
  toolArguments: settings.LIVE_TOOL_ARGUMENTS,
  maxMs: settings.LIVE_MAX_MS,
};

/** What a probe cannot do without; `describe.skipIf(!has.token)`. */
export const has = {
  url: settings.LIVE_URL !== undefined,
  tls: settings.LIVE_URL?.startsWith('https:') ?? false,
  token: settings.LIVE_URL !== undefined && settings.LIVE_TOKEN !== undefined,
  adminKey: settings.LIVE_URL !== undefined && settings.LIVE_ADMIN_KEY !== undefined,
};

/** Prints what a probe has found out, for the deployer to keep. */
export function report(finding: string, details?: unknown): void {
  console.log(`FINDING ${finding}${details === undefined ? '' : `\n${JSON.stringify(details, undefined, 2)}`}`);
}
