import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../functions/catalogue/definition.ts';
import { withoutPrompt, withPrompt } from '../../functions/catalogue/prompts.ts';
import { withBackend, withOverride, withoutTool } from '../../functions/catalogue/publish.ts';
import { withReview } from '../../functions/catalogue/review.ts';
import { withRollback } from '../../functions/catalogue/roll-back.ts';
import { withoutSkill, withSkill } from '../../functions/catalogue/skills.ts';
import { type HoldReasons, withoutSpec, withSpec } from '../../functions/catalogue/specs.ts';
import type { CatalogueStore, Publication } from '../../functions/catalogue/store.ts';
import type { Head, Prompt, Snapshot } from '../../functions/catalogue/types.ts';
import { aTool, dealers, importedTool, onlyTool, quietly, report, toolsOnly } from './sample.ts';

const { act } = quietly;
const imported = { spec: 'dealer-service', backend: 'dealers', report };

const prompt: Prompt = {
  name: 'open-enquiries',
  description: 'Which enquiries are open',
  arguments: [],
  messages: [{ role: 'user', text: 'What is open?' }],
};

const skill = {
  name: 'sell-a-vehicle',
  entry: {
    uri: 'skill://sell-a-vehicle/SKILL.md',
    frontmatter: { name: 'sell-a-vehicle', description: 'Sells', metadata: { owner: 'sales' } },
    resources: [{ uri: 'skill://sell-a-vehicle/SKILL.md', digest: 'sha256:a', size: 1 }],
  },
  updated_at: '2026-11-21T09:30:00.000Z',
};

type Change = (head: Head, snapshot: Snapshot) => Publication;

