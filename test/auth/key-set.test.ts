import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { getJson } from '../../functions/auth/get-json.ts';
import { type KeySet, type KeySetOptions, keySet } from '../../functions/auth/key-set.ts';
import { publicJwk } from './identity-provider.ts';
import { json, keyServer, outages } from './key-server.ts';

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

let server: Awaited<ReturnType<typeof keyServer>>;
let now: number;
let failures: unknown[];

beforeEach(async () => {
  server = await keyServer(json({ keys: [publicJwk('ES256', { kid: 'first' })] }));
  now = 1_000_000;
  failures = [];
});
afterEach(() => server.close());

const quick = (uri: string) => getJson(uri, { deadline: 500, limit: 512 * 1024 });

function open(options: Partial<KeySetOptions> = {}): KeySet {
  return keySet(server.uri, { get: quick, clock: () => now, onFailure: (error) => failures.push(error), ...options });
}

const find = async (keys: KeySet, kid?: string) => {
  const finding = await keys.find({ alg: 'ES256', kid });
  return finding.found ? 'found' : finding.reason;
};

describe('a key set', () => {
  test('is read when first needed, and once for ten minutes', async () => {
    const keys = open();
    expect(server.requests()).toBe(0);
    for (let call = 0; call < 20; call++) expect(await find(keys, 'first')).toBe('found');
    now += 10 * minutes - 1;
    expect(await find(keys, 'first')).toBe('found');
    expect(server.requests()).toBe(1);
    now += 1;
    expect(await find(keys, 'first')).toBe('found');
    expect(server.requests()).toBe(2);
  });

  test('is read once for callers that come together', async () => {
    const keys = open();
    const found = await Promise.all(Array.from({ length: 50 }, () => find(keys, 'first')));
    expect(new Set(found)).toEqual(new Set(['found']));
    expect(server.requests()).toBe(1);
  });

  test('learns a new key when a token names it, and keeps the old one while it is published', async () => {
    const keys = open();
    await find(keys, 'first');
    server.answerWith(json({ keys: [publicJwk('ES256', { kid: 'first' }), publicJwk('ES256', { kid: 'second' })] }));
    now += 31 * seconds;
    expect(await find(keys, 'second')).toBe('found');
    expect(await find(keys, 'first')).toBe('found');
    expect(server.requests()).toBe(2);
  });

  test('forgets a withdrawn key after ten minutes', async () => {
    const keys = open();
    await find(keys, 'first');
    server.answerWith(json({ keys: [publicJwk('ES256', { kid: 'second' })] }));
    now += 10 * minutes;
    expect(await find(keys, 'first')).toBe('key_unknown');
    expect(await find(keys, 'second')).toBe('found');
  });

  test('is read at most once in thirty seconds, however many unknown keys are named', async () => {
    const keys = open();
    await find(keys, 'first');
    now += 30 * seconds;
    const flood = () => Promise.all(Array.from({ length: 500 }, (_, index) => find(keys, `invented-${index}`)));
    expect(new Set(await flood())).toEqual(new Set(['key_unknown']));
    for (let step = 0; step < 29; step++) {
      now += seconds;
      await flood();
    }
    expect(server.requests()).toBe(2);
    now += seconds;
    await flood();
    expect(server.requests()).toBe(3);
    expect(await find(keys, 'first')).toBe('found');
  });

  test('is read again when the clock was set back', async () => {
    const keys = open();
    await find(keys, 'first');
    now -= 5 * hours;
    expect(await find(keys, 'first')).toBe('found');
    expect(server.requests()).toBe(2);
  });

  test.each(Object.entries(outages))('serves known keys for a day while the issuer %s', async (_what, outage) => {
    const keys = open();
    await find(keys, 'first');
    server.answerWith(outage);
    now += 10 * minutes;
    expect(await find(keys, 'first')).toBe('found');
    expect(failures).toHaveLength(1);
    expect(server.requests()).toBe(2);

    expect(await find(keys, 'second')).toBe('key_unknown');
    expect(server.requests()).toBe(2);

    now += 24 * hours - 10 * minutes - 1;
    expect(await find(keys, 'first')).toBe('found');
    now += 1;
    expect(await find(keys, 'first')).toBe('keys_unavailable');
  });

  test('serves known keys while the issuer is slow', async () => {
    const keys = open({ get: (uri) => getJson(uri, { deadline: 50, limit: 1024 }) });
    await find(keys, 'first');
    server.answerWith(() => {});
    now += 10 * minutes;
    expect(await find(keys, 'first')).toBe('found');
    expect(failures).toHaveLength(1);
  });

  test.each(Object.entries(outages))('has no keys when the issuer %s from the start', async (_what, outage) => {
    server.answerWith(outage);
    const keys = open();
    expect(await find(keys, 'first')).toBe('keys_unavailable');
  });

  test('asks an issuer that is down from the start every five seconds, and recovers', async () => {
    server.answerWith(json({}, 503));
    const keys = open();
    for (let call = 0; call < 10; call++) expect(await find(keys, 'first')).toBe('keys_unavailable');
    now += 5 * seconds - 1;
    expect(await find(keys, 'first')).toBe('keys_unavailable');
    expect(server.requests()).toBe(1);
    server.answerWith(json({ keys: [publicJwk('ES256', { kid: 'first' })] }));
    now += 1;
    expect(await find(keys, 'first')).toBe('found');
    expect(server.requests()).toBe(2);
  });

  test('recovers from an issuer that cannot be reached at all', async () => {
    await server.close();
    expect(await find(open(), 'first')).toBe('keys_unavailable');
    expect(failures).toMatchObject([{ code: 'unavailable', cause: { code: 'ECONNREFUSED' } }]);
  });

  test('uses no symmetric, encryption or damaged key and is not spoiled by them', async () => {
    const { x: _, ...damaged } = publicJwk('ES256', { kid: 'damaged' });
    const others = [
      { kty: 'oct', k: 'c2VjcmV0', kid: 'shared' },
      publicJwk('ES256', { kid: 'encryption', use: 'enc' }),
      publicJwk('ES256', { kid: 'other-use', key_ops: ['deriveKey'] }),
      damaged,
      { kty: 'EC', kid: 7 },
      null,
      'key',
    ];
    server.answerWith(json({ keys: [...others, publicJwk('ES256', { kid: 'first' })] }));
    const keys = open();
    expect(await find(keys, 'first')).toBe('found');
    for (const kid of ['shared', 'encryption', 'other-use', 'damaged'])
      expect(await find(keys, kid)).toBe('key_unknown');
    expect(await keys.find({ alg: 'HS256', kid: 'shared' })).toEqual({ found: false, reason: 'key_unknown' });
  });

  test('uses the public half where an issuer publishes both', async () => {
    server.answerWith(json({ keys: [publicJwk('ES256', { kid: 'first', d: 'c2VjcmV0' })] }));
    expect(await open().find({ alg: 'ES256', kid: 'first' })).toMatchObject({ found: true, key: { type: 'public' } });
  });

  test('has at most a hundred keys', async () => {
    const many = Array.from({ length: 200 }, (_, index) => publicJwk('ES256', { kid: `k${index}` }));
    server.answerWith(json({ keys: many }));
    const keys = open();
    expect(await find(keys, 'k99')).toBe('found');
    expect(await find(keys, 'k100')).toBe('key_unknown');
  });

  test('gives no key where two have the name, or where none is named and two fit', async () => {
    server.answerWith(json({ keys: [publicJwk('ES256', { kid: 'twin' }), publicJwk('ES256', { kid: 'twin' })] }));
    expect(await find(open(), 'twin')).toBe('key_unknown');
    expect(await find(open())).toBe('key_unknown');
  });

  test('that is empty refuses everyone', async () => {
    server.answerWith(json({ keys: [] }));
    expect(await find(open(), 'first')).toBe('key_unknown');
  });

  test.each([
    'http://idp.example.com/jwks',
    'ftp://127.0.0.1/jwks',
    'file:///etc/passwd',
    'https://a:b@idp.example.com/',
    'jwks',
  ])('is not opened at %s', (uri) => {
    expect(() => keySet(uri, { get: quick, clock: () => now })).toThrow(/jwks_uri must be an https URL/);
  });
});
