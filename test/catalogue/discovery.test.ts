import { describe, expect, it } from 'vitest';
import { discoverTools, pageOf } from '../../functions/catalogue/discovery.ts';
import { aTool } from '../contract/sample.ts';

/** A definition of about this many kilobytes, and twice as many as a string of JSON, which an answer of Lambda's is. */
const heavy = (name: string, kilobytes: number) => aTool(name, { description: '"'.repeat(kilobytes * 512) });

describe.each([
  ['discovery', discoverTools],
  ['the administrator’s list', pageOf],
])('%s of large tools', (_, list) => {
  const tools = Array.from({ length: 300 }, (_, at) => heavy(`tool_${String(at).padStart(3, '0')}`, 40));

  it('gives pages that fit into an answer, and loses none on the way through them', () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = list(tools, { ...(cursor !== undefined && { cursor }) });
      const answer = JSON.stringify({ statusCode: 200, headers: {}, body: JSON.stringify(page) });
      expect(Buffer.byteLength(answer)).toBeLessThan(6 * 1_048_576);
      expect(page.total).toBe(300);
      seen.push(...page.tools.map(({ name }) => name));
      cursor = page.next_cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(tools.map(({ name }) => name));
  });

  it('gives a tool that is larger than a page on a page of its own', () => {
    const page = list([heavy('a', 3_000), heavy('b', 1)], {});
    expect(page.tools.map(({ name }) => name)).toEqual(['a']);
    expect(page.next_cursor).toBe('a');
  });
});

describe('discovery', () => {
  it('says which tools ask first', () => {
    const { tools } = discoverTools([aTool('a'), aTool('b', { requires_confirmation: true })], {});
    expect(tools.map(({ name, requires_confirmation }) => [name, requires_confirmation])).toEqual([
      ['a', undefined],
      ['b', true],
    ]);
  });
});
