import { describe, expect, it } from 'vitest';
import { attachCredential } from '../../functions/backends/attach.ts';
import type { Credential } from '../../functions/backends/credentials.ts';
import type { OutgoingCall } from '../../functions/backends/prepare.ts';
import type { BackendAuth } from '../../functions/catalogue/types.ts';

const bearer: BackendAuth = { mode: 'bearer', credential: 'dealers' };
const basic: BackendAuth = { mode: 'basic', credential: 'dealers' };
const headerKey: BackendAuth = {
  mode: 'apiKey',
  credential: 'dealers',
  in: 'header',
  name: 'Ocp-Apim-Subscription-Key',
};
const queryKey: BackendAuth = { mode: 'apiKey', credential: 'dealers', in: 'query', name: 'api_key' };

function attached(
  auth: BackendAuth,
  credential: Credential | undefined,
  call: Partial<OutgoingCall> = {},
): OutgoingCall {
  const result = attachCredential(
    { method: 'GET', url: 'https://api.test/pets', headers: {}, ...call },
    auth,
    credential,
  );
  if (!result.ok) throw new Error(result.message);
  return result.call;
}

describe('attachCredential', () => {
  it('changes nothing in the mode none', () => {
    expect(attached({ mode: 'none' }, undefined)).toEqual({ method: 'GET', url: 'https://api.test/pets', headers: {} });
  });

  it.each<[string, BackendAuth, Credential, Record<string, string>]>([
    ['bearer', bearer, { value: 's3cret' }, { authorization: 'Bearer s3cret' }],
    ['basic', basic, { username: 'Zoë', password: 'a:b' }, { authorization: 'Basic Wm/DqzphOmI=' }],
    ['apiKey', headerKey, { value: 's3cret' }, { 'ocp-apim-subscription-key': 's3cret' }],
  ])('adds a header in the mode %s', (_mode, auth, credential, headers) => {
    expect(attached(auth, credential).headers).toEqual(headers);
  });

  it('replaces a header that an argument set', () => {
    const headers = { 'ocp-apim-subscription-key': 'mine', 'x-other': '1' };
    expect(attached(headerKey, { value: 's3cret' }, { headers }).headers).toEqual({
      'ocp-apim-subscription-key': 's3cret',
      'x-other': '1',
    });
  });

  it.each([
    ['https://api.test/pets', 'https://api.test/pets?api_key=s%26cret'],
    ['https://api.test/pets?a=1', 'https://api.test/pets?a=1&api_key=s%26cret'],
    ['https://api.test/pets?api_key=mine&a=1', 'https://api.test/pets?a=1&api_key=s%26cret'],
    ['https://api.test/pets?api%5Fkey=mine', 'https://api.test/pets?api_key=s%26cret'],
    ['https://api.test/pets?API_KEY=mine', 'https://api.test/pets?api_key=s%26cret'],
    ['https://api.test/pets?api_key', 'https://api.test/pets?api_key=s%26cret'],
    ['https://api.test/pets?api_key%5B%5D=mine', 'https://api.test/pets?api_key=s%26cret'],
    ['https://api.test/pets?a=x?y&b=%', 'https://api.test/pets?a=x?y&b=%&api_key=s%26cret'],
    ['https://api.test/pets?my_api_key=1', 'https://api.test/pets?my_api_key=1&api_key=s%26cret'],
  ])('makes the query of %s hold the credential alone under its name', (url, expected) => {
    expect(attached(queryKey, { value: 's&cret' }, { url }).url).toBe(expected);
  });

  it.each<[string, BackendAuth, Credential | undefined]>([
    ['is missing', bearer, undefined],
    ['is a user and password for bearer', bearer, { username: 'a', password: 's3cret' }],
    ['is a user and password for apiKey', queryKey, { username: 'a', password: 's3cret' }],
    ['is a value for basic', basic, { value: 's3cret' }],
    ['is empty', bearer, { value: '' }],
    ['has a line break for bearer', bearer, { value: 's3cret\n' }],
    ['has a line break for an apiKey header', headerKey, { value: 's3cret\r\nX-Evil: 1' }],
    ['has a colon in the user name', basic, { username: 'a:b', password: 's3cret' }],
  ])('fails without showing the secret when the credential %s', (_what, auth, credential) => {
    const result = attachCredential({ method: 'GET', url: 'https://api.test', headers: {} }, auth, credential);
    expect(result).toEqual({
      ok: false,
      kind: 'credential_unavailable',
      sent: false,
      message: expect.stringContaining('The credential "dealers"'),
    });
    expect(JSON.stringify(result)).not.toContain('s3cret');
  });
});