/** What every catalogue store promises. `open` gives an empty one. */
export function catalogueContract(name: string, open: () => Promise<CatalogueStore>): void {
  describe(`catalogue in ${name}`, () => {
    it('begins with revision 0, which is empty', async () => {
      const store = await open();
      expect(await store.head()).toEqual({ revision: 0, backends: {}, specs: {}, abandoned: [] });
      expect(await store.snapshot(0)).toEqual({ revision: 0, tools: [], overrides: {} });
      expect((await store.findTool('get_things')).tool).toBeUndefined();
    });

    it('shows what was published, the same in every way of reading', async () => {
      const store = await open();
      const head = await publishNext(store, onlyTool('get_things'));
      const expected = { ...aTool('get_things'), spec_revision: head.revision };

      expect(head.revision).toBeGreaterThan(0);
      expect(await store.head()).toEqual(head);
      expect(await store.findTool('get_things')).toEqual({ head, tool: expected });
      expect(await store.snapshot(head.revision)).toEqual({
        revision: head.revision,
        tools: [expected],
        overrides: {},
      });
    });

    it('keeps a document with its report under the revision that brought it', async () => {
      const store = await open();
      await change(store, (head, snapshot) => withBackend(head, snapshot, dealers));
      const first = await change(store, importing('openapi: 3.0.3', ['get_things']));
      const second = await change(store, importing('openapi: 3.1.0', ['get_things']));

      expect(second.specs['dealer-service']).toMatchObject({ revision: second.revision, backend: 'dealers' });
      const kept = (revision: number) => store.specDocument('dealer-service', revision);
      expect(await kept(first.revision)).toEqual({ document: 'openapi: 3.0.3', report });
      expect((await kept(second.revision))?.document).toBe('openapi: 3.1.0');
      expect(await kept(first.revision - 1)).toBeUndefined();
      expect(await kept(second.revision + 1)).toBeUndefined();
      expect(await store.specDocument('other', first.revision)).toBeUndefined();
    });

    it('leaves the revision of a spec alone when a later publication does not bring its document', async () => {
      const store = await open();
      await change(store, (head, snapshot) => withBackend(head, snapshot, dealers));
      const imported = await change(store, importing('a document', ['get_things']));
      const later = await change(store, (head, snapshot) => withOverride(head, snapshot, 'get_things', { title: 'T' }));
      expect(later.specs['dealer-service']?.revision).toBe(imported.revision);
    });

    it('gives a new spec_revision to tools that changed, and to no others', async () => {
      const store = await open();
      const first = await publishNext(store, toolsOnly(aTool('get_things'), aTool('get_others')));
      const changed = aTool('get_others', { description: 'Changed' });
      const second = await publishNext(store, toolsOnly(aTool('get_things'), changed));

      const revisions = async (name: string) => (await store.findTool(name)).tool?.spec_revision;
      expect(await revisions('get_things')).toBe(first.revision);
      expect(await revisions('get_others')).toBe(second.revision);
      const { tools } = await store.snapshot(second.revision);
      expect(tools.map((tool) => tool.spec_revision)).toEqual([first.revision, second.revision]);
    });

    it('takes over a new document version even where the definition stays the same', async () => {
      const store = await open();
      const first = await publishNext(store, onlyTool('get_things', { version: '1.0.0' }));
      const second = await publishNext(store, onlyTool('get_things', { version: '1.1.0' }));
      const expected = { version: '1.1.0', spec_revision: first.revision };
      expect((await store.findTool('get_things')).tool).toMatchObject(expected);
      expect((await store.snapshot(second.revision)).tools[0]).toMatchObject(expected);
    });

    it('no longer finds a tool that a publication leaves out, and finds it again when it returns', async () => {
      const store = await open();
      const first = await publishNext(store, toolsOnly(aTool('get_things'), aTool('get_others')));
      await publishNext(store, onlyTool('get_others'));
      expect((await store.findTool('get_things')).tool).toBeUndefined();
      expect((await store.findTool('get_others')).tool?.spec_revision).toBe(first.revision);

      const third = await publishNext(store, toolsOnly(aTool('get_things'), aTool('get_others')));
      expect((await store.findTool('get_things')).tool?.spec_revision).toBe(third.revision);
    });

    it('keeps overrides over removal and return', async () => {
      const store = await open();
      await change(store, (head, snapshot) => withBackend(head, snapshot, dealers));
      await change(store, importing('a document', ['get_things']));
      await change(store, (head, snapshot) => withOverride(head, snapshot, 'get_things', { risk_level: 'privileged' }));
      expect((await store.findTool('get_things')).tool?.risk_level).toBe('privileged');

      await change(store, (head, snapshot) => withoutTool(head, snapshot, 'get_things'));
      expect((await store.findTool('get_things')).tool).toBeUndefined();
      await change(store, importing('a document', ['get_things']));
      expect((await store.findTool('get_things')).tool?.risk_level).toBe('privileged');

      await change(store, (head, snapshot) => withoutSpec(head, snapshot, 'dealer-service', act));
      await change(store, importing('a document', ['get_things']));
      expect((await store.findTool('get_things')).tool?.risk_level).toBe('privileged');

      await change(store, (head, snapshot) => withOverride(head, snapshot, 'get_things', { risk_level: null }));
      expect((await store.findTool('get_things')).tool?.risk_level).toBe('write');
    });

    describe('holds definitions back', () => {
      const risky = importedTool('get_things', { risk_level: 'privileged' });
      const holdReasons: HoldReasons = (live, { risk_level }) =>
        live && live.risk_level !== risk_level ? ['risk_raised'] : [];
      const hash = contentHash({ ...risky, source_spec: 'dealer-service' });

      const holding = async () => {
        const store = await open();
        await change(store, (head, snapshot) => withBackend(head, snapshot, dealers));
        await change(store, importing('first', ['get_things', 'get_others']));
        const held = await change(store, (head, snapshot) =>
          withSpec(head, snapshot, { ...imported, document: 'second', tools: [risky], holdReasons, act }),
        );
        return { store, held };
      };

      it('and goes on serving what was live, under its old number', async () => {
        const { store, held } = await holding();
        const { tool } = await store.findTool('get_things');
        expect(tool).toMatchObject({ risk_level: 'write' });
        expect(tool?.spec_revision).toBeLessThan(held.revision);
        expect((await store.findTool('get_others')).tool).toBeUndefined();
        expect((await store.snapshot(held.revision)).held).toEqual({
          get_things: {
            definition: { ...risky, source_spec: 'dealer-service' },
            content_hash: hash,
            reasons: ['risk_raised'],
            held_at: '1970-01-01T00:00:00.000Z',
            revision: held.revision,
          },
        });
        expect(held.specs['dealer-service']).toMatchObject({ tools: 1, awaiting_approval: 1 });
      });

      it('until they are approved', async () => {
        const { store, held } = await holding();
        const review = { approve: { get_things: hash }, reject: {} };
        const head = await change(store, (before, snapshot) =>
          withReview(before, snapshot, 'dealer-service', review, act),
        );
        expect((await store.findTool('get_things')).tool).toMatchObject({
          risk_level: 'privileged',
          spec_revision: head.revision,
        });
        expect(head.specs['dealer-service']).toMatchObject({ revision: held.revision, awaiting_approval: 0 });
      });

      it('refuses one that no item could hold', async () => {
        const { store, held } = await holding();
        const large = { ...risky, description: randomBytes(300_000).toString('base64') };
        const late = change(store, (head, snapshot) =>
          withSpec(head, snapshot, { ...imported, document: 'third', tools: [large], holdReasons, act }),
        );
        await expect(late).rejects.toMatchObject({ code: 'invalid', field: 'tools.get_things' });
        expect(await store.head()).toEqual(held);
      });
    });

    it('rolls a spec back to any revision: to its tools, its document, and what is told of it', async () => {
      const store = await open();
      await change(store, (head, snapshot) => withBackend(head, snapshot, dealers));
      const first = await change(store, importing('first', ['get_things', 'get_old']));
      const second = await change(store, importing('second', ['get_things', 'get_new']));
      await change(store, (head, snapshot) => withoutSpec(head, snapshot, 'dealer-service', act));
      const rollBack = async ({ revision }: Head) => {
        const then = await store.snapshot(revision);
        return change(store, (head, snapshot) => withRollback(head, snapshot, 'dealer-service', then, act));
      };

      const back = await rollBack(first);
      expect(back.revision).toBeGreaterThan(second.revision);
      expect(back.specs).toEqual(first.specs);
      expect((await store.findTool('get_old')).tool?.spec_revision).toBe(back.revision);
      expect((await store.findTool('get_new')).tool).toBeUndefined();
      const { revision } = back.specs['dealer-service'] ?? { revision: 0 };
      expect((await store.specDocument('dealer-service', revision))?.document).toBe('first');

      const forth = await rollBack(second);
      expect(forth.specs).toEqual(second.specs);
      expect((await store.findTool('get_new')).tool?.spec_revision).toBe(forth.revision);
      expect((await store.findTool('get_things')).tool?.spec_revision).toBe(back.revision);
      const { history } = await store.snapshot(forth.revision);
      expect(history?.['dealer-service']?.map(({ action }) => action)).toEqual([
        'imported',
        'imported',
        'deleted',
        'rolled_back',
        'rolled_back',
      ]);
    });

    it('keeps every revision that was current', async () => {
      const store = await open();
      const first = await publishNext(store, onlyTool('get_things'));
      const second = await publishNext(store, onlyTool('get_others'));
      const names = async ({ revision }: Head) => (await store.snapshot(revision)).tools.map((tool) => tool.name);
      expect(await names(first)).toEqual(['get_things']);
      expect(await names(second)).toEqual(['get_others']);
    });

    it.each([99, -1, 0.5, Number.NaN])('has no revision %s', async (revision) => {
      const store = await open();
      await publishNext(store, onlyTool('get_things'));
      await expect(store.snapshot(revision)).rejects.toMatchObject({ code: 'not_found' });
    });

    it('refuses what was built on an older revision', async () => {
      const store = await open();
      const base = await store.head();
      const first = await store.publish(base, onlyTool('get_things'));
      const late = store.publish(base, onlyTool('get_others'));
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.head()).toEqual(first);
      expect((await store.findTool('get_others')).tool).toBeUndefined();
    });

    it('lets one of several simultaneous publishers win, and shows nothing of the others, ever', async () => {
      const store = await open();
      const base = await publishNext(store, toolsOnly(aTool('shared'), aTool('doomed')));
      const rivals = ['a', 'b', 'c', 'd', 'e'];
      const publications = rivals.map((rival) =>
        toolsOnly(aTool('shared', { description: rival }), aTool(`of_${rival}`)),
      );
      const ends = await Promise.allSettled(publications.map((publication) => store.publish(base, publication)));

      const winner = ends.findIndex((end) => end.status === 'fulfilled');
      const losers = rivals.filter((_, index) => index !== winner);
      const refusals = ends.filter((end) => end.status === 'rejected').map((end) => end.reason.code);
      expect(refusals).toEqual(['conflict', 'conflict', 'conflict', 'conflict']);

      const expectOnlyWinner = async (description: string | undefined) => {
        expect((await store.findTool('shared')).tool?.description).toBe(description);
        expect((await store.findTool('doomed')).tool).toBeUndefined();
        expect((await store.findTool(`of_${rivals[winner]}`)).tool).toBeDefined();
        for (const loser of losers) expect((await store.findTool(`of_${loser}`)).tool).toBeUndefined();
        const { tools } = await store.snapshot((await store.head()).revision);
        expect(tools.find((tool) => tool.name === 'shared')?.description).toBe(description);
        expect(tools.filter((tool) => tool.name.startsWith('of_')).map((tool) => tool.name)).toEqual([
          `of_${rivals[winner]}`,
        ]);
      };
      await expectOnlyWinner(rivals[winner]);
      // Later publications reach the numbers that the losers had taken.
      for (const unrelated of ['x', 'y', 'z']) await addTool(store, unrelated);
      await expectOnlyWinner(rivals[winner]);
      await change(store, (head, snapshot) => withOverride(head, snapshot, 'shared', { description: 'later' }));
      await expectOnlyWinner('later');
    });

    it('keeps the work of publishers that retry after a conflict', async () => {
      const store = await open();
      const names = ['a', 'b', 'c', 'd'];
      await Promise.all(names.map((name) => addTool(store, name)));
      const { tools } = await store.snapshot((await store.head()).revision);
      expect(tools.map((tool) => tool.name).sort()).toEqual(names);
      for (const name of names) expect((await store.findTool(name)).tool?.name).toBe(name);
    });

    it('holds a thousand tools with schemas of 5 KB', async () => {
      const store = await open();
      const properties = Object.fromEntries(
        Array.from({ length: 50 }, (_, index) => [`field_${index}`, { type: 'string', description: 'x'.repeat(60) }]),
      );
      const tools = Array.from({ length: 1_000 }, (_, index) =>
        aTool(`tool_${String(index).padStart(4, '0')}`, { input_schema: { type: 'object', properties } }),
      );
      const head = await publishNext(store, toolsOnly(...tools));
      expect((await store.snapshot(head.revision)).tools).toEqual(
        tools.map((tool) => ({ ...tool, spec_revision: head.revision })),
      );
      for (const name of ['tool_0000', 'tool_0512', 'tool_0999']) {
        expect((await store.findTool(name)).tool?.input_schema).toEqual({ type: 'object', properties });
      }
    });

    it('holds revisions and documents that no single item could', async () => {
      const store = await open();
      // Random text, because anything else would be compressed to nothing.
      const noise = () => randomBytes(150_000).toString('base64');
      const tools = ['a', 'b', 'c', 'd', 'e'].map((tool) => aTool(tool, { description: noise() }));
      const document = noise() + noise() + noise();
      const publication = { ...toolsOnly(...tools), documents: { 'dealer-service': { document, report } } };
      const head = await publishNext(store, publication);

      const { tools: kept } = await store.snapshot(head.revision);
      expect(kept.map((tool) => tool.description)).toEqual(tools.map((tool) => tool.description));
      expect((await store.specDocument('dealer-service', head.revision))?.document).toBe(document);
    });

    it('refuses a tool that no item could hold by its name, and stays as it was', async () => {
      const store = await open();
      const before = await publishNext(store, onlyTool('get_things'));
      const large = aTool('get_everything', { description: randomBytes(300_000).toString('base64') });
      await expect(publishNext(store, toolsOnly(aTool('get_things'), large))).rejects.toMatchObject({
        code: 'invalid',
        field: 'tools.get_everything',
        message: expect.stringContaining('"get_everything"'),
      });
      expect(await store.head()).toEqual(before);
      expect((await store.findTool('get_everything')).tool).toBeUndefined();
    });

    it('gives away nothing that leads back into the store', async () => {
      const store = await open();
      const publication = onlyTool('get_things');
      const head = await publishNext(store, publication);
      const spoil = (tool: { description: string; tags: string[] } | undefined) => {
        if (!tool) throw new Error('There is nothing to spoil.');
        tool.description = 'spoiled';
        tool.tags.push('spoiled');
      };
      spoil(publication.snapshot.tools[0]);
      spoil((await store.findTool('get_things')).tool);
      spoil((await store.snapshot(head.revision)).tools[0]);
      head.abandoned.push(head.revision);
      (await store.head()).abandoned.push(head.revision);

      const pristine = { ...aTool('get_things'), spec_revision: head.revision };
      expect((await store.findTool('get_things')).tool).toEqual(pristine);
      expect((await store.snapshot(head.revision)).tools).toEqual([pristine]);
    });

    it.each(['__proto__', 'constructor', 'toString', '', 'a b', 'get_things#1', 'x'.repeat(5_000)])(
      'finds nothing under the name %j',
      async (unknown) => {
        const store = await open();
        const head = await publishNext(store, onlyTool('get_things'));
        expect(await store.findTool(unknown)).toEqual({ head, tool: undefined });
        expect(head.backends[unknown]).toBeUndefined();
        expect((await store.head()).specs[unknown]).toBeUndefined();
        expect(await store.specDocument(unknown, head.revision)).toBeUndefined();
      },
    );

    it('keeps the files of a skill under the revision that brought them, and counts the skills in the pointer', async () => {
      const store = await open();
      const first = await change(store, (head, snapshot) => withSkill(head, snapshot, skill, { 'sha256:a': 'QQ==' }));
      const second = await change(store, (head, snapshot) => withSkill(head, snapshot, skill, { 'sha256:b': 'Qg==' }));
      expect(second.skills).toBe(1);
      expect((await store.snapshot(second.revision)).skills).toEqual({
        'sell-a-vehicle': { ...skill, revision: second.revision },
      });
      const filesOf = (name: string, revision: number) => store.skillFiles(name, revision);
      expect(await filesOf('sell-a-vehicle', first.revision)).toEqual({ 'sha256:a': 'QQ==' });
      expect(await filesOf('sell-a-vehicle', second.revision)).toEqual({ 'sha256:b': 'Qg==' });
      expect(await filesOf('sell-a-vehicle', second.revision + 1)).toBeUndefined();
      expect(await filesOf('no-such-skill', second.revision)).toBeUndefined();

      const third = await change(store, (head, snapshot) => withBackend(head, snapshot, dealers));
      expect((await store.snapshot(third.revision)).skills?.['sell-a-vehicle']?.revision).toBe(second.revision);
      const fourth = await change(store, (head, snapshot) => withoutSkill(head, snapshot, 'sell-a-vehicle'));
      expect(fourth.skills).toBeUndefined();
      expect(await filesOf('sell-a-vehicle', second.revision)).toEqual({ 'sha256:b': 'Qg==' });
    });

    it('keeps prompts and skills whatever becomes of specs', async () => {
      const store = await open();
      await change(store, (head, snapshot) => withBackend(head, snapshot, dealers));
      const first = await change(store, importing('first', ['get_things']));
      await change(store, (head, snapshot) => withPrompt(head, snapshot, prompt));
      await change(store, (head, snapshot) => withSkill(head, snapshot, skill, {}));
      const kept = async () => {
        const { prompts, skills } = await store.snapshot((await store.head()).revision);
        return [Object.keys(prompts ?? {}), Object.keys(skills ?? {})];
      };
      const then = await store.snapshot(first.revision);
      const acts: Change[] = [
        importing('second', ['get_others']),
        (head, snapshot) => withRollback(head, snapshot, 'dealer-service', then, act),
        (head, snapshot) => withOverride(head, snapshot, 'get_things', { enabled: false }),
        (head, snapshot) => withoutTool(head, snapshot, 'get_things'),
        (head, snapshot) => withoutSpec(head, snapshot, 'dealer-service', act),
      ];
      for (const each of acts) {
        await change(store, each);
        expect(await kept()).toEqual([['open-enquiries'], ['sell-a-vehicle']]);
      }
      await change(store, (head, snapshot) => withoutPrompt(head, snapshot, 'open-enquiries'));
      expect(await kept()).toEqual([[], ['sell-a-vehicle']]);
    });

    it('treats a tool, a backend and a spec called "constructor" like any other', async () => {
      const store = await open();
      await change(store, (head, snapshot) => withBackend(head, snapshot, { ...dealers, name: 'constructor' }));
      const imported = { spec: 'constructor', backend: 'constructor', document: 'a document', report, ...quietly };
      const tools = [importedTool('constructor')];
      await change(store, (head, snapshot) => withSpec(head, snapshot, { ...imported, tools }));
      const head = await change(store, (current, snapshot) =>
        withOverride(current, snapshot, 'constructor', { title: 'Builder' }),
      );
      expect(head.backends.constructor).toMatchObject({ name: 'constructor' });
      expect(head.specs.constructor).toMatchObject({ backend: 'constructor' });
      expect((await store.findTool('constructor')).tool?.title).toBe('Builder');
    });
  });
}

function importing(document: string, names: string[]): Change {
  const tools = names.map((name) => importedTool(name));
  return (head, snapshot) => withSpec(head, snapshot, { ...imported, tools, document, ...quietly });
}

async function publishNext(store: CatalogueStore, publication: Publication): Promise<Head> {
  return store.publish(await store.head(), publication);
}

async function change(store: CatalogueStore, make: Change): Promise<Head> {
  const head = await store.head();
  return store.publish(head, make(head, await store.snapshot(head.revision)));
}

async function addTool(store: CatalogueStore, name: string): Promise<void> {
  for (;;) {
    try {
      await change(store, ({ backends, specs }, { tools, overrides }) => ({
        head: { backends, specs },
        snapshot: { tools: [...tools, aTool(name)], overrides },
      }));
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'conflict') throw error;
    }
  }
}
