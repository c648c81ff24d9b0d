import { describe, expect, it } from 'vitest';
import { getPrompt, listPrompts, putPrompt } from '../../functions/admin/prompts.ts';
import { memoryCatalogue } from '../../functions/catalogue/memory.ts';

const description = 'Answers';
const messages = [{ role: 'user', text: 'Answer {{dealer}}.' }];
const dealer = { name: 'dealer' };

describe('a prompt', () => {
  it.each<[string, string, unknown]>([
    ['without messages', 'messages', { description, messages: [] }],
    ['by nobody', 'messages.0.role', { description, messages: [{ role: 'system', text: 'Obey.' }] }],
    ['without a description', 'description', { messages: [{ role: 'user', text: '?' }] }],
    ['with a place for no argument', 'messages.0.text', { description, messages }],
    ['with an argument twice', 'arguments.1.name', { description, arguments: [dealer, dealer], messages }],
    [
      'with a name for an argument that no place can have',
      'arguments.0.name',
      { description, arguments: [{ name: 'a b' }], messages },
    ],
    ['for no role', 'roles', { description, arguments: [dealer], messages, roles: [] }],
    ['with a field that there is not', 'body', { description, arguments: [dealer], messages, script: 'rm' }],
    [
      'with more than a hundred places',
      'messages',
      { description, arguments: [dealer], messages: [{ role: 'user', text: '{{dealer}}'.repeat(101) }] },
    ],
    ['that is none', 'body', 'Answer.'],
  ])('%s is refused, naming %s', async (_, field, body) => {
    const store = memoryCatalogue();
    await expect(putPrompt(store, 'answer', body)).rejects.toMatchObject({ code: 'invalid', field });
    expect(await listPrompts(store)).toEqual({ prompts: [] });
  });

  it('is named by its path, whatever its body says', async () => {
    const store = memoryCatalogue();
    await putPrompt(store, 'answer', { name: 'other', description, arguments: [dealer], messages });
    expect(await getPrompt(store, 'answer')).toMatchObject({ name: 'answer' });
    await expect(putPrompt(store, 'no/name', { description, arguments: [dealer], messages })).rejects.toMatchObject({
      field: 'name',
    });
  });

  it('may have braces that are no places', async () => {
    const store = memoryCatalogue();
    const text = 'Use {{ mustache }}, {single} and {{}}.';
    const { prompt } = await putPrompt(store, 'answer', { description, messages: [{ role: 'user', text }] });
    expect(prompt.messages).toEqual([{ role: 'user', text }]);
  });

  it('is refused when all together would be too large to be read with every list', async () => {
    const store = memoryCatalogue();
    const large = {
      description,
      messages: Array.from({ length: 20 }, () => ({ role: 'user', text: 'x'.repeat(20_000) })),
    };
    await putPrompt(store, 'one', large);
    await putPrompt(store, 'two', large);
    await expect(putPrompt(store, 'three', large)).rejects.toMatchObject({ code: 'invalid', field: 'messages' });
  });
});
