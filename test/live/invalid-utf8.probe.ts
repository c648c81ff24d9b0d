import { describe, expect, it } from 'vitest';
import { deployment, has, report } from './deployment.ts';
import { exchange } from './exchange.ts';

// Question 3: how API Gateway hands on a body that is not UTF-8: as base64, which the function refuses by name, or
// with the bad bytes replaced, which makes another message of it.

const around = (bytes: number[]) =>
  Buffer.concat([
    Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/list'),
    Buffer.from(bytes),
    Buffer.from('","params":{}}'),
  ]);

describe.skipIf(!has.token)('a body that is not UTF-8', () => {
  it.each([
    ['a byte that never occurs', [0xff]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a character that is cut off', [0xe2, 0x82]],
  ])('with %s is refused', async (kind, bytes) => {
    const answer = await exchange({
      method: 'POST',
      path: '/mcp',
      headers: {
        authorization: `Bearer ${deployment.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: around(bytes),
    });
    const seen = /UTF-8/.test(answer.body) ? 'delivered as it was' : 'replaced before the function saw it';
    report(`3: ${kind} was ${seen}`, { status: answer.status, body: answer.body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});
