import { describe, expect, it } from 'vitest';
import { contentHash } from '../../functions/catalogue/definition.ts';
import { withBackend, withOverride, withoutBackend } from '../../functions/catalogue/publish.ts';
import { type Review, withReview } from '../../functions/catalogue/review.ts';
import { nextRevision } from '../../functions/catalogue/revisions.ts';
import { withRollback } from '../../functions/catalogue/roll-back.ts';
import { type HoldReasons, withoutSpec, withSpec } from '../../functions/catalogue/specs.ts';
import type { Publication } from '../../functions/catalogue/store.ts';
import {
  emptyHead,
  emptySnapshot,
  type Head,
  type ImportedTool,
  type Snapshot,
} from '../../functions/catalogue/types.ts';
import { dealers, importedTool, report } from '../contract/sample.ts';

type Catalogue = [head: Head, snapshot: Snapshot];

const spec = 'dealer-service';
const now = Date.UTC(2026, 10, 21, 12);
const act = { now, by: 'ada' };

/** The catalogue after a publication, under the next number. */
function published([head, snapshot]: Catalogue, publication: Publication): Catalogue {
  const next = nextRevision(head, snapshot, publication, head.revision + 1);
  return [next.head, next.snapshot];
}

/** Whatever is privileged, or was something else before. */
const holdReasons: HoldReasons = (live, { risk_level }) =>
  risk_level === 'privileged' && live?.risk_level !== 'privileged' ? ['risk_raised'] : [];

function imported(
  catalogue: Catalogue,
  tools: ImportedTool[],
  changes: { spec?: string; now?: number } = {},
): Catalogue {
  const { spec: name = spec, now: at = now } = changes;
  const document = JSON.stringify(tools);
  const what = { spec: name, backend: 'dealers', tools, document, report, holdReasons, act: { now: at, by: 'ci' } };
  return published(catalogue, withSpec(...catalogue, what));
}

const begun = (): Catalogue => published([emptyHead, emptySnapshot], withBackend(emptyHead, emptySnapshot, dealers));
const reviewed = (catalogue: Catalogue, review: Partial<Review>): Catalogue =>
  published(catalogue, withReview(...catalogue, spec, { approve: {}, reject: {}, ...review }, act));
const rolledBack = (catalogue: Catalogue, [, then]: Catalogue, name = spec): Catalogue =>
  published(catalogue, withRollback(...catalogue, name, then, act));

const safe = importedTool('change_pet');
const risky = importedTool('change_pet', { risk_level: 'privileged' });
const fresh = importedTool('drop_pets', { risk_level: 'privileged' });
const plain = importedTool('get_pet');
const hashOf = (tool: ImportedTool, source_spec = spec) => contentHash({ ...tool, source_spec });

/** What can be called, and what is held: `name risk revision` and `name state`. */
function state([, { tools, held = {} }]: Catalogue) {
  return {
    live: tools.map((tool) => `${tool.name} ${tool.risk_level} ${tool.spec_revision}`),
    held: Object.entries(held).map(([name, tool]) => `${name} ${tool.rejected_at ? 'rejected' : 'waits'}`),
  };
}

