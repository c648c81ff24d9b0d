import { beforeEach, describe, expect, it } from 'vitest';
import { memoryCatalogue } from '../../functions/catalogue/memory.ts';
import type { CatalogueStore } from '../../functions/catalogue/store.ts';
import { type TrustedCatalogue, trustedCatalogue } from '../../functions/catalogue/trusted.ts';
import { aTool, onlyTool, toolsOnly } from '../contract/sample.ts';

describe('trustedCatalogue', () => {
  let now: number;
  let store: CatalogueStore;
  let requests: string[];
  /** What a request to the store waits for. */
  let answer: () => Promise<void>;
  let trusted: TrustedCatalogue;

  beforeEach(async () => {
    now = Date.UTC(2026, 10, 21);
    store = memoryCatalogue();
    await publish('get_things', 'get_others');
    requests = [];
    answer = async () => {};
    const observed = async <T>(request: string, result: Promise<T>): Promise<T> => {
      requests.push(request);
      const [read] = await Promise.all([result, answer()]);
      return read;
    };
    trusted = trustedCatalogue(
      {
        head: () => observed('head', store.head()),
        findTool: (name) => observed(name, store.findTool(name)),
        snapshot: (revision) => observed(`snapshot ${revision}`, store.snapshot(revision)),
      },
      () => now,
    );
  });

  const publish = async (...names: string[]) =>
    store.publish(await store.head(), toolsOnly(...names.map((name) => aTool(name))));

  it('asks for a tool once in five seconds', async () => {
    expect((await trusted.findTool('get_things')).tool?.name).toBe('get_things');
    now += 4_999;
    expect((await trusted.findTool('get_things')).tool?.name).toBe('get_things');
    expect(requests).toEqual(['get_things']);
    now += 1;
    await trusted.findTool('get_things');
    expect(requests).toEqual(['get_things', 'get_things']);
  });

  it('refuses a tool at most five seconds after it was removed', async () => {
    await trusted.findTool('get_things');
    await publish('get_others');
    now += 5_000;
    expect((await trusted.findTool('get_things')).tool).toBeUndefined();
  });

  it('no longer trusts a tool once it has seen that the catalogue moved on', async () => {
    await trusted.findTool('get_things');
    await publish('get_others');
    await trusted.findTool('get_others');
    expect((await trusted.findTool('get_things')).tool).toBeUndefined();
    expect(requests).toEqual(['get_things', 'get_others', 'get_things']);
  });

  it('does not trust a tool longer because the pointer was read again', async () => {
    await trusted.findTool('get_things');
    now += 3_000;
    await trusted.findTool('get_others');
    now += 2_000;
    await trusted.findTool('get_things');
    expect(requests).toEqual(['get_things', 'get_others', 'get_things']);
  });

  it('finds a new tool at once, because it does not remember unknown names', async () => {
    expect((await trusted.findTool('get_more')).tool).toBeUndefined();
    await publish('get_more');
    expect((await trusted.findTool('get_more')).tool?.name).toBe('get_more');
  });

  it('has the pointer from a tool, and shares it between all ways of reading', async () => {
    const { head } = await trusted.findTool('get_things');
    expect(await trusted.head()).toEqual(head);
    expect((await trusted.snapshot()).revision).toBe(head.revision);
    expect(requests).toEqual(['get_things', 'snapshot 1']);
  });

  it('reads a revision once, however often it looks whether there is a new one', async () => {
    await trusted.snapshot();
    now += 5_000;
    await trusted.snapshot();
    await publish('get_things');
    now += 5_000;
    expect((await trusted.snapshot()).tools).toHaveLength(1);
    expect(requests).toEqual(['head', 'snapshot 1', 'head', 'head', 'snapshot 2']);
  });

  it('asks once for all who wait', async () => {
    await Promise.all([trusted.head(), trusted.head(), trusted.snapshot(), trusted.snapshot()]);
    await Promise.all([trusted.findTool('get_things'), trusted.findTool('get_things'), trusted.findTool('get_others')]);
    expect(requests).toEqual(['head', 'snapshot 1', 'get_things', 'get_others']);
  });

  it.each([
    ['the pointer', () => trusted.head()],
    ['a tool', () => trusted.findTool('get_things')],
    ['the snapshot', () => trusted.snapshot()],
  ])('fails rather than pass off what is too old: %s', async (_, read) => {
    await read();
    now += 5_000;
    answer = () => Promise.reject(new Error('down'));
    await expect(read()).rejects.toThrow('down');
    answer = async () => {};
    await expect(read()).resolves.toBeDefined();
  });

  it('goes on with what it trusts while the store is down', async () => {
    await trusted.findTool('get_things');
    await trusted.snapshot();
    answer = () => Promise.reject(new Error('down'));
    now += 4_999;
    expect((await trusted.findTool('get_things')).tool).toBeDefined();
    expect((await trusted.snapshot()).tools).toHaveLength(2);
  });

  it('tries a snapshot again that could not be read', async () => {
    await trusted.head();
    answer = () => Promise.reject(new Error('down'));
    await expect(trusted.snapshot()).rejects.toThrow('down');
    answer = async () => {};
    expect((await trusted.snapshot()).tools).toHaveLength(2);
  });

  it('counts its trust from the question, not from the answer', async () => {
    answer = async () => {
      now += 4_000;
    };
    await trusted.findTool('get_things');
    answer = async () => {};
    now += 1_000;
    await trusted.findTool('get_things');
    expect(requests).toHaveLength(2);
  });

  it('does not go back to an older pointer when answers arrive out of order', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    answer = () => gate;
    const late = trusted.findTool('get_things');
    answer = async () => {};
    await publish('get_others');
    await trusted.findTool('get_others');
    open();
    await late;
    expect((await trusted.head()).revision).toBe(2);
    expect((await trusted.findTool('get_things')).tool).toBeUndefined();
  });

  it('trusts nothing that is dated in the future, after its clock was set back', async () => {
    await trusted.findTool('get_things');
    now -= 3_600_000;
    await trusted.findTool('get_things');
    expect(requests).toHaveLength(2);
  });

  it('remembers a thousand tools, and forgets the one that was not used for longest', async () => {
    const names = Array.from({ length: 1_001 }, (_, index) => `tool_${index}`);
    await publish(...names);
    for (const name of names.slice(0, 1_000)) await trusted.findTool(name);
    await trusted.findTool('tool_0');
    expect(requests).toHaveLength(1_000);
    await trusted.findTool('tool_1000');
    await trusted.findTool('tool_0');
    expect(requests).toHaveLength(1_001);
    await trusted.findTool('tool_1');
    expect(requests).toHaveLength(1_002);
  });

  it('serves an empty catalogue', async () => {
    const empty = trustedCatalogue(memoryCatalogue(), () => now);
    expect(await empty.snapshot()).toEqual({ revision: 0, tools: [], overrides: {} });
    expect((await empty.findTool('get_things')).tool).toBeUndefined();
  });

  it('takes the trusted time as a setting', async () => {
    await store.publish(await store.head(), onlyTool('get_things'));
    const impatient = trustedCatalogue(store, () => now, 0);
    await impatient.findTool('get_things');
    await publish('get_others');
    expect((await impatient.findTool('get_things')).tool).toBeUndefined();
  });
});
