import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isAdmittedAddress } from './addresses.ts';

/** Finds every address of a host name. */
export type Resolve = (hostname: string, callback: (error: Error | null, addresses: LookupAddress[]) => void) => void;

/** A host name led to an address that no backend may have. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/**
 * The `lookup` of a connection. It resolves once and judges every address before one is connected to, so a name
 * that changes its answer between a check and the connection (DNS rebinding) gains nothing.
 */
export function guardedLookup(resolve: Resolve, allowLocal: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error) callback(error, '');
      else if (!first) callback(new Error('No address found.'), '');
      else if (!addresses.every(({ address }) => isAdmittedAddress(address, allowLocal))) {
        callback(new ForbiddenAddressError(), '');
      } else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** The operating system's resolver. */
export const systemResolve: Resolve = (hostname, callback) => {
  process.getBuiltinModule('node:dns').lookup(hostname, { all: true }, callback);
};
