import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareCall } from '../../functions/backends/prepare.ts';
import type { ImportedTool } from '../../functions/catalogue/types.ts';
import { backendWith } from '../backends/builders.ts';
import { hasVectors, parameterVectors } from '../backends/vectors.ts';
import { importing } from './importing.ts';

const folder = join(import.meta.dirname, '../../../shared/corpus/vectors');

/** What a binding cannot say yet; the report of the import says so for each. */
const lowered = new Set(['v2-query-tsv', 'cookie-style-raw', 'cookie-style-injection', 'querystring-json']);

describe.skipIf(!hasVectors).each([
  ['2.0', 'vectors-20.openapi.json'],
  ['3.1', 'vectors-31.openapi.json'],
  ['3.2', 'vectors-32.openapi.json'],
])('an imported parameter of %s is sent as the vectors say', (oas, file) => {
  const document = existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : undefined;
  const imported = document ? importing(document) : undefined;
  const toolOf = new Map(imported?.tools.map((tool) => [tool.title, tool]));
  const vectors = document ? parameterVectors().filter((vector) => vector.oas.includes(oas)) : [];

  it.each(vectors.filter(({ id }) => !lowered.has(id)))('$id', ({ id, param, value, expect: text, ...vector }) => {
    const tool = toolOf.get(id);
    if (!tool) throw new Error(`no tool for ${id}`);
    const [argument = ''] = Object.keys(tool.input_schema.properties ?? {});
    const sent = () => sentBy(tool, value === '__ABSENT__' ? {} : { [argument]: value });
    if (vector.expectError) expect(sent).toThrow(argument);
    else if (vector.expectAbsent) expect(sent()[param.in] ?? '').toBe('');
    else expect([text, ...vector.alternatives]).toContain(sent()[param.in]);
  });

  it.each(vectors.filter(({ id }) => lowered.has(id)))('$id, or the report says that it is not', ({ id }) => {
    const line = imported?.report.operations.find((operation) => operation.path.includes(`/${id}`));
    expect(line?.status).toBe('lowered');
  });
});

/** The raw text at every place that a parameter can have. */
function sentBy({ binding }: ImportedTool, args: Record<string, unknown>): Record<string, string | undefined> {
  const { url, headers } = prepareCall(binding, backendWith({ base_url: 'https://api.example.com' }), args);
  const [path = '', query] = url.slice('https://api.example.com'.length).split('?');
  const [header] = binding.parameters.map(({ name }) => headers[name.toLowerCase()]);
  return {
    path: /^\/v\/[^/]+\/(.*)\/end$/.exec(path)?.[1],
    query,
    querystring: query,
    header,
    cookie: headers.cookie,
  };
}