describe('an import', () => {
  it('holds nothing the first time', () => {
    const first = imported(begun(), [risky, fresh]);
    expect(state(first)).toEqual({ live: ['change_pet privileged 2', 'drop_pets privileged 2'], held: [] });
  });

  it('leaves what is live in the place of what waits, and publishes the rest', () => {
    const next = imported(imported(begun(), [safe]), [risky, fresh, plain]);
    expect(state(next)).toEqual({
      live: ['change_pet write 2', 'get_pet write 3'],
      held: ['change_pet waits', 'drop_pets waits'],
    });
    expect(next[0].specs[spec]).toMatchObject({ revision: 3, tools: 2, awaiting_approval: 2 });
    expect(next[1].held?.drop_pets).toEqual({
      definition: { ...fresh, source_spec: spec },
      content_hash: hashOf(fresh),
      reasons: ['risk_raised'],
      held_at: '2026-11-21T12:00:00.000Z',
      revision: 3,
    });
  });

  it('leaves an unchanged proposal as it is, replaces a changed one, and forgets one that is gone', () => {
    const later = now + 60_000;
    const first = imported(imported(begun(), [safe, plain]), [risky, fresh, plain]);
    const again = imported(first, [risky, fresh, { ...plain, title: 'New' }], { now: later });
    expect(again[1].held).toEqual(first[1].held);

    const changed = imported(again, [{ ...risky, title: 'New' }], { now: later });
    expect(state(changed)).toEqual({ live: ['change_pet write 2'], held: ['change_pet waits'] });
    expect(changed[1].held?.change_pet).toMatchObject({ held_at: '2026-11-21T12:01:00.000Z', revision: 5 });
    expect(state(imported(changed, [safe]))).toEqual({ live: ['change_pet write 2'], held: [] });
  });

  it('removes at once what the document no longer has', () => {
    const next = imported(imported(begun(), [safe, plain]), [safe]);
    expect(state(next)).toEqual({ live: ['change_pet write 2'], held: [] });
    const waiting = imported(next, [risky]);
    expect(state(imported(waiting, []))).toEqual({ live: [], held: [] });
  });

  it('asks about definitions as operators have set them', () => {
    const set = imported(begun(), [safe]);
    const overridden = published(set, withOverride(...set, 'change_pet', { risk_level: 'read' }));
    const next = imported(overridden, [risky]);
    expect(state(next)).toEqual({ live: ['change_pet read 3'], held: [] });
    const given = published(next, withOverride(...next, 'change_pet', { risk_level: null }));
    expect(state(given).live).toEqual(['change_pet privileged 5']);
  });

  it('keeps what an operator has set on a tool whose next definition waits', () => {
    const set = imported(begun(), [safe]);
    const overridden = published(set, withOverride(...set, 'change_pet', { title: 'Mine' }));
    const waiting = imported(overridden, [risky]);
    expect(waiting[1].tools[0]?.title).toBe('Mine');
    const back = published(waiting, withOverride(...waiting, 'change_pet', { title: null }));
    expect(back[1].tools[0]?.title).toBe(safe.title);
    const live = reviewed(waiting, { approve: { change_pet: hashOf(risky) } });
    expect(live[1].tools[0]).toMatchObject({ title: 'Mine', risk_level: 'privileged' });
  });

  it('cannot take a name that is held for another spec', () => {
    const waiting = imported(imported(begun(), []), [fresh]);
    const other = { ...importedTool('drop_pets'), description: 'Another' };
    expect(() => imported(waiting, [other], { spec: 'other' })).toThrow(
      expect.objectContaining({ code: 'conflict', details: { tools: ['drop_pets'] } }),
    );
  });

  it('does not let go of a backend that a tool still calls while its next definition waits', () => {
    const set = imported(begun(), [safe]);
    const both = published(set, withBackend(...set, { ...dealers, name: 'other' }));
    const binding = { ...risky.binding, backend: 'other' };
    const what = { spec, backend: 'other', tools: [{ ...risky, binding }], document: '', report, holdReasons, act };
    const moved = published(both, withSpec(...both, what));
    expect(moved[0].specs[spec]?.backend).toBe('other');
    expect(() => withoutBackend(...moved, 'dealers')).toThrow(
      expect.objectContaining({ code: 'conflict', details: { specs: [spec] } }),
    );
  });
});

