import type { Clock } from '../../gateway/clock.ts';
import { noContent } from '../../http/answer.ts';
import type { PlainAnswer, PlainRequest } from '../../http/plain.ts';
import type { StateStore } from '../../state/store.ts';
import { principalOf } from '../caller.ts';
import { findSession } from './find-session.ts';
import { sessionStore } from './session-store.ts';

/** Ends the session that the request names; from then on its id answers 404. Throws what `findSession` throws. */
export async function endSession(request: PlainRequest, state: StateStore, clock: Clock): Promise<PlainAnswer> {
  const sessions = sessionStore(state, clock);
  const { id } = await findSession(request, sessions);
  await sessions.end(principalOf(request), id);
  return noContent();
}
