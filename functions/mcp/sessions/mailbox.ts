import * as z from 'zod/mini';
import type { Clock } from '../../gateway/clock.ts';
import { GatewayError } from '../../gateway/errors.ts';
import type { StateStore } from '../../state/store.ts';

const keptSeconds = 900;
const maxAnswerBytes = 300_000;

const answerSchema = z.union([
  z.object({ result: z.record(z.string(), z.unknown()) }),
  z.object({ error: z.object({ code: z.number(), message: z.string(), data: z.optional(z.unknown()) }) }),
]);
/** What a client said to a request of the server, without the envelope. */
export type Answer = z.infer<typeof answerSchema>;

const cancellationSchema = z.object({ reason: z.optional(z.string()) });
export type Cancellation = z.infer<typeof cancellationSchema>;

/** Where messages wait for an instance that is not the one they reached. Everything is under a session's id. */
export interface Mailbox {
  /** Keeps an answer; the first one counts. Throws `too_large`. */
  putAnswer(session: string, requestId: string, answer: Answer): Promise<void>;
  answerTo(session: string, requestId: string): Promise<Answer | undefined>;
  /** Says that the client has no more use for the answer to a request of its own. */
  cancel(session: string, requestId: string | number, reason: string | undefined): Promise<void>;
  cancellationOf(session: string, requestId: string | number): Promise<Cancellation | undefined>;
}

export function mailbox(state: StateStore, clock: Clock): Mailbox {
  const end = () => Math.floor(clock() / 1_000) + keptSeconds;
  return {
    async putAnswer(session, requestId, answer) {
      const bytes = Buffer.byteLength(JSON.stringify(answer));
      if (bytes > maxAnswerBytes) {
        const message = `An answer may have ${maxAnswerBytes} bytes; this one has ${bytes}.`;
        throw new GatewayError('too_large', message, { field: 'result' });
      }
      await state.create(answerKey(session, requestId), answer, end());
    },

    async answerTo(session, requestId) {
      const entry = await state.get(answerKey(session, requestId));
      return entry && z.parse(answerSchema, entry.value);
    },

    async cancel(session, requestId, reason) {
      await state.create(cancelKey(session, requestId), reason === undefined ? {} : { reason }, end());
    },

    async cancellationOf(session, requestId) {
      const entry = await state.get(cancelKey(session, requestId));
      return entry && z.parse(cancellationSchema, entry.value);
    },
  };
}

function answerKey(session: string, requestId: string): string {
  return `ANSWER#${session}#${requestId}`;
}

/** `1` and `"1"` are two ids (JSON-RPC 2.0 section 4). */
function cancelKey(session: string, requestId: string | number): string {
  return `CANCEL#${session}#${JSON.stringify(requestId).slice(0, 200)}`;
}
