import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deployment, has, report } from './deployment.ts';
import { send } from './exchange.ts';

// Question 5: whether a streaming function notices that its client has left. Only its log and the audit table can
// tell, so the probe prints what to look for there.

const root = () => `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;

describe.skipIf(!has.token)('a client that leaves before the answer', () => {
  it('does not keep the next one from being served', async () => {
    const trace = root();
    const leaving = { leaveAfterMs: 20, headers: { 'x-amzn-trace-id': `Root=${trace};Sampled=1` } };
    const call = { name: deployment.tool, arguments: JSON.parse(deployment.toolArguments) as unknown };
    const began = new Date().toISOString();
    const left = await (deployment.tool ? send('tools/call', call, leaving) : send('tools/list', {}, leaving)).then(
      ({ status }) => `it was answered ${status} first; set LIVE_TOOL to a slower tool`,
      (error: Error) => error.message,
    );
    const next = await send('tools/list');
    report('5: look for this trace id in the log of post-mcp', {
      trace_id: trace,
      from: began,
      to: new Date().toISOString(),
      left,
      expected: 'a line with the event "request", as for any other; "internal_error" means that the write failed',
    });
    expect(next.status).toBe(200);
    expect(next.tookMs).toBeLessThan(10_000);
  });
});
