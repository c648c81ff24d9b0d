import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { verifyBearer } from '../../functions/auth/bearer.ts';
import { keySet } from '../../functions/auth/key-set.ts';
import { tokenVerifier } from '../../functions/auth/token-verifier.ts';
import { issuerSchema } from '../../functions/gateway/config.ts';
import { rulesOf } from '../../functions/policy/rules.ts';
import { jwks, now, nowSeconds, token } from '../auth/identity-provider.ts';
import { blocks, page } from './markdown.ts';

const all = blocks(page('docs/identity-providers.md')).filter(({ language }) => language === 'json');
const kindOf = ({ info }: { info: string }) => info.split(' ')[0];
const claimsSchema = z.looseObject({ iss: z.string() });

/** Each token of the page with the entry that stands before it, as a reader would pair them. */
const entries = all.filter((block) => kindOf(block) === 'issuers');
const tokens = all
  .filter((block) => kindOf(block) !== 'issuers')
  .map((block) => ({
    ...block,
    what: `line ${block.line}, ${block.info}`,
    kind: kindOf(block),
    expected: block.info.split(' ')[1],
    claims: claimsSchema.parse(JSON.parse(block.text)),
    entry: entries.findLast(({ line }) => line < block.line),
  }));

function verify(entry: string, claims: Record<string, unknown>) {
  const issuers = z.array(issuerSchema).parse(JSON.parse(entry));
  const trusted = issuers.map((settings) => ({
    settings,
    keys: keySet(settings.jwks_uri, { get: async () => jwks, clock: () => now }),
  }));
  const times = { iat: nowSeconds - 10, exp: nowSeconds + 600 };
  const written = token({ aud: undefined, sub: undefined, ...times, ...claims }, { typ: 'JWT' }, 'RS256');
  return verifyBearer(written, trusted, () => now);
}

describe('the page on identity providers', () => {
  it('has an entry and a token for each provider', () => {
    expect(entries.length).toBeGreaterThanOrEqual(6);
    expect(tokens.filter(({ kind }) => kind === 'token')).toHaveLength(5);
    expect(all.map(kindOf)).not.toContain('');
  });

  it.each(entries.map((entry) => [entry.line, entry.text]))(
    'has settings in line %i that the gateway takes',
    (_, text) => {
      const issuers = z.array(issuerSchema).parse(JSON.parse(text as string));
      expect(() =>
        tokenVerifier(
          issuers,
          () => now,
          () => {},
        ),
      ).not.toThrow();
      for (const { issuer, jwks_uri } of issuers) expect(new URL(jwks_uri).origin).toBe(new URL(issuer).origin);
    },
  );

  it.each(tokens.filter(({ kind }) => kind === 'token'))('shows a token that is accepted: $what', async (shown) => {
    const verdict = await verify(shown.entry?.text ?? '', shown.claims);
    expect(verdict).toMatchObject({ ok: true, principal: { roles: expect.arrayContaining([shown.expected]) } });
    const known = rulesOf({ GATEHOUSE_RULES: undefined }).flatMap(({ roles }) => roles);
    expect(known).toContain(shown.expected);
  });

  it.each(tokens.filter(({ kind }) => kind === 'refused'))('shows a token that is refused: $what', async (shown) => {
    expect(await verify(shown.entry?.text ?? '', shown.claims)).toEqual({ ok: false, reason: shown.expected });
  });
});
