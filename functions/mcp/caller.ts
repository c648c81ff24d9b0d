import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Principal } from '../auth/principal.ts';
import { GatewayError } from '../gateway/errors.ts';
import type { PlainRequest } from '../http/plain.ts';
import type { Caller } from './tool-room.ts';

/** The SDK hands a factory nothing but its own `AuthInfo`, so the caller travels in there. The token does not. */
export function authInfoOf(caller: Caller): AuthInfo {
  const { principal } = caller;
  return { token: '', clientId: principal.client_id ?? principal.subject, scopes: principal.scopes, extra: { caller } };
}

/** The caller of a request that came through `authInfoOf`. */
export function callerFrom(authInfo: AuthInfo | undefined): Caller {
  const caller = authInfo?.extra?.caller as Caller | undefined;
  if (!caller) throw new Error('The protocol face was entered without a caller.');
  return caller;
}

/** Who calls. Throws `unauthenticated` when the authorizer has named nobody. */
export function principalOf({ principal }: PlainRequest): Principal {
  if (!principal) throw new GatewayError('unauthenticated', 'The caller is not authenticated.');
  return principal;
}
