import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { documentOf, importing } from './importing.ts';

const refusal = (text: string): GatewayError => {
  try {
    importing(text);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the document was imported');
};

describe('reading a document', () => {
  it('reads JSON and YAML alike, with and without a byte-order mark', () => {
    const json = JSON.stringify(documentOf({ '/pets': { get: { operationId: 'listPets' } } }));
    const yaml =
      'openapi: 3.1.0\ninfo: {title: Pets, version: "1.0.0"}\npaths:\n  /pets:\n    get: {operationId: listPets}\n';
    expect(importing(`\uFEFF${json}`)).toEqual(importing(json));
    expect(importing(`\uFEFF${yaml}`).tools).toEqual(importing(json).tools);
  });

  it('says what the document was', () => {
    const { report } = importing({ ...documentOf({}), openapi: '3.0.3' });
    expect(report).toMatchObject({ title: 'Pets', version: '1.0.0', dialect: '3.0.3', tools: 0 });
    expect(report.warnings).toEqual(['#/paths: the document has no operations, so it makes no tools.']);
  });

  it('keeps dates, and words such as no, as text', () => {
    const { tool } = importing(`
openapi: 3.1.0
info: {title: Pets, version: 2026-07-28}
paths:
  /pets:
    get:
      parameters: [{name: day, in: query, schema: {type: string, default: 2020-01-01, enum: [2020-01-01, no, on]}}]
`);
    expect(tool.version).toBe('2026-07-28');
    expect(tool.input_schema.properties).toEqual({
      day: { type: 'string', default: '2020-01-01', enum: ['2020-01-01', 'no', 'on'] },
    });
  });

  it('understands merge keys and aliases', () => {
    const { tool } = importing(`
openapi: 3.1.0
info: {title: Pets, version: "1"}
x-limit: &limit {in: query, schema: {type: integer}}
paths:
  /pets:
    get:
      parameters: [{<<: *limit, name: limit}, {<<: *limit, name: offset}]
`);
    expect(Object.keys(tool.input_schema.properties ?? {})).toEqual(['limit', 'offset']);
  });

  it.each([
    ['JSON', '{"openapi":"3.1.0","info":{"title":"a",\n"title":"b","version":"1"},"paths":{}}', 'line 2'],
    ['YAML', 'openapi: 3.1.0\ninfo: {version: "1", title: a,\n  title: b}\npaths: {}\n', 'line 3, column 3'],
  ])('takes the last of equal keys in %s, with a warning', (_, text, place) => {
    const { report } = importing(text);
    expect(report.title).toBe('b');
    expect(report.warnings[0]).toMatch(/twice/);
    expect(report.warnings[0]).toContain(place);
  });

  it('reads a bracket that closes under the key that opened it, with a warning', () => {
    const { tool, report } = importing(
      'openapi: 3.1.0\ninfo: {title: Pets, version: "1"}\npaths:\n  /pets:\n    get:\n      parameters: [\n        {name: limit, in: query}\n      ]\n',
    );
    expect(tool.binding.parameters).toHaveLength(1);
    expect(report.warnings[0]).toContain('closing bracket');
  });

  it('reads what only looks like JSON, with a warning', () => {
    const { report } = importing('{"openapi": "3.1.0", "info": {"title": "Pets", "version": "1",}, "paths": {}}');
    expect(report.title).toBe('Pets');
    expect(report.warnings[0]).toContain('looks like JSON');
  });

  it('ignores members called __proto__, with a warning', () => {
    const { tool, report } = importing(
      '{"openapi":"3.1.0","info":{"title":"a","version":"1"},"paths":{"/pets":{"get":{"__proto__":{"operationId":"evil"}}}}}',
    );
    expect(tool.name).toBe('get_pets');
    expect(report.warnings).toEqual(['#/paths/~1pets/get: a member called __proto__ was ignored.']);
    expect(({} as Record<string, unknown>).operationId).toBeUndefined();
  });

  it.each([
    ['nothing', '  \n', 'document', 'is empty'],
    ['text', 'Not found', 'document', 'is not an object'],
    ['a list', '[]', 'document', 'is not an object'],
    ['broken YAML', 'openapi: 3.1.0\ninfo: {title', 'document', '(line 2, column 13)'],
    ['tabs', 'openapi: 3.1.0\n\tinfo: x', 'document', '(line 2, column 1)'],
    ['custom tags', 'openapi: 3.1.0\npaths: !include paths.yaml', 'document', '(line 2, column 8)'],
    ['several documents', 'openapi: 3.1.0\n---\nopenapi: 3.1.0', 'document', 'one by one'],
    ['deep YAML', `openapi: 3.1.0\nx: ${'['.repeat(200)}${']'.repeat(200)}`, 'document', 'deeper than 100 levels'],
    ['deep JSON', `{"openapi":"3.1.0","x":${'['.repeat(200)}${']'.repeat(200)}}`, '#/x/0', 'deeper than 100 levels'],
    ['many aliases', `openapi: 3.1.0\na: &a {}\nb: [${'*a,'.repeat(10_001)}]`, 'document', 'more than 10000 aliases'],
    ['a value in itself', 'openapi: 3.1.0\npaths: &a\n  /pets: *a', '#/paths/~1pets', 'contains itself'],
    ['no OpenAPI', '{"asyncapi":"3.0.0"}', 'openapi', 'neither `openapi` nor `swagger`'],
    ['an old version', '{"swagger":"1.2"}', 'swagger', 'use Swagger 2.0 or OpenAPI 3.0, 3.1 or 3.2'],
    ['a version to come', '{"openapi":"4.0.0"}', 'openapi', 'use Swagger 2.0 or OpenAPI 3.0, 3.1 or 3.2'],
    ['a mixture', '{"openapi":"2.0"}', 'openapi', 'use Swagger 2.0 or OpenAPI 3.0, 3.1 or 3.2'],
    ['paths that are a list', '{"openapi":"3.1.0","paths":[]}', 'paths', 'is not an object'],
  ])('refuses %s, saying where and why', (_, text, field, reason) => {
    const error = refusal(text);
    expect(error.code).toBe('invalid');
    expect(error.field?.startsWith(field)).toBe(true);
    expect(error.message).toContain(reason);
  });

  it('refuses aliases that multiply beyond measure, at once', () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `x${level + 1}: &x${level + 1} [*x${level}, *x${level}, *x${level}]`,
    );
    expect(refusal(`openapi: 3.1.0\nx0: &x0 [a]\n${levels.join('\n')}\npaths: {}`).message).toContain('aliases');
  });

  it('reads numbers for versions, as YAML without quotes has them', () => {
    const { report } = importing('swagger: 2.0\ninfo: {title: Pets, version: 1.10}\npaths: {}');
    expect(report).toMatchObject({ dialect: '2.0', version: '1.1' });
    expect(report.warnings[0]).toContain('write it in quotes');
  });

  it('goes on without a title or a version', () => {
    expect(importing('{"openapi":"3.1.0"}').report).toMatchObject({ title: 'Untitled', version: '0' });
  });
});
