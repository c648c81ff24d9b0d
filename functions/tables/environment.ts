import type { TableAccess } from './signed.ts';

/**
 * The access that Lambda's environment variables spell out. `undefined` when they leave something to be found
 * elsewhere, in a profile, a container or a kind of endpoint that only the SDK knows.
 */
export function accessFromEnvironment(
  env: NodeJS.ProcessEnv,
  service: 'dynamodb' | 'lambda' = 'dynamodb',
): TableAccess | undefined {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const endpoint = originOf(
    env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL || regionalEndpoint(service, region, env),
  );
  // A profile has precedence over keys, as in the SDK.
  if (!region || !accessKeyId || !secretAccessKey || !endpoint || env.AWS_PROFILE) return undefined;
  const sessionToken = env.AWS_SESSION_TOKEN || undefined;
  return { region, endpoint, credentials: { accessKeyId, secretAccessKey, sessionToken } };
}

// The regions of AWS's public partition, GovCloud among them, and of China. Others have domains of their own.
const publicRegion = /^(?:af|ap|ca|eu|il|me|mx|sa|us|us-gov)-[a-z]+-\d+$/;
const chineseRegion = /^cn-[a-z]+-\d+$/;

function regionalEndpoint(service: string, region: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (!region || env.AWS_USE_FIPS_ENDPOINT === 'true' || env.AWS_USE_DUALSTACK_ENDPOINT === 'true') return undefined;
  if (publicRegion.test(region)) return `https://${service}.${region}.amazonaws.com`;
  return chineseRegion.test(region) ? `https://${service}.${region}.amazonaws.com.cn` : undefined;
}

/** The signed requests name their whole path themselves, so an endpoint with a path is not for them. */
function originOf(endpoint: string | undefined): string | undefined {
  const url = URL.parse(endpoint ?? '');
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return isOrigin ? url.origin : undefined;
}
