import { randomBytes } from 'node:crypto';
import { createRequestStateCodec } from '@modelcontextprotocol/server';
import { callerFrom } from '../../functions/mcp/caller.ts';
import { ownerOf } from '../../functions/mcp/owner-of.ts';

/** What a tool must remember between two rounds with the client. */
export interface State {
  /** The key of the question that was asked last. */
  awaiting: string;
  /** What earlier rounds have told. */
  name?: string;
}

/** Several processes that serve one client must be given the same key, in hexadecimal digits. */
const { FIXTURE_STATE_KEY = randomBytes(32).toString('hex') } = process.env;

/** Seals the state for its way through the client, bound to the method and to who calls. */
export const requestState = createRequestStateCodec<State>({
  key: Buffer.from(FIXTURE_STATE_KEY, 'hex'),
  ttlSeconds: 300,
  bind: ({ mcpReq, http }) => `${mcpReq.method}\0${ownerOf(callerFrom(http?.authInfo).principal)}`,
});
