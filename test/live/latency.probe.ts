import { describe, expect, it } from 'vitest';
import { deployment, has, report } from './deployment.ts';
import { type Answer, exchange, send } from './exchange.ts';

// Question 7: what a first, a usual and a slow answer take. Each request has a connection of its own, so TCP and TLS
// are in every figure; the health route shows how much of it they are.

const warm = 100;
const abreast = 20;

function summary(answers: Answer[]) {
  const sorted = answers.map(({ tookMs }) => Math.round(tookMs)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { requests: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), slowest: at(1) };
}

describe.skipIf(!has.token)('tools/list', () => {
  it(`is answered a hundred times within ${deployment.maxMs} ms each once warm`, async () => {
    const first = await send('tools/list');
    const answers: Answer[] = [];
    const health: Answer[] = [];
    for (let run = 0; run < warm; run += 1) {
      answers.push(await send('tools/list'));
      if (run % 10 === 0) health.push(await exchange({ path: '/healthz' }));
    }
    report('7: milliseconds, one after the other', {
      first: Math.round(first.tookMs),
      tools_list: summary(answers),
      healthz: summary(health),
    });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(summary(answers).p99).toBeLessThan(deployment.maxMs);
  });

  it('is answered twenty times at once, cold starts included', async () => {
    const answers = await Promise.all(Array.from({ length: abreast }, () => send('tools/list')));
    report('7: milliseconds, twenty at once', summary(answers));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
