import { GatewayError } from '../../gateway/errors.ts';
import type { PlainRequest } from '../../http/plain.ts';
import { principalOf } from '../caller.ts';
import type { Session, SessionStore } from './session-store.ts';

/** The revisions that have sessions. */
const sessionVersions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

/**
 * The session that a request names. Throws `bad_request` when it names none, or a protocol version that there is not,
 * and `not_found` for a session that is over or someone else's (MCP 2025-11-25, Streamable HTTP, session management).
 */
export async function findSession(request: PlainRequest, sessions: SessionStore): Promise<Session> {
  const version = request.headers['mcp-protocol-version'];
  if (version !== undefined && !sessionVersions.includes(version)) {
    const message = `MCP-Protocol-Version is ${version.slice(0, 40)}; with a session, served are ${sessionVersions.join(', ')}.`;
    throw new GatewayError('bad_request', message, { field: 'MCP-Protocol-Version' });
  }
  const id = request.headers['mcp-session-id'];
  if (!id) {
    const message = 'Mcp-Session-Id is missing: send `initialize` first, and then the id that its answer carries.';
    throw new GatewayError('bad_request', message, { field: 'Mcp-Session-Id' });
  }
  const session = await sessions.find(principalOf(request), id);
  if (!session) throw new GatewayError('not_found', 'There is no such session; begin a new one with `initialize`.');
  return session;
}
