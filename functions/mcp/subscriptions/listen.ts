import { createMcpHandler, InMemoryServerEventBus, type McpServerFactory } from '@modelcontextprotocol/server';
import type { Clock } from '../../gateway/clock.ts';
import { GatewayError } from '../../gateway/errors.ts';
import type { StateStore } from '../../state/store.ts';
import { authInfoOf } from '../caller.ts';
import type { Caller } from '../tool-room.ts';
import { claimSlot, maxStreams } from './claim-slot.ts';
import { type Stamps, watchChanges } from './watch-changes.ts';

/** What `subscriptions/listen` lives on. */
export interface Subscriptions {
  /** What would be listed now, in short. */
  stamps: () => Promise<Stamps>;
  /** Milliseconds between two looks. */
  pollMs: number;
  state: StateStore;
  clock: Clock;
}

/** API Gateway ends a stream on which nothing happens for five minutes, and each open one costs an instance. */
const longestMs = 240_000;

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
  { stamps, pollMs, state, clock }: Subscriptions,
  failed: (error: Error) => void,
): Promise<Listening> {
  const until = Math.min(caller.deadline, clock() + longestMs);
  const free = await claimSlot(state, caller.principal, until);
  if (!free) {
    const text = `There are ${maxStreams} streams open already for this principal; close one first.`;
    throw new GatewayError('conflict', text, { details: { open: maxStreams } });
  }
  const bus = new InMemoryServerEventBus(failed);
  const handler = createMcpHandler(serve, { onerror: failed, bus });
  const close = async () => {
    await handler.close();
    await free();
  };
  try {
    // Read before the client is told that it is listening: from then on nothing may escape it.
    const before = await stamps();
    const response = await handler.fetch(request, { authInfo: authInfoOf(caller), parsedBody: message });
    const over = new AbortController();
    const limit = setTimeout(() => over.abort(), until - clock());
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    if (!isStream) over.abort();
    const finished = watchChanges(before, stamps, bus, pollMs, over.signal)
      .catch(failed)
      .finally(() => clearTimeout(limit))
      .then(close)
      .catch(failed);
    return { response, finished };
  } catch (error) {
    await close();
    throw error;
  }
}
