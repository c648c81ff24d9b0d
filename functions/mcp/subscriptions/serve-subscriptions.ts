import {
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type Server,
} from '@modelcontextprotocol/server';
import type { Guard } from '../guard.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Caller } from '../tool-room.ts';
import { digestOf, maxResources, type Subscriptions } from './subscriptions.ts';

/** They are kept with the session: one file of a skill has addresses of any length. */
const maxUriLength = 2_000;

export interface SubscriptionDeps extends Pick<Subscriptions, 'resources'> {
  sessions: SessionStore;
  guard: Guard;
}

/**
 * Serves `resources/subscribe` and `resources/unsubscribe` of a session (MCP 2025-11-25, resources). What is subscribed
 * to is kept with the session, with its stamp of that moment: from then on no change escapes the client.
 */
export function serveSubscriptions(
  served: McpServer | Server,
  session: string,
  caller: Caller,
  { sessions, resources, guard }: SubscriptionDeps,
): void {
  const server = served instanceof McpServer ? served.server : served;
  const { principal } = caller;

  server.setRequestHandler('resources/subscribe', ({ params: { uri } }) =>
    guard(caller, async () => {
      const shelf = await resources();
      if (uri.length > maxUriLength) throw refusal(`A URI to subscribe to may have ${maxUriLength} characters.`);
      if (!(await shelf.has(caller, uri))) throw new ResourceNotFoundError(uri);
      const stamp = await shelf.stamp(caller, uri);
      // Nothing will ever be told of a resource that never changes.
      if (stamp === undefined) return {};
      await sessions.change(principal, session, ({ subscriptions }) => ({
        subscriptions: withOne(subscriptions, uri, digestOf(stamp)),
      }));
      return {};
    }),
  );
  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) =>
    guard(caller, async () => {
      await sessions.change(principal, session, ({ subscriptions = {} }) => {
        const { [uri]: _, ...others } = subscriptions;
        return { subscriptions: others };
      });
      return {};
    }),
  );
}

function withOne(subscriptions: Record<string, string> = {}, uri: string, stamp: string): Record<string, string> {
  const all = { ...subscriptions, [uri]: stamp };
  if (Object.keys(all).length <= maxResources) return all;
  throw refusal(`A session may be subscribed to ${maxResources} resources; unsubscribe from one first.`);
}

function refusal(text: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, text);
}
