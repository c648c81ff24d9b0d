import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import type { Principal } from '../../auth/principal.ts';
import type { Clock } from '../../gateway/clock.ts';
import { changeEntry, type StateStore } from '../../state/store.ts';
import { ownerOf } from '../owner-of.ts';

const lifetimeSeconds = 24 * 3_600;

const rowSchema = z.object({
  owner: z.string(),
  /** `params` of the `initialize` request, which every server of this session is told again. */
  initialize: z.record(z.string(), z.unknown()),
  protocol_version: z.string(),
  log_level: z.optional(z.string()),
  /** Resources that the client is to be told of, by URI, each with its stamp when it was subscribed to. */
  subscriptions: z.optional(z.record(z.string(), z.string())),
  /** The last `GET` of which a stream was made: it alone carries what is told. */
  connection: z.optional(z.string()),
});

/** What a 2025-era client agreed on with `initialize`. */
export type Session = { id: string } & Agreed;
type Agreed = Omit<z.infer<typeof rowSchema>, 'owner'>;

/** Sessions by their id, each its principal's alone: to anyone else it does not exist. */
export interface SessionStore {
  /** Keeps a session for a day after its last use and gives its id, which nobody can guess. */
  begin(principal: Principal, agreed: Agreed): Promise<Session>;
  find(principal: Principal, id: string): Promise<Session | undefined>;
  /** Changes what `change` gives of the session as it then is. False when there is no such session. */
  change(principal: Principal, id: string, change: (session: Session) => Partial<Agreed>): Promise<boolean>;
  end(principal: Principal, id: string): Promise<boolean>;
}

export function sessionStore(state: StateStore, clock: Clock): SessionStore {
  const seconds = () => Math.floor(clock() / 1_000);

  async function read(principal: Principal, id: string) {
    const entry = isId(id) ? await state.get(keyOf(id)) : undefined;
    if (!entry) return undefined;
    const row = z.parse(rowSchema, entry.value);
    return row.owner === ownerOf(principal) ? { entry, row } : undefined;
  }

  return {
    async begin(principal, agreed) {
      const id = randomUUID();
      await state.create(keyOf(id), { owner: ownerOf(principal), ...agreed }, seconds() + lifetimeSeconds);
      return { id, ...agreed };
    },

    async find(principal, id) {
      const found = await read(principal, id);
      if (!found) return undefined;
      const { entry, row } = found;
      // Written at most twice a day: a request should cost a read.
      if (entry.expires_at - seconds() < lifetimeSeconds / 2)
        await state.replace(keyOf(id), entry.version, entry.value, seconds() + lifetimeSeconds);
      const { owner: _, ...agreed } = row;
      return { id, ...agreed };
    },

    async change(principal, id, change) {
      if (!(await read(principal, id))) return false;
      return changeEntry(state, keyOf(id), ({ value, expires_at }) => {
        const { owner: _, ...agreed } = z.parse(rowSchema, value);
        return { value: { ...value, ...change({ id, ...agreed }) }, expires_at };
      });
    },

    async end(principal, id) {
      if (!(await read(principal, id))) return false;
      await state.remove(keyOf(id));
      return true;
    },
  };
}

function keyOf(id: string): string {
  return `SESSION#${id}`;
}

function isId(id: string): boolean {
  return /^[0-9a-f-]{36}$/.test(id);
}
