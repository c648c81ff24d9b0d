import { describe, expect, it } from 'vitest';
import type { SendResult } from '../../functions/backends/send-result.ts';
import { type KeepResult, linkLarge } from '../../functions/call/link-large.ts';
import { shapeReply } from '../../functions/call/shape.ts';
import { ada } from '../mcp/session-instances.ts';

interface Given {
  type?: string;
  body: string | Uint8Array;
  status?: number;
}

/** What becomes of a reply, and what was kept of it. */
async function linked({ type, body, status = 200 }: Given, keeps = true) {
  const result: SendResult = {
    ok: true,
    reply: {
      status,
      headers: type === undefined ? {} : { 'content-type': type },
      body: Buffer.from(body),
      duration_ms: 5,
    },
  };
  const kept: Parameters<KeepResult>[] = [];
  const keep: KeepResult = async (...parameters) => {
    kept.push(parameters);
    return keeps ? { uri: 'result://7', size: 9, expires_at: '2026-11-21T12:15:00.000Z' } : undefined;
  };
  const shaped = shapeReply(result, { risk_level: 'read' }, { correlationId: 'call-1' });
  return { shaped, answer: await linkLarge(shaped, result, ada, keep), kept };
}

const types = ({ content }: { content: { type: string }[] }) => content.map(({ type }) => type);
const budget = 262_144;

describe('an answer', () => {
  it.each<[string, Given]>([
    ['a text that fits', { type: 'text/plain', body: 'x'.repeat(budget) }],
    ['an image that people can still be shown', { type: 'image/png', body: Buffer.alloc(1_048_576) }],
    ['a refusal', { type: 'text/plain', body: 'x'.repeat(budget * 2), status: 500 }],
    ['nothing', { body: '', status: 204 }],
  ])('stays as it is: %s', async (_, given) => {
    const { shaped, answer, kept } = await linked(given);
    expect(answer).toBe(shaped);
    expect(kept).toEqual([]);
  });

  it('stays as it is when it cannot be kept', async () => {
    const { shaped, answer } = await linked({ type: 'text/plain', body: 'x'.repeat(budget + 1) }, false);
    expect(answer).toBe(shaped);
  });

  const spaced = `{"list":[ ${Array.from({ length: 150_000 }, () => '1').join(', ')}]}`;

  it.each<[string, Given, string, string | undefined]>([
    [
      'text in the charset that it came in',
      { type: 'text/plain; charset=latin1', body: Buffer.alloc(budget + 1, 0xe9) },
      'text/plain',
      'é'.repeat(budget + 1),
    ],
    [
      'JSON without white space',
      { type: 'application/json', body: spaced },
      'application/json',
      spaced.replaceAll(' ', ''),
    ],
    ['JSON that nobody labelled', { body: spaced }, 'application/json', spaced.replaceAll(' ', '')],
    ['text that nobody labelled', { body: 'x'.repeat(budget + 1) }, 'text/plain', 'x'.repeat(budget + 1)],
    ['bytes that nobody labelled', { body: Buffer.alloc(budget + 1, 0xff) }, 'application/octet-stream', undefined],
    ['a large image', { type: 'image/png', body: Buffer.alloc(1_048_577) }, 'image/png', undefined],
  ])('becomes a link: %s', async (_, given, mimeType, text) => {
    const { answer, kept } = await linked(given);
    expect(types(answer)).toEqual(['text', 'resource_link']);
    expect(answer).toMatchObject({ is_error: false, content: [{}, { uri: 'result://7', mimeType, size: 9 }] });
    expect(answer.structured_content).toBeUndefined();
    const [[principal, content, type] = []] = kept;
    expect([principal, type]).toEqual([ada, mimeType]);
    expect(Buffer.from(content ?? '').equals(Buffer.from(text ?? given.body))).toBe(true);
    expect(typeof content).toBe(text === undefined ? 'object' : 'string');
  });

  it('shows how a text begins, in whole characters', async () => {
    const { answer } = await linked({ type: 'text/plain', body: `x${'🚗'.repeat(budget)}` });
    const [{ text = '' } = {}] = answer.content as { text?: string }[];
    expect(text.isWellFormed()).toBe(true);
    expect(text).toContain('It begins with:\nx🚗🚗');
    expect(text.length).toBeLessThan(2_500);
  });
});
