import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { getJson } from '../../functions/auth/get-json.ts';
import { tokenVerifier } from '../../functions/auth/token-verifier.ts';
import { type DevelopmentIssuer, type IssuerOptions, startIssuer } from '../../local/issuer.ts';
import { settings } from './identity-provider.ts';

let directory: string;
let running: DevelopmentIssuer[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'issuer-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((issuer) => issuer.close()));
  await rm(directory, { recursive: true });
});

async function start(options: IssuerOptions = {}) {
  const issuer = await startIssuer(options);
  running.push(issuer);
  return issuer;
}

function trusting(...issuers: DevelopmentIssuer[]) {
  const trusted = issuers.map(({ issuer, jwksUri, audience }) => ({
    ...settings,
    issuer,
    jwks_uri: jwksUri,
    audiences: [audience],
  }));
  return tokenVerifier(trusted, Date.now, (_issuer, error) => expect.unreachable(String(error)));
}

describe('the development issuer', () => {
  test('signs tokens that a gateway which trusts it accepts', async () => {
    const issuer = await start({ audience: 'http://127.0.0.1:3000/mcp' });
    const verdict = await trusting(issuer)(await issuer.sign({ sub: 'ada', roles: ['operator'] }));
    expect(verdict).toMatchObject({
      ok: true,
      principal: { subject: 'ada', roles: ['operator'], issuer: issuer.issuer },
    });
  });

  test('is not trusted for tokens of another one', async () => {
    const [ours, other] = [await start(), await start()];
    const stranger = await other.sign({ sub: 'ada' });
    expect(await trusting(ours)(stranger)).toEqual({ ok: false, reason: 'issuer_unknown' });
    const disguised = await other.sign({ sub: 'ada', iss: ours.issuer });
    expect(await trusting(ours)(disguised)).toEqual({ ok: false, reason: 'key_unknown' });
  });

  test('leaves out a claim and changes the header on request', async () => {
    const issuer = await start();
    const verify = trusting(issuer);
    expect(await verify(await issuer.sign({ sub: undefined }))).toEqual({ ok: false, reason: 'claim_missing' });
    expect(await verify(await issuer.sign({ sub: 'a' }, { header: { kid: 'x' } }))).toEqual({
      ok: false,
      reason: 'key_unknown',
    });
    expect(await verify(await issuer.sign({ sub: 'a' }, { expiresIn: -61 }))).toEqual({
      ok: false,
      reason: 'expired',
    });
  });

  test('keeps its key in a file that only its owner reads, so that tokens outlive a restart', async () => {
    const keyFile = join(directory, 'data', 'issuer-key.json');
    const first = await start({ keyFile });
    const token = await first.sign({ sub: 'ada' });
    await first.close();
    const second = await start({ keyFile, port: Number(new URL(first.issuer).port) });
    expect(await trusting(second)(token)).toMatchObject({ ok: true });
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, 'data'))).toEqual(['issuer-key.json']);
  });

  test('shares one key among processes that start together', async () => {
    const keyFile = join(directory, 'issuer-key.json');
    const issuers = await Promise.all(Array.from({ length: 8 }, () => start({ keyFile })));
    const sets = await Promise.all(issuers.map(({ jwksUri }) => getJson(jwksUri)));
    expect(new Set(sets.map((set) => JSON.stringify(set)))).toHaveProperty('size', 1);
    expect(await readdir(directory)).toEqual(['issuer-key.json']);
  });

  test('publishes its public key only', async () => {
    const { jwksUri } = await start();
    expect(await getJson(jwksUri)).toEqual({
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          x: expect.any(String),
          y: expect.any(String),
          kid: expect.any(String),
          alg: 'ES256',
          use: 'sig',
        },
      ],
    });
  });

  test.each(['oauth-authorization-server', 'openid-configuration'])('offers no grant in %s', async (document) => {
    const { issuer, jwksUri } = await start();
    expect(await getJson(`${issuer}/.well-known/${document}`)).toMatchObject({
      issuer,
      jwks_uri: jwksUri,
      grant_types_supported: [],
      response_types_supported: [],
    });
  });

  test('says that its port is taken', async () => {
    const { issuer } = await start();
    await expect(startIssuer({ port: Number(new URL(issuer).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('a token verifier', () => {
  test('refuses settings that name an issuer twice', async () => {
    const issuer = await start();
    expect(() => trusting(issuer, issuer)).toThrow('names an issuer twice');
  });

  test('says which issuer cannot be read, and remembers what it verified while it could', async () => {
    const issuer = await start();
    const failed: string[] = [];
    const trusted = { ...settings, issuer: issuer.issuer, jwks_uri: issuer.jwksUri, audiences: ['gatehouse'] };
    const open = () => tokenVerifier([trusted], Date.now, (name) => failed.push(name));
    const token = await issuer.sign({ sub: 'ada' });
    const verify = open();
    expect(await verify(token)).toMatchObject({ ok: true });
    await issuer.close();
    expect(await verify(token)).toMatchObject({ ok: true });
    expect(failed).toEqual([]);
    expect(await open()(token)).toEqual({ ok: false, reason: 'keys_unavailable' });
    expect(failed).toEqual([issuer.issuer]);
  });
});
