import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { readContract } from '../../local/api-gateway/contract.ts';
import { has, report } from './deployment.ts';
import { exchange } from './exchange.ts';

// Question 4: whether API Gateway has taken the whole contract. That the deployment exists says that it raised no
// warning, since warnings fail the import; this says that nothing was left out.

const document = load(readFileSync(join(import.meta.dirname, '../../openapi/gateway.yaml'), 'utf8'));
const { operations } = readContract(document);

/** A path that the template matches: the parameters' names serve as their values. */
const filled = (resource: string) => resource.replaceAll(/[{}]/g, '');

describe.skipIf(!has.url)('every operation of the contract', () => {
  it('is served, and asks for a credential unless it is public', async () => {
    const found = [];
    for (const { method, resource, authorizer } of operations) {
      const hasBody = ['POST', 'PUT', 'PATCH'].includes(method.toUpperCase());
      const { status } = await exchange({
        method: method.toUpperCase(),
        path: filled(resource),
        ...(hasBody && { headers: { 'content-type': 'application/json' }, body: '{}' }),
      });
      found.push({ operation: `${method.toUpperCase()} ${resource}`, status, expected: authorizer ? 401 : 200 });
    }
    const different = found.filter(({ status, expected }) => status !== expected);
    report(
      `4: ${found.length - different.length} of ${found.length} operations answer as the contract says`,
      different,
    );
    expect(different).toEqual([]);
  });

  it.each(['/nothing-here', '/mcp/further', '/admin'])('%s is no route, and says so', async (path) => {
    const answer = await exchange({ path });
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([404, { error: { code: 'not_found' } }]);
  });
});
