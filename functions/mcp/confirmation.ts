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
import { type RequestStates, stateSeconds } from './request-state.ts';

/** How a person at the client consents to a call. */
export interface Confirmation {
  /** What was said to this very call. Each consent counts once: whoever brings it again is asked again. */
  consent(tool: Tool, context: ServerContext): Promise<Consent>;
  ask(tool: Tool, args: Record<string, unknown>, context: ServerContext): Promise<InputRequiredResult>;
}

/** What the client carries while its user is asked. */
interface Asked {
  once: string;
  /** Of the tool as it was: another definition may send something else. */
  content_hash: string;
}

/** More of the arguments than a person would read. */
const shownCharacters = 2_000;
const question = 'confirm';

export function confirmation(states: RequestStates, openState: () => Promise<StateStore>, clock: Clock): Confirmation {
  return {
    async consent(tool, { mcpReq }) {
      const answer = inputResponse(mcpReq.inputResponses, question);
      const asked = mcpReq.requestState<Asked>();
      if (answer.kind !== 'elicit' || asked?.content_hash !== tool.content_hash) return 'not_asked';
      if (answer.action !== 'accept') return 'declined';
      // Kept for longer than the state can be opened.
      const until = Math.ceil(clock() / 1_000) + 2 * stateSeconds;
      const isFirst = await (await openState()).create(`CONSENT#${asked.once}`, {}, until);
      return isFirst ? 'given' : 'not_asked';
    },

    async ask(tool, args, context) {
      const elicitation = inputRequired.elicit({
        message: questionAbout(tool, args),
        // Nothing to fill in: to accept is to consent.
        requestedSchema: { type: 'object', properties: {} },
      });
      const asked: Asked = { once: randomUUID(), content_hash: tool.content_hash };
      const requestState = await states.seal(asked, context);
      return inputRequired({ inputRequests: { [question]: elicitation }, requestState });
    },
  };
}

function questionAbout({ name, title, risk_level }: Tool, args: Record<string, unknown>): string {
  const text = JSON.stringify(args, null, 2);
  const rest = text.length - shownCharacters;
  const shown = rest > 0 ? `${text.slice(0, shownCharacters)}\n… and ${rest} characters more` : text;
  return `Call ${title === undefined ? name : `“${title}” (${name})`}, a ${risk_level} tool, with these arguments?\n${shown}`;
}
