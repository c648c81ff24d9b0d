import { describe, expect, it } from 'vitest';
import type { ImportedTool, LintFinding } from '../../functions/catalogue/types.ts';
import { clientRules } from '../../functions/import/report/client-rules.ts';
import { lintTools } from '../../functions/import/report/lint-tool.ts';
import { importedTool } from '../contract/sample.ts';
import { bodyOf, documentOf, importing, operationOf } from './importing.ts';

function lintOf(changes: Partial<ImportedTool>, name = 'it'): LintFinding[] {
  const tool = importedTool(name, changes);
  return lintTools([tool]).findings.get(tool) ?? [];
}

const refusers = (findings: LintFinding[]) => [...new Set(findings.map(({ client }) => client))];
const object = (rest: object) => ({ input_schema: { type: 'object', properties: {}, ...rest } });

describe('a tool is refused', () => {
  it.each<[string, Partial<ImportedTool>, string[], string]>([
    ['with alternatives at the root', object({ anyOf: [{}, {}] }), ['claude', 'chatgpt', 'bedrock'], '#/anyOf'],
    ['with a list of values at the root', object({ enum: [{}] }), ['chatgpt'], '#/enum'],
    ['without an object at the root', { input_schema: { properties: {} } }, ['claude', 'chatgpt', 'bedrock'], ''],
    ['without properties', { input_schema: { type: 'object' } }, ['chatgpt'], ''],
    ['with an odd argument', object({ properties: { 'a[b]': {} } }), ['claude', 'bedrock'], '#/properties/a[b]'],
    [
      'with an array of nobody knows what',
      object({ properties: { a: { anyOf: [{ type: 'array' }] } } }),
      ['chatgpt', 'vs_code'],
      '#/properties/a/anyOf',
    ],
    [
      'with such an array among several types',
      object({ properties: { a: { type: ['array', 'null'] } } }),
      ['chatgpt'],
      '#/properties/a',
    ],
    ['with such an array behind a reference', object({ $defs: { A: { type: 'array' } } }), ['chatgpt'], '#/$defs/A'],
    ['without a description', { description: '' }, ['bedrock'], ''],
  ])('%s', (_, changes, by, place) => {
    const findings = lintOf({ ...object({}), ...changes });
    expect(refusers(findings)).toEqual(by);
    for (const { problem } of findings) expect(problem).toContain(place);
  });

  it('by its name where the server’s stands before it', () => {
    expect(lintOf(object({}), 'n'.repeat(50))).toEqual([]);
    expect(refusers(lintOf(object({}), 'n'.repeat(51)))).toEqual(['cursor']);
    expect(refusers(lintOf(object({}), 'n'.repeat(65)))).toEqual(['chatgpt', 'bedrock', 'cursor']);
    expect(refusers(lintOf(object({}), 'find.pets'))).toEqual(['claude', 'chatgpt', 'bedrock']);
  });
});

describe('the lint of an import', () => {
  const list = bodyOf({ type: 'object', properties: { tags: { type: 'array' } } });

  it('tells the forms apart', () => {
    const { report } = importing(list);
    const because = '#/properties/tags';
    expect(report.operations[0]?.lint).toEqual([
      { client: 'chatgpt', form: 'lossless', problem: `OpenAI wants \`items\` in every array: ${because}.` },
      { client: 'vs_code', form: 'lossless', problem: `VS Code wants \`items\` in every array: ${because}.` },
    ]);
    expect(report.clients).toContainEqual({ client: 'vs_code', form: 'safe', accepted: 1, refused: 0 });
    expect(report.clients).toContainEqual({ client: 'vs_code', form: 'lossless', accepted: 0, refused: 1 });
  });

  it('says nothing of a tool that all accept', () => {
    const { report } = importing(operationOf({}));
    expect(report.operations[0]).not.toHaveProperty('lint');
    expect(report.clients?.map(({ refused }) => refused)).toEqual(Array(10).fill(0));
  });

  it('counts every tool but stops telling of each when the report grows too large', () => {
    const parameters = [{ name: 'tags', in: 'query', schema: { type: 'array' } }];
    const paths = Array.from({ length: 1_100 }, (_, index) => [`/p${index}`, { get: { parameters } }]);
    const { report } = importing(documentOf(Object.fromEntries(paths)));
    expect(report.operations.filter(({ lint }) => lint)).toHaveLength(1_000);
    expect(report.clients).toContainEqual({ client: 'vs_code', form: 'lossless', accepted: 0, refused: 1_100 });
  });

  it('is made of rules that each say what they want', () => {
    for (const { because } of clientRules) expect(because).toMatch(/^(Claude|OpenAI|VS Code|Bedrock|Cursor) .*[^.]$/);
  });
});
