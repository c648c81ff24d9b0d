import { GatewayError } from '../gateway/errors.ts';
import { ownValue, without } from './definition.ts';
import type { Publication } from './store.ts';
import type { Head, Prompt, Snapshot } from './types.ts';

/** Bytes of JSON of all prompts: whoever reads a revision reads them too. */
const maxPromptBytes = 1_000_000;

/** Adds a prompt, or replaces the one of the same name. Throws `invalid` when the catalogue would hold too many. */
export function withPrompt(head: Head, snapshot: Snapshot, prompt: Prompt): Publication {
  const prompts = { ...snapshot.prompts, [prompt.name]: prompt };
  const bytes = Buffer.byteLength(JSON.stringify(prompts));
  if (bytes > maxPromptBytes) {
    const message = `All prompts together would have ${bytes} bytes of JSON; at most ${maxPromptBytes} can be kept. Delete some, or make them shorter.`;
    throw new GatewayError('invalid', message, { field: 'messages' });
  }
  return { head, snapshot: { ...snapshot, prompts } };
}

/** Throws `not_found` for an unknown prompt. */
export function withoutPrompt(head: Head, snapshot: Snapshot, name: string): Publication {
  const { prompts } = snapshot;
  if (!prompts || !ownValue(prompts, name)) throw unknownPrompt(name);
  return { head, snapshot: { ...snapshot, prompts: without(prompts, name) } };
}

/** The refusal of a name that no prompt has. */
export function unknownPrompt(name: string): GatewayError {
  return new GatewayError('not_found', `There is no prompt "${name}".`);
}
