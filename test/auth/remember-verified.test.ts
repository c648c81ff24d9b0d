import { beforeEach, expect, test } from 'vitest';
import type { BearerVerdict } from '../../functions/auth/bearer.ts';
import { rememberVerified } from '../../functions/auth/remember-verified.ts';

const start = 1_000_000_000;
let now = start;
let asked: string[];
let expires_at: number;

beforeEach(() => {
  now = start;
  asked = [];
  expires_at = start / 1000 + 3600;
});

function remember() {
  return rememberVerified(
    async (token): Promise<BearerVerdict> => {
      asked.push(token);
      if (token.startsWith('bad')) return { ok: false, reason: 'signature_invalid' };
      const principal = { kind: 'token' as const, subject: token, issuer: 'i', roles: [], groups: [], scopes: [] };
      return { ok: true, principal, expires_at };
    },
    () => now,
  );
}

test('verifies a token once a minute', async () => {
  const remembering = remember();
  const first = await remembering('a');
  now += 59_999;
  expect(await remembering('a')).toEqual(first);
  expect(asked).toEqual(['a']);
  now += 1;
  await remembering('a');
  expect(asked).toEqual(['a', 'a']);
});

test('tells tokens apart', async () => {
  const remembering = remember();
  expect(await remembering('a')).toMatchObject({ principal: { subject: 'a' } });
  expect(await remembering('b')).toMatchObject({ principal: { subject: 'b' } });
});

test('never remembers beyond the end of the token', async () => {
  const remembering = remember();
  expires_at = start / 1000 + 10;
  await remembering('a');
  now += 10_000;
  await remembering('a');
  expect(asked).toEqual(['a', 'a']);
});

test('does not remember a token that is already within the leeway', async () => {
  const remembering = remember();
  expires_at = start / 1000 - 30;
  await remembering('a');
  await remembering('a');
  expect(asked).toEqual(['a', 'a']);
});

test('does not remember refusals', async () => {
  const remembering = remember();
  await remembering('bad');
  expect(await remembering('bad')).toEqual({ ok: false, reason: 'signature_invalid' });
  expect(asked).toEqual(['bad', 'bad']);
});

test('does not trust what it remembers when the clock was set back', async () => {
  const remembering = remember();
  await remembering('a');
  now -= 1;
  await remembering('a');
  expect(asked).toEqual(['a', 'a']);
});

test('remembers a thousand tokens and lets the oldest go', async () => {
  const remembering = remember();
  for (let index = 0; index <= 1000; index++) await remembering(`t${index}`);
  asked = [];
  await remembering('t1');
  await remembering('t1000');
  expect(asked).toEqual([]);
  await remembering('t0');
  expect(asked).toEqual(['t0']);
});