describe('a review', () => {
  const waiting = () => imported(imported(begun(), [safe]), [risky, fresh, plain]);

  it('makes what is approved live, all at once, and touches nothing else', () => {
    const next = reviewed(waiting(), { approve: { change_pet: hashOf(risky), drop_pets: hashOf(fresh) } });
    expect(state(next)).toEqual({
      live: ['change_pet privileged 4', 'drop_pets privileged 4', 'get_pet write 3'],
      held: [],
    });
    expect(next[0].specs[spec]).toMatchObject({ revision: 3, tools: 3, awaiting_approval: 0 });
  });

  it('keeps what is rejected away, until the document proposes something else', () => {
    const next = reviewed(waiting(), { reject: { drop_pets: hashOf(fresh) } });
    expect(state(next).held).toEqual(['change_pet waits', 'drop_pets rejected']);
    expect(next[0].specs[spec]?.awaiting_approval).toBe(1);
    const again = imported(next, [risky, fresh, plain]);
    expect(state(again).held).toEqual(['change_pet waits', 'drop_pets rejected']);
    const other = imported(again, [risky, { ...fresh, title: 'New' }, plain]);
    expect(state(other).held).toEqual(['change_pet waits', 'drop_pets waits']);
    const harmless = imported(again, [risky, { ...fresh, risk_level: 'write' }, plain]);
    expect(state(harmless)).toMatchObject({ live: expect.arrayContaining(['drop_pets write 6']) });
  });

  it('keeps a rejected definition away even when there is no reason left to hold it', () => {
    const next = reviewed(waiting(), { reject: { change_pet: hashOf(risky) } });
    const overridden = published(next, withOverride(...next, 'change_pet', { risk_level: 'privileged' }));
    const again = imported(overridden, [risky, plain]);
    expect(state(again).held).toEqual(['change_pet rejected']);
  });

  it('may approve what was rejected', () => {
    const rejected = reviewed(waiting(), { reject: { drop_pets: hashOf(fresh) } });
    const next = reviewed(rejected, { approve: { drop_pets: hashOf(fresh) } });
    expect(state(next).live).toContain('drop_pets privileged 5');
  });

  it.each<[string, Partial<Review>, object]>([
    ['another definition', { approve: { drop_pets: hashOf(risky) } }, { code: 'conflict', field: 'approve.drop_pets' }],
    [
      'a tool that is not held',
      { approve: { get_pet: hashOf(plain) } },
      { code: 'conflict', field: 'approve.get_pet' },
    ],
    ['what every object has', { reject: { constructor: hashOf(plain) } }, { code: 'conflict' }],
    [
      'one thing and its opposite',
      { approve: { drop_pets: hashOf(fresh) }, reject: { drop_pets: hashOf(fresh) } },
      { code: 'invalid', field: 'reject.drop_pets' },
    ],
  ])('cannot decide about %s', (_, review, error) => {
    expect(() => reviewed(waiting(), review)).toThrow(expect.objectContaining(error));
  });

  it('decides about the tools of one spec', () => {
    const other = imported(
      imported(waiting(), [], { spec: 'other' }),
      [importedTool('drop_owners', { risk_level: 'privileged' })],
      {
        spec: 'other',
      },
    );
    const hash = hashOf(importedTool('drop_owners', { risk_level: 'privileged' }), 'other');
    expect(() => reviewed(other, { approve: { drop_owners: hash } })).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
    expect(() => withReview(...other, 'none', { approve: {}, reject: {} }, act)).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
    expect(state(reviewed(other, { approve: { drop_pets: hashOf(fresh) } })).held).toEqual([
      'change_pet waits',
      'drop_owners waits',
    ]);
  });
});

