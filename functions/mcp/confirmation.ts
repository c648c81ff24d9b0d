import { randomUUID } from 'node:crypto';
import {
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Consent } from '../call/call-tool.ts';
import type { Tool } from '../catalogue/types.ts';
import type { Clock } from '../gateway/clock.ts';
import type { StateStore } from '../state/store.ts';
import { questionAbout } from './question-about.ts';
import { type RequestStates, stateSeconds } from './request-state.ts';
import type { Caller } from './tool-room.ts';

/** How a person at the client consents to a call. */
export interface Confirmation {
  /** What was said to this very call. Each answer counts once: whoever brings it again is asked again. */
  consent(caller: Caller, tool: Tool, context: ServerContext): Promise<Consent>;
  ask(tool: Tool, args: Record<string, unknown>, context: ServerContext): Promise<InputRequiredResult>;
}

/** What the client carries while its user is asked. */
interface Asked {
  once: string;
  /** Of the tool as it was: another definition may send something else. */
  content_hash: string;
}

const question = 'confirm';

export function confirmation(states: RequestStates, openState: () => Promise<StateStore>, clock: Clock): Confirmation {
  /** Whether nobody has brought this answer before. It is kept for longer than the state can be opened. */
  async function isFirst({ once }: Asked): Promise<boolean> {
    const until = Math.ceil(clock() / 1_000) + 2 * stateSeconds;
    return (await openState()).create(`CONSENT#${once}`, {}, until);
  }

  return {
    async consent({ canAsk }, tool, { mcpReq }) {
      if (!canAsk) return 'cannot_ask_user';
      const answer = inputResponse(mcpReq.inputResponses, question);
      const asked = mcpReq.requestState<Asked>();
      if (answer.kind !== 'elicit' || asked?.content_hash !== tool.content_hash) return 'not_asked';
      if (!(await isFirst(asked))) return 'not_asked';
      return answer.action === 'accept' ? 'given' : 'declined_by_user';
    },

    async ask(tool, args, context) {
      const { content_hash } = tool;
      const elicitation = inputRequired.elicit({
        message: questionAbout(tool, args),
        // Nothing to fill in: to accept is to consent.
        requestedSchema: { type: 'object', properties: {} },
        // Whoever takes over a stream must not take the answer to the same words about another definition.
        _meta: { 'gatehouse/content_hash': content_hash },
      });
      const asked: Asked = { once: randomUUID(), content_hash };
      return inputRequired({
        inputRequests: { [question]: elicitation },
        requestState: await states.seal(asked, context),
      });
    },
  };
}
