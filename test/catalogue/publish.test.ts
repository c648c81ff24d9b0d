import { describe, expect, it } from 'vitest';
import { contentHash } from '../../functions/catalogue/definition.ts';
import { withBackend, withOverride, withoutBackend, withoutTool } from '../../functions/catalogue/publish.ts';
import { type SpecImport, withoutSpec, withSpec } from '../../functions/catalogue/specs.ts';
import type { Publication } from '../../functions/catalogue/store.ts';
import {
  emptyHead,
  emptySnapshot,
  type Head,
  type ImportedTool,
  type Snapshot,
  type Tool,
  type ToolOverridePatch,
} from '../../functions/catalogue/types.ts';
import { aTool, dealers, importedTool, report } from '../contract/sample.ts';

type Catalogue = [head: Head, snapshot: Snapshot];

/** What a store would make of a publication, but for numbers of tools. */
function adopted({ head, snapshot }: Publication): Catalogue {
  return [
    { ...head, revision: 1, abandoned: [] },
    { ...snapshot, revision: 1 },
  ];
}

const act = { now: Date.UTC(2026, 10, 21, 12), by: 'ci' };

function specImport(tools: ImportedTool[], changes: Partial<SpecImport> = {}): SpecImport {
  const imported = { spec: 'dealer-service', backend: 'dealers', tools, document: 'a document', report };
  return { ...imported, holdReasons: () => [], act, ...changes };
}

const withDealers = (): Catalogue => adopted(withBackend(emptyHead, emptySnapshot, dealers));
const imported = (...tools: ImportedTool[]): Catalogue => adopted(withSpec(...withDealers(), specImport(tools)));
const overridden = (catalogue: Catalogue, patch: ToolOverridePatch, name = 'get_things'): Catalogue =>
  adopted(withOverride(...catalogue, name, patch));
const toolOf = ([, snapshot]: Catalogue, name = 'get_things'): Tool | undefined =>
  snapshot.tools.find((tool) => tool.name === name);
const namesIn = ([, snapshot]: Catalogue) => snapshot.tools.map((tool) => tool.name);