describe('a rollback', () => {
  it('gives the former tools and document back under a new number; what did not change keeps its own', () => {
    const first = imported(begun(), [safe, plain]);
    const second = imported(first, [{ ...safe, title: 'New' }, importedTool('get_owner'), plain]);
    const back = rolledBack(second, first);
    expect(back[0].revision).toBe(4);
    expect(state(back).live).toEqual(['change_pet write 4', 'get_pet write 2']);
    expect(back[1].tools.map((tool) => tool.content_hash)).toEqual(first[1].tools.map((tool) => tool.content_hash));
    expect(back[0].specs[spec]).toEqual(first[0].specs[spec]);
    expect(state(rolledBack(back, second)).live).toEqual([
      'change_pet write 5',
      'get_owner write 5',
      'get_pet write 2',
    ]);
  });

  it('leaves what operators have set, backends and other specs as they are now', () => {
    const first = imported(begun(), [safe]);
    const second = imported(imported(first, [plain]), [importedTool('get_owner')], { spec: 'other' });
    const set = published(second, withBackend(...second, { ...dealers, base_url: 'https://new.example.com' }));
    const overridden = published(set, withOverride(...set, 'get_pet', { enabled: false }));
    const back = rolledBack(overridden, first);
    expect(back[0].backends.dealers?.base_url).toBe('https://new.example.com');
    expect(state(back).live).toEqual(['change_pet write 7', 'get_owner write 4']);
    expect(state(rolledBack(back, second)).live).toEqual(['get_owner write 4', 'get_pet write 8']);
    expect(rolledBack(back, second)[1].tools.find(({ name }) => name === 'get_pet')?.enabled).toBe(false);
  });

  it('takes away the overrides of then', () => {
    const first = imported(begun(), [safe]);
    const set = published(first, withOverride(...first, 'change_pet', { title: 'Mine', risk_level: 'read' }));
    const given = published(set, withOverride(...set, 'change_pet', { title: null, risk_level: null }));
    const back = rolledBack(imported(given, []), set);
    expect(back[1].tools).toMatchObject([{ title: safe.title, risk_level: 'write', annotations: safe.annotations }]);
  });

  it('holds again what was held then, and what was approved later', () => {
    const waiting = imported(imported(begun(), [safe]), [risky, fresh]);
    const approved = reviewed(waiting, {
      approve: { change_pet: hashOf(risky) },
      reject: { drop_pets: hashOf(fresh) },
    });
    const back = rolledBack(approved, waiting);
    expect(state(back)).toEqual({ live: ['change_pet write 5'], held: ['change_pet waits', 'drop_pets waits'] });
    expect(back[0].specs[spec]).toMatchObject({ tools: 1, awaiting_approval: 2 });
  });

  it('brings back a deleted spec', () => {
    const first = imported(imported(begun(), [safe]), [safe, fresh]);
    const gone = published(first, withoutSpec(...first, spec, act));
    expect(state(gone)).toEqual({ live: [], held: [] });
    const back = rolledBack(gone, first);
    expect(state(back)).toEqual({ live: ['change_pet write 5'], held: ['drop_pets waits'] });
    expect(back[0].specs[spec]).toEqual(first[0].specs[spec]);
    expect(() => rolledBack(back, gone)).toThrow(expect.objectContaining({ code: 'not_found', field: 'revision' }));
  });

  it('needs a revision that had the spec', () => {
    const before = begun();
    expect(() => rolledBack(imported(before, [safe]), before)).toThrow(
      expect.objectContaining({ code: 'not_found', field: 'revision' }),
    );
  });

  it('needs a revision that tells which document the spec had', () => {
    const [head, { history, ...former }] = imported(begun(), [safe]);
    expect(() => rolledBack([head, former], [head, former])).toThrow(
      expect.objectContaining({ code: 'conflict', field: 'revision' }),
    );
  });

  it('needs its backend', () => {
    const first = imported(begun(), [safe]);
    const gone = published(first, withoutSpec(...first, spec, act));
    const without = published(gone, withoutBackend(...gone, 'dealers'));
    expect(() => rolledBack(without, first)).toThrow(expect.objectContaining({ code: 'conflict', field: 'backend' }));
  });

  it('needs names that no other spec has taken meanwhile', () => {
    const first = imported(imported(begun(), [safe]), [safe, fresh]);
    const gone = published(first, withoutSpec(...first, spec, act));
    const other = imported(gone, [importedTool('drop_pets')], { spec: 'other' });
    expect(() => rolledBack(other, first)).toThrow(
      expect.objectContaining({ code: 'conflict', details: { tools: ['drop_pets'] } }),
    );
  });
});

describe('the history of a spec', () => {
  it('tells who did what, and what became of the spec', () => {
    const first = imported(begun(), [safe]);
    const second = imported(first, [risky]);
    const third = reviewed(second, { approve: { change_pet: hashOf(risky) } });
    const fourth = rolledBack(third, first);
    const [, { history }] = published(fourth, withoutSpec(...fourth, spec, act));
    const at = '2026-11-21T12:00:00.000Z';
    const entry = first[0].specs[spec];
    const renewed = { ...second[0].specs[spec] };
    expect(history).toEqual({
      [spec]: [
        { revision: 2, action: 'imported', at, by: 'ci', entry },
        { revision: 3, action: 'imported', at, by: 'ci', entry: { ...renewed, awaiting_approval: 1 } },
        { revision: 4, action: 'reviewed', at, by: 'ada', entry: { ...renewed, awaiting_approval: 0 } },
        { revision: 5, action: 'rolled_back', at, by: 'ada', entry },
        { revision: 6, action: 'deleted', at, by: 'ada', entry },
      ],
    });
  });

  it('forgets what is older than the last fifty acts', () => {
    let catalogue = begun();
    for (let count = 0; count < 60; count += 1) catalogue = imported(catalogue, [safe]);
    const events = catalogue[1].history?.[spec] ?? [];
    expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 50 }, (_, index) => index + 12));
  });
});
