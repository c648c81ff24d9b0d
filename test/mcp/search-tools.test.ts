import { describe, expect, it } from 'vitest';
import { searchIndex } from '../../functions/catalogue/search-index.ts';
import { searchWords } from '../../functions/catalogue/search-words.ts';
import type { Snapshot, Tool } from '../../functions/catalogue/types.ts';
import { searchToolName, withSearch } from '../../functions/mcp/search-tools.ts';
import type { Caller } from '../../functions/mcp/tool-room.ts';
import { aTool } from '../contract/sample.ts';
import { ada } from './session-instances.ts';
import { smallRoom } from './small-room.ts';

const caller: Caller = { principal: ada, requestId: 'r', schemas: 'safe', deadline: Date.now() + 1_000 };

const tools: Tool[] = [
  aTool('delete_file', { title: 'Remove a file', description: 'Moves a file to the trash.', tags: ['files'] }),
  aTool('list_files', { title: 'List files', description: 'Files of a folder.', tags: ['files'] }),
  aTool('create_invoice', { title: 'Create an invoice', description: 'Bills a customer.', tags: ['billing'] }),
  aTool('send_invoice', { description: 'Sends an invoice by e-mail.', tags: ['billing'] }),
];

describe('the words of a text', () => {
  it.each([
    ['getUserIDs', ['get', 'user', 'id']],
    ['Removing the attachments', ['delete', 'attachment']],
    ['fetch all Categories', ['get', 'list', 'category']],
    ['Größe & accès', ['groß', 'acce']],
    ['cancelled', ['delete']],
    ['', []],
  ])('%j are %j', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });
});

describe('the index', () => {
  const names = (query: string, may: (tool: Tool) => boolean = () => true) =>
    searchIndex(tools)
      .search(query, 3, may)
      .map(({ tool }) => tool.name);

  it('finds a tool by other words for the same thing', () => {
    expect(names('erase a file')[0]).toBe('delete_file');
    expect(names('bill my customer')[0]).toBe('create_invoice');
    expect(names('mail the invoices')[0]).toBe('send_invoice');
  });

  it('finds nothing for words that no tool has', () => {
    expect(names('weather tomorrow')).toEqual([]);
    expect(names('')).toEqual([]);
  });

  it('shows only what the caller may use', () => {
    expect(names('file', (tool) => tool.name !== 'delete_file')).toEqual(['list_files']);
  });
});

describe('a room with many tools', () => {
  const snapshot: Snapshot = { revision: 1, tools, overrides: {} };
  const searching = (above: number, named: Parameters<typeof smallRoom>[0] = { a: {}, b: {} }) =>
    withSearch(smallRoom(named), { snapshot: async () => snapshot, may: () => true, above });
  const context = {} as never;

  it('lists the search first, and a room with few does not list it', async () => {
    const listed = async (above: number) =>
      (await searching(above).list(caller, undefined)).tools.map(({ name }) => name);
    expect(await listed(1)).toEqual([searchToolName, 'a', 'b']);
    expect(await listed(2)).toEqual(['a', 'b']);
  });

  it('answers with tools that can be called at once', async () => {
    const answer = await searching(1).call(caller, searchToolName, { query: 'remove a file', limit: 1 }, context);
    expect(answer).toMatchObject({
      structuredContent: { tools: [{ name: 'delete_file', input_schema: { type: 'object' } }] },
    });
  });

  it('tells a model what it did wrong', async () => {
    for (const args of [{}, { query: '' }, { query: 'x', limit: 0 }, { query: 'x', more: 1 }]) {
      expect(await searching(1).call(caller, searchToolName, args, context)).toMatchObject({ isError: true });
    }
  });

  it('leaves a tool of the catalogue its name', async () => {
    const room = searching(0, { [searchToolName]: { answer: () => ({ content: [{ type: 'text', text: 'own' }] }) } });
    expect((await room.list(caller, undefined)).tools).toHaveLength(1);
    expect(await room.call(caller, searchToolName, {}, context)).toMatchObject({ content: [{ text: 'own' }] });
  });
});
