import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { ownValue } from '../../catalogue/definition.ts';
import { fillPlaceholders } from '../../catalogue/placeholders.ts';
import type { TrustedCatalogue } from '../../catalogue/trusted.ts';
import type { Prompt } from '../../catalogue/types.ts';
import type { Caller } from '../tool-room.ts';
import type { PromptShelf } from './library.ts';
import { beginningWith, pageOf } from './page-of.ts';

/** Each value goes into the text as often as it has places for it. */
const maxValueLength = 10_000;

/** The prompts that administrators keep. */
export function cataloguePrompts({ snapshot }: Pick<TrustedCatalogue, 'snapshot'>): PromptShelf {
  async function find(caller: Caller, name: string): Promise<Prompt | undefined> {
    const prompt = ownValue((await snapshot()).prompts, name);
    return prompt && isFor(caller, prompt) ? prompt : undefined;
  }

  return {
    async list(caller, after) {
      const prompts = Object.values((await snapshot()).prompts ?? {}).filter((prompt) => isFor(caller, prompt));
      const { items, ...page } = pageOf(prompts, ({ name }) => name, after);
      return { ...page, items: items.map(toWire) };
    },

    async get(caller, name, args) {
      const prompt = await find(caller, name);
      if (!prompt) return undefined;
      checkArguments(prompt, args);
      const values = new Map(Object.entries(args));
      return {
        description: prompt.description,
        messages: prompt.messages.map(({ role, text }) => ({
          role,
          content: { type: 'text' as const, text: fillPlaceholders(text, values) },
        })),
      };
    },

    async complete(caller, name, argument, value) {
      const prompt = await find(caller, name);
      const declared = prompt?.arguments.find((candidate) => candidate.name === argument);
      return prompt && beginningWith(declared?.values ?? [], value);
    },
  };
}

function isFor({ principal }: Caller, { roles }: Prompt): boolean {
  return roles === undefined || roles.some((role) => principal.roles.includes(role));
}

function toWire({ name, title, description, arguments: declared }: Prompt) {
  return {
    name,
    ...(title !== undefined && { title }),
    description,
    ...(declared.length > 0 && { arguments: declared.map(({ values: _, ...argument }) => argument) }),
  };
}

function checkArguments({ name, arguments: declared }: Prompt, args: Record<string, string>): void {
  const missing = declared.filter((argument) => argument.required && !Object.hasOwn(args, argument.name));
  const unknown = Object.keys(args).filter((given) => !declared.some((argument) => argument.name === given));
  const long = Object.keys(args).filter((given) => (args[given] ?? '').length > maxValueLength);
  const problems = [
    ...missing.map((argument) => `${argument.name} is required`),
    ...unknown.map((given) => `${given.slice(0, 64)} is no argument`),
    ...long.map((given) => `${given.slice(0, 64)} is longer than ${maxValueLength} characters`),
  ];
  if (problems.length === 0) return;
  const shown = problems.slice(0, 20).join('; ');
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The prompt ${name} cannot be made: ${shown}.`);
}
