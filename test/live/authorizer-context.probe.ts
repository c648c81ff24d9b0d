import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { has, report } from './deployment.ts';
import { send, withToken } from './exchange.ts';

// Question 2: whether what the authorizer says of the caller reaches a streamed function as it reaches a buffered one.
// The mapping to X-Amz-Tenant-Id is not deployed, so nothing can be said of it.

const named = z.object({ tools: z.array(z.object({ name: z.string() })) });
const names = ({ tools }: z.infer<typeof named>) => tools.map(({ name }) => name).sort();

describe.skipIf(!has.token)('the caller', () => {
  it('is the same one for the streamed POST /mcp and the buffered GET /api/mcp/tools', async () => {
    const [streamed, buffered] = [await send('tools/list'), await withToken('/api/mcp/tools?limit=1000')];
    expect([streamed.status, buffered.status]).toEqual([200, 200]);
    const overMcp = names(z.object({ result: named }).parse(JSON.parse(streamed.body)).result);
    const overHttp = names(named.parse(JSON.parse(buffered.body)));
    report('2: tools that the caller may use', { streamed: overMcp.length, buffered: overHttp.length });
    expect(overMcp).toEqual(overHttp);
  });
});
