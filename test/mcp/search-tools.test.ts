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
    ['Removing the attachments', ['remov', 'attachment']],
    ['fetch all Categories', ['fetch', 'all', 'category']],
    ['Größe & accès', ['groß', 'acce']],
    ['the user’s e-mail', ['user', 'email']],
    ['PayPal', ['pay', 'pal', 'paypal']],
    ['cancelled', ['cancel']],
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

  it('takes a verb of two words for one', () => {
    expect(names('throw away a file')[0]).toBe('delete_file');
  });

  it('puts the word itself before another for the same', () => {
    const [bill, invoice] = ['list_bills', 'list_invoices'].map((name) => aTool(name, { title: '', description: '' }));
    const first = (query: string) => searchIndex([bill, invoice] as Tool[]).search(query, 1, () => true)[0]?.tool.name;
    expect([first('my bills'), first('my invoices')]).toEqual(['list_bills', 'list_invoices']);
  });

  it('puts a tool first that fits more of the words', () => {
    const described = (name: string, description: string) => aTool(name, { title: '', description, tags: [] });
    const index = searchIndex([
      described('pack', 'Zip, zip and zip.'),
      described('pack_items', 'Gives the items of a folder as a zip.'),
      ...['lock', 'rename', 'share', 'watch'].map((verb) => described(`${verb}_it`, 'The folder.')),
    ]);
    expect(index.search('a folder’s zip', 1, () => true)[0]?.tool.name).toBe('pack_items');
  });

  it('puts what reads first for who asks, and what changes something for who wants that', () => {
    const [reads, writes] = (['read', 'write'] as const).map((risk_level) =>
      aTool(`invoices_${risk_level}`, { title: '', description: '', risk_level }),
    );
    const index = searchIndex([reads, writes] as Tool[]);
    const first = (query: string) => index.search(query, 1, () => true)[0]?.tool.name;
    expect(first('which invoices are there?')).toBe('invoices_read');
    expect(first('change the invoices')).toBe('invoices_write');
  });

  it('knows the document that a tool comes from, and its path', () => {
    const named = (name: string, source_spec: string, api_endpoint: string) => {
      const tool = aTool(name, { title: '', description: '' });
      return { ...tool, source_spec, binding: { ...tool.binding, api_endpoint } };
    };
    const index = searchIndex([named('op_1', 'slack.yaml', '/chat.post'), named('op_2', 'box.json', '/files/{id}')]);
    const first = (query: string) => index.search(query, 1, () => true)[0]?.tool.name;
    expect([first('Slack'), first('a file')]).toEqual(['op_1', 'op_2']);
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
  const searching = (above: number, named: Parameters<typeof smallRoom>[0] = { a: {}, b: {} }, revision = snapshot) =>
    withSearch(smallRoom(named), { snapshot: async () => revision, may: () => true, above });
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
    const named = { [searchToolName]: { answer: () => ({ content: [{ type: 'text' as const, text: 'own' }] }) } };
    const room = searching(0, named, { ...snapshot, tools: [aTool(searchToolName)] });
    expect((await room.list(caller, undefined)).tools).toHaveLength(1);
    expect(await room.call(caller, searchToolName, {}, context)).toMatchObject({ content: [{ text: 'own' }] });
  });
});
