import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { ImportOptions } from '../../functions/import/import-document.ts';
import { documentOf, importing } from './importing.ts';

const vectorsFile = join(import.meta.dirname, '../../../shared/corpus/vectors/name-vectors.json');
const vectorsSchema = z.object({
  operationId: z.record(z.string(), z.string()),
  path: z.record(z.string(), z.string()),
  groups: z.array(
    z.object({ ops: z.array(z.tuple([z.string(), z.string(), z.string()])), names: z.array(z.string()) }),
  ),
});

type Written = [method: string, path: string, operationId?: string, rest?: Record<string, unknown>];

const namesOf = (operations: Written[], options?: Partial<ImportOptions>) => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [method, path, operationId, rest] of operations) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: { operationId, ...rest } };
  }
  return importing({ ...documentOf(paths), openapi: '3.2.0' }, options).names;
};

describe.skipIf(!existsSync(vectorsFile))('the name vectors', () => {
  const vectors = existsSync(vectorsFile)
    ? vectorsSchema.parse(JSON.parse(readFileSync(vectorsFile, 'utf8')))
    : { operationId: {}, path: {}, groups: [] };

  it.each(Object.entries(vectors.operationId))('%s → %s', (operationId, name) => {
    // Nothing of it can be in a name: method and path give one.
    expect(namesOf([['GET', '/somewhere', operationId]])).toEqual([name || 'get_somewhere']);
  });

  it.each(Object.entries(vectors.path))('%s → %s', (key, name) => {
    const [method = '', path = ''] = key.split(' ');
    expect(namesOf([[method, path]])).toEqual([name]);
  });

  it.each(vectors.groups)('$names', ({ ops, names }) => {
    expect(namesOf(ops)).toEqual(names);
  });
});

describe('names', () => {
  it.each<[string, Written, string]>([
    ['an extension', ['GET', '/pets', 'listPets', { 'x-mcp': { name: 'all-Pets' } }], 'all-Pets'],
    ['another extension', ['GET', '/pets', 'listPets', { 'x-mcp-tool-name': 'All pets!' }], 'all_pets'],
    ['the operationId', ['GET', '/pets', 'listPets'], 'list_pets'],
    ['method and path', ['GET', '/pets/{petId}/tags'], 'get_pets_by_pet_id_tags'],
    ['a hash where nothing else is left', ['GET', '/数据/查询', '查询数据'], 'get_f38f34'],
  ])('come from %s', (_, operation, name) => {
    expect(namesOf([operation])).toEqual([name]);
  });

  it('do not depend on the order of operations', () => {
    const operations: Written[] = [
      ['GET', '/a', 'getThing'],
      ['PUT', '/a', 'getThing'],
      ['GET', '/b', 'getThingGet'],
      ['GET', '/c', 'listPets'],
      ['GET', '/d', 'list_pets'],
    ];
    const names = namesOf(operations);
    expect(new Set(names).size).toBe(operations.length);
    expect(new Set(namesOf(operations.toReversed()))).toEqual(new Set(names));
    // `get_thing_get` has an owner, so the two of the same id are told apart by a hash.
    expect(names[2]).toBe('get_thing_get');
    expect(names[0]).toMatch(/^get_thing_[0-9a-f]{6}$/);
  });

  it('stay within 64 characters when a method has to be added', () => {
    const id = `${'word_'.repeat(12)}end`;
    for (const name of namesOf([
      ['GET', '/a', id],
      ['PUT', '/a', id],
    ])) {
      expect(name.length).toBeLessThanOrEqual(64);
      expect(name).toMatch(/^(word_)+(get|put)$/);
    }
  });

  it('that were given before are kept, and new operations make way', () => {
    const kept = new Map([['GET /a', 'get_thing']]);
    expect(
      namesOf(
        [
          ['PUT', '/a', 'getThing'],
          ['GET', '/a', 'getThing'],
        ],
        { kept },
      ),
    ).toEqual(['get_thing_put', 'get_thing']);
  });

  it('that were given before are not kept when they are no names or belong to others', () => {
    expect(namesOf([['GET', '/a', 'getThing']], { kept: new Map([['GET /a', 'no name!']]) })).toEqual(['get_thing']);
    expect(
      namesOf([['GET', '/a', 'getThing']], { kept: new Map([['GET /a', 'mine']]), taken: new Set(['mine']) }),
    ).toEqual(['get_thing']);
    expect(
      namesOf(
        [
          ['GET', '/a', 'x'],
          ['GET', '/b', 'y'],
        ],
        {
          kept: new Map([
            ['GET /a', 'same'],
            ['GET /b', 'same'],
          ]),
        },
      ),
    ).toEqual(['same', 'y']);
  });

  it('that belong to another document get the prefix of this one, which is reported', () => {
    const document = documentOf({
      '/a': { get: { operationId: 'getThing' } },
      '/b': { get: { operationId: 'other' } },
    });
    const { names, report } = importing(document, { taken: new Set(['get_thing']), prefix: 'petStore-v1' });
    expect(names).toEqual(['pet_store_v1_get_thing', 'other']);
    expect(report.warnings).toEqual([
      '#/paths/~1a/get: the name get_thing belongs to another document, so the tool is called pet_store_v1_get_thing.',
    ]);
    expect(report.operations.map(({ status, tool }) => `${status} ${tool}`)).toEqual([
      'ok pet_store_v1_get_thing',
      'ok other',
    ]);
    expect(importing(document, { taken: new Set(['get_thing']) }).names[0]).toBe('petstore_get_thing');
    expect(importing(document, { taken: new Set(['get_thing', 'petstore_get_thing']) }).names[0]).toMatch(
      /^petstore_get_thing_[0-9a-f]{6}$/,
    );
  });
});
