import { Annotations, CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { publicUrlOf } from './environment.ts';
import type { Settings } from './settings.ts';

export interface Reached {
  /** Of the API itself; closed when there is a custom domain. */
  defaultUrl: string;
  /** Where a custom domain's name must point, if no hosted zone was given. */
  domainTarget: string | undefined;
  firstAdminKeySecret: string;
}

/** Tells whoever deploys where the gateway is and what is still to do. Holds no secret, only the name of one. */
export function writeOutputs(scope: Construct, settings: Settings, reached: Reached): void {
  const url = publicUrlOf(settings) ?? reached.defaultUrl;
  const output = (id: string, value: string, description: string) => new CfnOutput(scope, id, { value, description });

  output('Url', url, 'Where the gateway is reached.');
  output('McpUrl', `${url}/mcp`, 'What an MCP client connects to, and the audience of its tokens.');
  output('DiscoveryUrl', `${url}/api/mcp/tools`, 'The tools, for clients that do not speak MCP.');
  output('MetadataUrl', `${url}/.well-known/oauth-protected-resource/mcp`, 'Where clients learn how to get a token.');
  output('Issuers', issuersOf(settings), 'Identity providers whose tokens are accepted.');
  output('FirstAdminKeySecret', reached.firstAdminKeySecret, 'The secret with the first API key.');
  output(
    'ClientSnippet',
    `{"mcpServers":{"gatehouse":{"type":"http","url":"${url}/mcp"}}}`,
    'Configuration for an MCP client.',
  );
  if (reached.domainTarget !== undefined) {
    output('DomainTarget', reached.domainTarget, `Where ${settings.domainName} must point (CNAME or alias).`);
  }
  const open = warningsFor(settings);
  for (const [id, message] of Object.entries(open)) Annotations.of(scope).addWarningV2(`gatehouse:${id}`, message);
  if (Object.keys(open).length > 0) output('StillToDo', Object.values(open).join(' '), 'What this deployment lacks.');
}

function issuersOf({ issuers }: Settings): string {
  return issuers.map(({ issuer }) => issuer).join(' ') || 'none';
}

function warningsFor({ issuers, domainName, publicUrl, truststore }: Settings): Record<string, string> {
  return {
    ...(issuers.length === 0 && {
      issuers: 'No identity provider is set: every token is refused. Set issuers.',
    }),
    ...(domainName === undefined && {
      domainName:
        'Without domainName clients cannot find the metadata of RFC 9728 below the default endpoint: give them their tokens, or set a domain.',
    }),
    ...(domainName === undefined &&
      publicUrl === undefined && {
        publicUrl:
          'The gateway does not know its own address and refuses MCP requests. Set publicUrl to the output Url.',
      }),
    ...(truststore !== undefined && {
      truststore:
        'Mutual TLS: clients without a certificate, the hosted ones of Claude and ChatGPT among them, cannot connect.',
    }),
  };
}
