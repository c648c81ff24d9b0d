import { isOwnedHeader } from '../catalogue/owned-headers.ts';
import type { Backend } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { isAdmittedAddress } from './addresses.ts';

export interface EgressRules {
  /** Hosts that a backend may have, `api.example.com` or `*.example.com`; absent means every public host. */
  hosts?: readonly string[] | undefined;
  /** Admits plain HTTP and loopback addresses. */
  allowLocal: boolean;
}

/**
 * Throws `invalid` with the `field` unless the gateway may be pointed at this backend: an https URL of an allowed
 * host without user, query or fragment, and fixed headers that are not the gateway's or a credential's to set.
 * Where a host name leads is judged when a connection is made, not here.
 */
export function checkBackend(backend: Backend, rules: EgressRules): void {
  checkBaseUrl(backend.base_url, rules);
  for (const name of Object.keys(backend.headers)) {
    if (name.toLowerCase() === 'authorization') {
      throw refused(`headers.${name}`, 'must not be a fixed header: store a credential and name it in auth');
    }
    if (isOwnedHeader(name)) throw refused(`headers.${name}`, 'is set by the gateway or by HTTP itself: remove it');
  }
  const { auth } = backend;
  if (auth.mode === 'apiKey' && auth.in === 'header' && isOwnedHeader(auth.name)) {
    throw refused('auth.name', `must not be ${auth.name}, which is set by the gateway or by HTTP itself`);
  }
}

function checkBaseUrl(text: string, { hosts, allowLocal }: EgressRules): void {
  const url = /^https?:\/\/[^\s\\]+$/i.test(text) ? URL.parse(text) : null;
  if (!url) throw refused('base_url', 'must be a URL such as https://api.example.com/v1');
  if (url.protocol !== 'https:' && !allowLocal) throw refused('base_url', 'must use https');
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/]*@/.test(text)) {
    throw refused('base_url', 'must not have a user or a password: store a credential and name it in auth');
  }
  if (/[?#]/.test(text)) throw refused('base_url', 'must not have a query or a fragment');
  if (/[{}]|%7[bd]/i.test(text)) throw refused('base_url', 'must not have variables: write their values');
  const host = url.hostname.replace(/\.$/, '');
  if (hosts && !hosts.some((pattern) => matches(host, pattern.toLowerCase()))) {
    throw refused('base_url', `has a host that is not allowed: ${host}. Allowed: ${hosts.join(', ') || 'none'}`);
  }
  const literal = host.replace(/^\[|\]$/g, '');
  if (isAddress(literal) && !isAdmittedAddress(literal, allowLocal)) {
    throw refused('base_url', `has an address that is not public: ${host}`);
  }
}

function matches(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

function isAddress(host: string): boolean {
  return process.getBuiltinModule('node:net').isIP(host) !== 0;
}

function refused(field: string, reason: string): GatewayError {
  return new GatewayError('invalid', `${field} ${reason}.`, { field });
}
