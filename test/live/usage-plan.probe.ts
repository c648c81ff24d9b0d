import { describe, expect, it } from 'vitest';
import { has, report } from './deployment.ts';
import { headerOf, withKey, withToken } from './exchange.ts';

// Question 10: whether a redeployment, which overwrites the API, keeps the stage linked to its usage plan. Over HTTP a
// lost link shows as 403 or 429 for callers that were served before; the link itself is shown by the command below.

const command =
  "aws apigateway get-usage-plans --query 'items[].{plan:name,stages:apiStages[].[apiId,stage]}' --output table";

describe.skipIf(!has.adminKey || !has.token)('after a redeployment', () => {
  it('authenticated callers are served and not metered away', async () => {
    const answers = [
      ...(await Promise.all(Array.from({ length: 5 }, () => withKey('/admin/backends')))),
      ...(await Promise.all(Array.from({ length: 5 }, () => withToken('/api/mcp/tools?limit=1')))),
    ];
    report('10: compare what this prints before and after a deployment', {
      command,
      statuses: answers.map(({ status }) => status),
      error_types: answers.map((answer) => headerOf(answer, 'x-amzn-errortype')).filter(Boolean),
    });
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  });
});
