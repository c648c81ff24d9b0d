import type { AuthInfo } from '@modelcontextprotocol/server';
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