describe('contentHash', () => {
  const { spec_revision, content_hash, ...definition } = aTool('get_things');

  it('is the same for the same definition, however its members are ordered', () => {
    const reversed = Object.fromEntries(Object.entries(definition).reverse()) as typeof definition;
    expect(contentHash(reversed)).toBe(contentHash(definition));
    expect(contentHash(definition)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('leaves out the revision, the document version and itself', () => {
    const tool = { ...definition, version: '9.9.9', spec_revision: 7, content_hash: 'sha256:other' };
    expect(contentHash(tool)).toBe(contentHash(definition));
  });

  it.each<[string, Partial<Tool>]>([
    ['description', { description: 'Other' }],
    ['risk_level', { risk_level: 'read' }],
    ['enabled', { enabled: false }],
    ['input_schema', { input_schema: { type: 'object' } }],
    ['tags, in another order', { tags: ['b', 'a'] }],
    ['binding', { binding: { ...definition.binding, api_endpoint: '/v2/things' } }],
    ['source_spec', { source_spec: 'other' }],
  ])('depends on %s', (_, changes) => {
    expect(contentHash({ ...definition, tags: ['a', 'b'], ...changes })).not.toBe(
      contentHash({ ...definition, tags: ['a', 'b'] }),
    );
  });
});

describe('backends', () => {
  it('are added and replaced by name', () => {
    const once = withDealers();
    const [head] = adopted(withBackend(...once, { ...dealers, base_url: 'https://new.example.com' }));
    expect(Object.values(head.backends).map((backend) => backend.base_url)).toEqual(['https://new.example.com']);
    expect(once[0].backends.dealers?.base_url).toBe('https://dealers.example.com');
  });

  it('are removed when nothing uses them', () => {
    expect(adopted(withoutBackend(...withDealers(), 'dealers'))[0].backends).toEqual({});
  });

  it('are kept while specs use them', () => {
    expect(() => withoutBackend(...imported(importedTool('get_things')), 'dealers')).toThrow(
      expect.objectContaining({ code: 'conflict', details: { specs: ['dealer-service'] } }),
    );
  });

  it.each(['unknown', 'constructor', '__proto__'])('are not there under the name %j', (name) => {
    expect(() => withoutBackend(...withDealers(), name)).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});

describe('specs', () => {
  it('bring their tools, their document and what is known about it', () => {
    const publication = withSpec(...withDealers(), specImport([importedTool('get_things')]));
    expect(publication.head.specs['dealer-service']).toEqual({
      name: 'dealer-service',
      backend: 'dealers',
      title: 'Dealer service',
      version: '1.0.0',
      revision: 0,
      document_hash: 'sha256:0d1da5138c035ffb7a848cfa108a901b2d7e44195f11ddc475e1fe7c1cf9d8b3',
      tools: 1,
      lowered: 0,
      skipped: 0,
      imported_at: '2026-11-21T12:00:00.000Z',
      awaiting_approval: 0,
    });
    expect(publication.documents).toEqual({ 'dealer-service': { document: 'a document', report } });
    expect(toolOf(adopted(publication))).toEqual(aTool('get_things'));
  });

  it('replace their former tools and leave those of others, in one order', () => {
    const both = adopted(
      withSpec(
        ...imported(importedTool('get_things'), importedTool('get_old')),
        specImport([importedTool('get_middle')], { spec: 'other' }),
      ),
    );
    expect(namesIn(both)).toEqual(['get_middle', 'get_old', 'get_things']);
    const again = adopted(withSpec(...both, specImport([importedTool('get_things'), importedTool('get_a')])));
    expect(namesIn(again)).toEqual(['get_a', 'get_middle', 'get_things']);
  });

  it('cannot take names of other specs', () => {
    const other = specImport([importedTool('get_things'), importedTool('get_more')], { spec: 'other' });
    expect(() => withSpec(...imported(importedTool('get_things')), other)).toThrow(
      expect.objectContaining({
        code: 'conflict',
        details: { tools: ['get_things'] },
        message: expect.stringContaining('get_things (dealer-service)'),
      }),
    );
  });

  it.each([
    ['two tools of one name', [importedTool('get_things'), importedTool('get_things')]],
    ['a name with a blank', [importedTool('get things')]],
    ['a name that is no key', [importedTool('__proto__')]],
  ])('cannot have %s', (_, tools) => {
    expect(() => withSpec(...withDealers(), specImport(tools))).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'tools' }),
    );
  });

  it.each(['unknown', 'constructor'])('cannot be bound to a backend %j that is not there', (backend) => {
    expect(() => withSpec(...withDealers(), specImport([], { backend }))).toThrow(
      expect.objectContaining({ code: 'invalid', field: 'backend' }),
    );
  });

  it('are removed with their tools, and with nothing else', () => {
    const both = adopted(
      withSpec(...imported(importedTool('get_things')), specImport([importedTool('get_others')], { spec: 'other' })),
    );
    const left = adopted(withoutSpec(...both, 'dealer-service', act));
    expect(Object.keys(left[0].specs)).toEqual(['other']);
    expect(namesIn(left)).toEqual(['get_others']);
    expect(() => withoutSpec(...left, 'dealer-service', act)).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});

describe('overrides', () => {
  it.each<ToolOverridePatch>([
    { title: 'Better' },
    { description: 'Better' },
    { enabled: false },
    { domain: 'sales' },
    { positive_examples: [] },
  ])('set %j and change the hash', (patch) => {
    const tool = toolOf(overridden(imported(importedTool('get_things')), patch));
    expect(tool).toMatchObject(patch);
    expect(tool?.content_hash).not.toBe(aTool('get_things').content_hash);
    expect(tool?.content_hash).toBe(contentHash(tool ?? aTool('none')));
  });

  it.each<[Tool['risk_level'], Tool['risk_level'], boolean, boolean, boolean]>([
    // as imported, as overridden, imported destructiveHint, hints afterwards: readOnly, destructive
    ['write', 'read', true, true, false],
    ['write', 'write', true, false, true],
    ['write', 'privileged', false, false, true],
    ['read', 'write', false, false, false],
    ['privileged', 'read', true, true, false],
    ['privileged', 'write', true, false, true],
  ])('of %s to %s keep the hints to clients true', (was, risk_level, destructive, readOnlyHint, destructiveHint) => {
    const annotations = {
      readOnlyHint: was === 'read',
      destructiveHint: destructive,
      idempotentHint: true,
      openWorldHint: false,
    };
    const before = imported(importedTool('get_things', { risk_level: was, annotations }));
    const tool = toolOf(overridden(before, { risk_level }));
    expect(tool).toMatchObject({
      risk_level,
      annotations: { readOnlyHint, destructiveHint, idempotentHint: true, openWorldHint: false },
    });
  });

  it('add up', () => {
    const once = overridden(imported(importedTool('get_things')), { title: 'Better', enabled: false });
    const twice = overridden(once, { risk_level: 'privileged', enabled: true });
    expect(twice[1].overrides).toEqual({
      get_things: { title: 'Better', enabled: true, risk_level: 'privileged' },
    });
    expect(toolOf(twice)).toMatchObject({ title: 'Better', enabled: true, risk_level: 'privileged' });
  });

  it('give a field back to the import, and leave no trace when the last is gone', () => {
    const before = imported(importedTool('get_things'));
    const set = overridden(before, { description: 'Better', risk_level: 'read' });
    const half = overridden(set, { risk_level: null });
    expect(toolOf(half)).toEqual({ ...toolOf(overridden(before, { description: 'Better' })) });
    const none = overridden(half, { description: null });
    expect(none[1]).toEqual(before[1]);
    expect(toolOf(none)?.content_hash).toBe(aTool('get_things').content_hash);
  });

  it('give back even a title that the import does not have', () => {
    const { title, ...untitled } = importedTool('get_things');
    const before = imported(untitled);
    const back = overridden(overridden(before, { title: 'Mine' }), { title: null });
    expect(toolOf(back)).not.toHaveProperty('title');
    expect(back).toEqual(before);
  });

  it('give back whether calls may go on as tasks, which most documents do not say', () => {
    const before = imported(importedTool('get_things'));
    const set = overridden(before, { long_running: true });
    expect(toolOf(set)?.long_running).toBe(true);
    expect(overridden(set, { long_running: null })).toEqual(before);
  });

  it('apply to a new definition, whose own values they give back', () => {
    const set = overridden(imported(importedTool('get_things')), { description: 'Mine' });
    const next = importedTool('get_things', { description: 'Next', tags: ['new'] });
    const again = adopted(withSpec(...set, specImport([next])));
    expect(toolOf(again)).toMatchObject({ description: 'Mine', tags: ['new'] });
    expect(toolOf(overridden(again, { description: null }))?.description).toBe('Next');
  });

  it('of one tool survive an import of another spec', () => {
    const set = overridden(imported(importedTool('get_things')), { description: 'Mine' });
    const other = adopted(withSpec(...set, specImport([importedTool('get_others')], { spec: 'other' })));
    expect(toolOf(other)?.description).toBe('Mine');
    expect(toolOf(overridden(other, { description: null }))?.description).toBe('Describes get_things');
  });

  it('wait for a tool that is away', () => {
    const set = overridden(imported(importedTool('get_things')), { enabled: false });
    const away = adopted(withSpec(...set, specImport([])));
    expect(namesIn(away)).toEqual([]);
    expect(toolOf(adopted(withSpec(...away, specImport([importedTool('get_things')]))))?.enabled).toBe(false);
  });

  it.each(['unknown', 'constructor'])('are refused for a tool %j that is not there', (name) => {
    expect(() => withOverride(...imported(importedTool('get_things')), name, {})).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });

  it('do not take what every object has for an override', () => {
    const before = imported(importedTool('constructor'), importedTool('toString'));
    expect(toolOf(before, 'constructor')).toEqual(aTool('constructor'));
    expect(toolOf(overridden(before, { title: 'Mine' }, 'toString'), 'toString')?.title).toBe('Mine');
  });
});

describe('a removed tool', () => {
  it('is away until its document is imported again', () => {
    const before = imported(importedTool('get_things'), importedTool('get_others'));
    const removed = adopted(withoutTool(...before, 'get_things'));
    expect(namesIn(removed)).toEqual(['get_others']);
    const back = adopted(withSpec(...removed, specImport([importedTool('get_things')])));
    expect(namesIn(back)).toEqual(['get_things']);
  });

  it('is no longer counted for its spec', () => {
    const [head] = adopted(withoutTool(...imported(importedTool('get_things')), 'get_things'));
    expect(head.specs['dealer-service']?.tools).toBe(0);
  });

  it('has to be there', () => {
    expect(() => withoutTool(...withDealers(), 'get_things')).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});
