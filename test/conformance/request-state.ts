import { randomBytes } from 'node:crypto';
import { openRequestStateKey } from '../../functions/gateway/deps.ts';
import { requestStates } from '../../functions/mcp/request-state.ts';

/** What a tool must remember between two rounds with the client. */
export interface State {
  /** The key of the question that was asked last. */
  awaiting: string;
  /** What earlier rounds have told. */
  name?: string;
}

const ofThisProcess = randomBytes(32).toString('hex');

/** The gateway's own seal. Several processes that serve one client find their key among the gateway's secrets. */
export const states = requestStates(
  process.env.GATEHOUSE_OWN_SECRETS ? openRequestStateKey(process.env) : async () => ofThisProcess,
);
