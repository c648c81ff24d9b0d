import { ownValue } from '../catalogue/definition.ts';
import { placeholdersIn } from '../catalogue/placeholders.ts';
import { unknownPrompt, withoutPrompt, withPrompt } from '../catalogue/prompts.ts';
import type { CatalogueStore } from '../catalogue/store.ts';
import { type Prompt, promptSchema } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { parseInput } from './parse-input.ts';
import { publishChange } from './publishing.ts';

/** An argument's value goes into each of its places: this keeps what a client can make of a prompt small. */
const maxPlaceholders = 100;

export async function listPrompts(store: CatalogueStore): Promise<{ prompts: Prompt[] }> {
  const { revision } = await store.head();
  const { prompts } = await store.snapshot(revision);
  return { prompts: Object.values(prompts ?? {}).sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Throws `not_found`. */
export async function getPrompt(store: CatalogueStore, name: string): Promise<Prompt> {
  const { revision } = await store.head();
  const prompt = ownValue((await store.snapshot(revision)).prompts, name);
  if (!prompt) throw unknownPrompt(name);
  return prompt;
}

/** Adds or replaces a prompt. Throws `invalid` naming the field that is wrong. */
export async function putPrompt(
  store: CatalogueStore,
  name: string,
  body: unknown,
): Promise<{ prompt: Prompt; revision: number }> {
  const named = typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body, name } : body;
  const prompt = parseInput(promptSchema, named);
  checkArguments(prompt);
  const { head } = await publishChange(store, (head, snapshot) => withPrompt(head, snapshot, prompt));
  return { prompt, revision: head.revision };
}

/** Throws `not_found`. */
export async function deletePrompt(store: CatalogueStore, name: string): Promise<void> {
  await publishChange(store, (head, snapshot) => withoutPrompt(head, snapshot, name));
}

function checkArguments({ arguments: declared, messages }: Prompt): void {
  const names = declared.map((argument) => argument.name);
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  if (twice !== -1) throw wrong(`arguments.${twice}.name`, `There are two arguments "${names[twice]}".`);
  const used = messages.map(({ text }) => placeholdersIn(text));
  const count = used.flat().length;
  if (count > maxPlaceholders)
    throw wrong('messages', `There are ${count} places for arguments; at most ${maxPlaceholders}.`);
  for (const [index, placeholders] of used.entries()) {
    const unknown = placeholders.find((name) => !names.includes(name));
    if (unknown === undefined) continue;
    throw wrong(`messages.${index}.text`, `{{${unknown}}} is no argument of this prompt; add it to \`arguments\`.`);
  }
}

function wrong(field: string, message: string): GatewayError {
  return new GatewayError('invalid', message, { field });
}
