import { describe, expect, it } from 'vitest';
import { changesOf, compareSpecs } from '../../functions/catalogue/compare-specs.ts';
import { compareTools } from '../../functions/catalogue/compare-tools.ts';
import { similarity } from '../../functions/catalogue/similarity.ts';
import type { ImportedTool } from '../../functions/catalogue/types.ts';
import { aTool, importedTool } from '../contract/sample.ts';

const { binding } = importedTool('get_things');
const before = aTool('get_things');

describe('a tool', () => {
  it.each<[string, Partial<ImportedTool>, object]>([
    ['of higher risk', { risk_level: 'privileged' }, { kind: 'risk_raised', from: 'write', to: 'privileged' }],
    ['of lower risk', { risk_level: 'read' }, { kind: 'risk_lowered', from: 'write', to: 'read' }],
    ['of another title', { title: 'Things' }, { kind: 'title_changed', to: 'Things' }],
    [
      'of another description',
      { description: 'Describes all things' },
      { kind: 'description_changed', from: 'Describes get_things', similarity: expect.closeTo(0.7, 1) },
    ],
    ['that is deprecated', { deprecated: true }, { kind: 'deprecated_changed', from: false, to: true }],
    ['that may run as a task', { long_running: true }, { kind: 'long_running_changed', from: false, to: true }],
    ['that is switched off', { enabled: false }, { kind: 'enabled_changed', breaking: true }],
    ['of another method', { binding: { ...binding, http_method: 'PUT' } }, { kind: 'method_changed', to: 'PUT' }],
    [
      'at another endpoint',
      { binding: { ...binding, api_endpoint: '/v2/things' } },
      { kind: 'endpoint_changed', from: '/v1/things', to: '/v2/things' },
    ],
    ['of another backend', { binding: { ...binding, backend: 'other' } }, { kind: 'backend_changed', to: 'other' }],
    [
      'that sends a body',
      { binding: { ...binding, body: { content_type: 'application/json', required: true, argument: 'body' } } },
      { kind: 'body_type_changed', to: 'application/json' },
    ],
    [
      'that sends an argument elsewhere',
      {
        binding: {
          ...binding,
          parameters: [{ argument: 'id', in: 'query', name: 'id', style: 'form', explode: true }],
        },
      },
      { kind: 'sending_changed' },
    ],
    ['with another reply', { output_schema: { type: 'object' } }, { kind: 'output_changed', breaking: false }],
    ['with other tags', { tags: [] }, { kind: 'other_changed', at: 'tags' }],
    [
      'with another title of an argument',
      { input_schema: { ...before.input_schema, title: 'X' } },
      { kind: 'other_changed' },
    ],
    [
      'without an argument',
      { input_schema: { type: 'object' } },
      { kind: 'argument_removed', at: 'id', breaking: true },
    ],
  ])('%s is told', (_, changes, expected) => {
    expect(compareTools(before, aTool('get_things', changes))).toEqual([expect.objectContaining(expected)]);
  });

  it('that is the same but for the version of its document has no changes', () => {
    expect(compareTools(before, aTool('get_things', { version: '2.0.0' }))).toEqual([]);
  });

  it('breaks callers when one of its changes does, and that one comes first', () => {
    const after = aTool('get_things', { description: 'Other', input_schema: { type: 'object', required: ['id'] } });
    const changes = changesOf(before, after);
    expect(changes).toMatchObject({ tool: 'get_things', breaking: true });
    expect(changes.what.map(({ kind }) => kind)).toEqual([
      'argument_removed',
      'argument_required',
      'description_changed',
    ]);
  });

  it('has its long values cut, and not all of very many changes', () => {
    const properties = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index}`, {}]));
    const after = aTool('get_things', {
      description: 'x'.repeat(10_000),
      input_schema: { type: 'object', properties },
    });
    const { what } = changesOf(before, after);
    expect(what).toHaveLength(20);
    const [described] = changesOf(before, aTool('get_things', { description: 'x'.repeat(10_000) })).what;
    expect(described).toMatchObject({ from: 'Describes get_things', to: `${'x'.repeat(500)}…` });
  });
});

describe('a spec', () => {
  it('has tools that come, go, change, and stay', () => {
    const live = [aTool('a'), aTool('b'), aTool('c')];
    const changed = aTool('c', { input_schema: { type: 'object' } });
    expect(compareSpecs(live, [aTool('b'), changed, aTool('d')])).toEqual({
      counts: { added: 1, removed: 1, changed: 1, breaking: 1, unchanged: 1 },
      added: ['d'],
      removed: ['a'],
      changed: [changesOf(aTool('c'), changed)],
    });
  });

  it('is counted whole where its changes are too many to be told, and what breaks callers is told first', () => {
    const many = (count: number, changes: Partial<ImportedTool> = {}) =>
      Array.from({ length: count }, (_, index) => aTool(`tool_${index}`, changes));
    const added = compareSpecs([], many(1_500));
    expect(added.counts.added).toBe(1_500);
    expect(added.added).toHaveLength(1_000);

    const after = [
      ...many(300, { title: 'New' }).slice(0, 299),
      aTool('tool_299', { input_schema: { type: 'object' } }),
    ];
    const { counts, changed } = compareSpecs(many(300), after);
    expect(counts).toMatchObject({ changed: 300, breaking: 1 });
    expect(changed).toHaveLength(200);
    expect(changed[0]?.tool).toBe('tool_299');
  });
});

describe('similarity', () => {
  it.each([
    ['equal texts', 'List pets', 'List pets', 1, 1],
    ['other capitals and spaces', 'List  pets', 'list pets', 1, 1],
    ['nothing and nothing', '', ' ', 1, 1],
    ['nothing and something', '', 'List pets', 0, 0],
    ['texts without a trigram in common', 'abc', 'xyz', 0, 0],
    ['a corrected letter', 'Lists the pets of an owner', 'Lists the pet of an owner', 0.8, 1],
    ['a text with as much again behind it', 'Lists the pets.', 'Lists the pets. Deletes them.', 0.4, 0.55],
  ])('of %s', (_, one, other, least, most) => {
    const measured = similarity(one, other);
    expect(measured).toBe(similarity(other, one));
    expect(measured).toBeGreaterThanOrEqual(least);
    expect(measured).toBeLessThanOrEqual(most);
  });
});
