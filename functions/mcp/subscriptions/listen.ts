import {
  createMcpHandler,
  InMemoryServerEventBus,
  type McpServerFactory,
  type ServerEvent,
} from '@modelcontextprotocol/server';
import * as z from 'zod/mini';
import { authInfoOf } from '../caller.ts';
import type { Caller } from '../tool-room.ts';
import { claimSlot } from './claim-slot.ts';
import { maxResources, type Subscriptions, stampsOf } from './subscriptions.ts';
import { isList, watchChanges } from './watch-changes.ts';

export interface Listening {
  response: Response;
  finished: Promise<void>;
}

/**
 * Answers `subscriptions/listen` with a stream that lasts until the function's time or four minutes are over, and then
 * ends with the result that tells the client to listen again (MCP 2026-07-28, subscriptions). Throws `conflict` when
 * the principal has too many open.
 */
export async function listen(
  request: Request,
  message: unknown,
  caller: Caller,
  serve: McpServerFactory,
  subscriptions: Subscriptions,
  failed: (error: Error) => void,
): Promise<Listening> {
  const { pollMs, clock } = subscriptions;
  const { until, free } = await claimSlot(caller, subscriptions);
  const bus = new InMemoryServerEventBus(failed);
  const handler = createMcpHandler(serve, { onerror: failed, bus });
  const close = async () => {
    await handler.close();
    await free();
  };
  try {
    const { parsedBody, uris } = await narrowed(message, caller, subscriptions);
    // Read before the client is told that it is listening: from then on nothing may escape it.
    const told = new Map(await stampsOf(subscriptions, caller, uris));
    const response = await handler.fetch(request, { authInfo: authInfoOf(caller), parsedBody });
    // Nobody listens to a refusal, to an acknowledgement of nothing, or after a client was seen to leave.
    const look = async () => (bus.listenerCount > 0 ? stampsOf(subscriptions, caller, uris) : undefined);
    const tell = (topic: string) => bus.publish(eventAbout(topic));
    const over = AbortSignal.timeout(Math.max(0, until - clock()));
    const finished = watchChanges(told, look, tell, pollMs, over).catch(failed).then(close).catch(failed);
    return { response, finished };
  } catch (error) {
    await close();
    throw error;
  }
}

const naming = z.looseObject({
  params: z.looseObject({
    notifications: z.looseObject({ resourceSubscriptions: z.array(z.string()) }),
  }),
});

/**
 * The message without the resources that do not exist for the caller: the SDK acknowledges whichever are named. What
 * has another form is the SDK's to refuse.
 */
async function narrowed(message: unknown, caller: Caller, { resources }: Subscriptions) {
  const parsed = z.safeParse(naming, message);
  if (!parsed.success) return { parsedBody: message, uris: [] };
  const { params } = parsed.data;
  const uris: string[] = [];
  for (const uri of new Set(params.notifications.resourceSubscriptions.slice(0, maxResources))) {
    if (await (await resources()).has(caller, uri)) uris.push(uri);
  }
  const notifications = { ...params.notifications, resourceSubscriptions: uris };
  return { parsedBody: { ...parsed.data, params: { ...params, notifications } }, uris };
}

function eventAbout(topic: string): ServerEvent {
  return isList(topic) ? { kind: `${topic}_list_changed` } : { kind: 'resource_updated', uri: topic };
}
