import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/**
 * Rules that only count. Arguments of tools are code, markup, paths and URLs on purpose, and what a backend makes of
 * them is the backend's to check.
 */
const counted = [
  'SizeRestrictions_BODY',
  'CrossSiteScripting_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'EC2MetaDataSSRF_BODY',
];

/** From one address; administrators are few. */
const adminRequestsPer5Minutes = 300;

/**
 * AWS WAF in front of the stage. There is no bot control and no list of anonymous addresses among its rules: MCP
 * clients are bots, and the hosted ones call from clouds.
 */
export class WebFirewall extends Construct {
  constructor(scope: Construct, id: string, stageArn: string, { wafRequestsPer5Minutes }: Settings) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      // Tool calls are larger than the 16 KB that are looked at by default.
      associationConfig: { requestBody: { API_GATEWAY: { defaultSizeInspectionLimit: 'KB_64' } } },
      visibilityConfig: visibility('gatehouse'),
      rules: [
        managed(0, 'AWSManagedRulesAmazonIpReputationList'),
        managed(1, 'AWSManagedRulesKnownBadInputsRuleSet'),
        managed(2, 'AWSManagedRulesCommonRuleSet', counted),
        limited(3, 'admin-rate', adminRequestsPer5Minutes, {
          byteMatchStatement: {
            fieldToMatch: { uriPath: {} },
            positionalConstraint: 'CONTAINS',
            searchString: '/admin/',
            textTransformations: [{ priority: 0, type: 'NORMALIZE_PATH' }],
          },
        }),
        limited(4, 'rate', wafRequestsPer5Minutes),
      ],
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stageArn, webAclArn: acl.attrArn });
  }
}

function managed(priority: number, name: string, count: string[] = []): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    visibilityConfig: visibility(name),
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: count.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
  };
}

/** Refuses an address that sends more than `limit` requests in five minutes. */
function limited(
  priority: number,
  name: string,
  limit: number,
  scopeDownStatement?: CfnWebACL.StatementProperty,
): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    action: { block: { customResponse: { responseCode: 429 } } },
    visibilityConfig: visibility(name),
    statement: {
      rateBasedStatement: {
        aggregateKeyType: 'IP',
        evaluationWindowSec: 300,
        limit,
        ...(scopeDownStatement && { scopeDownStatement }),
      },
    },
  };
}

/** Samples would show whole requests, the credentials in their headers among them. */
function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
