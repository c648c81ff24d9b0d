import { describe, expect, it } from 'vitest';
import { importInWorker } from '../../functions/admin/import-in-worker.ts';
import { bodyOf, documentOf } from '../import/importing.ts';

const limits = { time: 20_000, memory: 256 };
const importing = (input: unknown, within = limits) =>
  importInWorker(
    { input: typeof input === 'string' ? input : JSON.stringify(input), options: { backend: 'petstore' } },
    within,
  );

/** A document of so many operations. */
const wide = (operations: number, operation: unknown = { responses: {} }) =>
  documentOf(Object.fromEntries(Array.from({ length: operations }, (_, index) => [`/p${index}`, { get: operation }])));

const harmless = wide(1);

describe('an import in a thread of its own', () => {
  it('gives what an import gives, with options that are no plain objects', async () => {
    const { tools, report } = await importInWorker(
      {
        input: { entry: 'a.json', files: [{ path: 'a.json', text: JSON.stringify(wide(2)) }] },
        options: { backend: 'petstore', kept: new Map([['GET /p0', 'first']]), taken: new Set(['get_p1']) },
      },
      limits,
    );
    expect(tools.map(({ name }) => name)).toEqual(['first', 'petstore_get_p1']);
    expect(report.tools).toBe(2);
  });

  it('refuses what an import refuses, with the field', async () => {
    await expect(importing('{"openapi":"9.0"}')).rejects.toMatchObject({
      name: 'GatewayError',
      code: 'invalid',
      field: 'openapi',
      message: expect.stringContaining('9.0'),
    });
  });

  it('is ended when it takes too long, and the next one goes on', async () => {
    const document = wide(10_000, { parameters: [{ name: 'a', in: 'query', schema: { enum: ['x', 'y'] } }] });
    await expect(importing(document, { time: 300, memory: 512 })).rejects.toMatchObject({
      code: 'invalid',
      field: 'document',
      message: expect.stringMatching(/takes longer than 1 s\. Split it/),
    });
    expect((await importing(harmless)).report.tools).toBe(1);
  });

  it('is ended when it takes too much memory, and the next one goes on', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`p${index}`, { description: `${index} ${'x'.repeat(300)}` }]),
    );
    const large = { requestBody: { content: { 'application/json': { schema: { properties } } } } };
    const paths = Array.from({ length: 500 }, (_, index) => [`/p${index}`, { post: large }]);
    await expect(importing(documentOf(Object.fromEntries(paths)), { time: 20_000, memory: 20 })).rejects.toMatchObject({
      code: 'invalid',
      field: 'document',
      message: expect.stringMatching(/takes more than 20 MB of memory\. Split it/),
    });
    expect((await importing(harmless)).report.tools).toBe(1);
  });
});

describe('a hostile document', () => {
  const bomb = (levels: number, copies: number) =>
    [
      'openapi: 3.1.0\npaths: {}\nx0: &x0 [a, b]',
      ...Array.from({ length: levels }, (_, level) => {
        const alias = `*x${level}`;
        return `x${level + 1}: &x${level + 1} [${Array.from({ length: copies }, () => alias).join(', ')}]`;
      }),
    ].join('\n');

  it.each([
    ['is a YAML bomb', bomb(40, 9), 'aliases'],
    [
      'is a bomb of merge keys',
      `openapi: 3.1.0\na: &a {b: 1}\n${'c: {<<: [*a, *a, *a, *a]}\n'.repeat(3_000)}`,
      'merges too many keys',
    ],
    ['nests deep in YAML', `openapi: 3.1.0\nx: ${'{a: '.repeat(100_000)}`, 'deeper than 100 levels'],
    [
      'nests deep in JSON',
      `{"openapi":"3.1.0","x":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`,
      'deeper than 100',
    ],
    [
      'nests deep by indentation',
      `openapi: 3.1.0\n${Array.from({ length: 2_000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')}`,
      'deeper than 100',
    ],
    ['has too many aliases', `openapi: 3.1.0\na: &a {}\nb: [${'*a, '.repeat(10_001)}]`, 'more than 10000 aliases'],
    [
      'has 100,000 operations',
      JSON.stringify(wide(100_000)),
      'has 100000 operations, and at most 30000 can be imported',
    ],
  ])('that %s is refused with a clear word', async (_, text, message) => {
    await expect(importing(text)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(message) });
  });

  it('with texts of megabytes makes a tool of ordinary size', async () => {
    const text = `<b>${'x '.repeat(2_000_000)}</b>`;
    const document = documentOf({
      '/pets': {
        get: {
          summary: text,
          description: text,
          tags: [text],
          parameters: [{ name: 'q', in: 'query', description: text, schema: { enum: [text] } }],
        },
      },
    });
    const { tools, report } = await importing(document);
    expect(JSON.stringify(tools).length).toBeLessThan(100_000);
    expect(JSON.stringify(report).length).toBeLessThan(100_000);
  });

  it('with expressions that explode never runs them', async () => {
    const explosive = ['^(a+)+$', '^(a|a)*$', '^(a|ab|b)*c$', '(x+x+)+y', '^(?:.|\\s)*z$'];
    const operations = explosive.map((pattern, index) => {
      const schema = { type: 'object', required: ['it'], properties: { it: { type: 'string', pattern } } };
      const example = { it: `${'a'.repeat(40)}!` };
      return [
        `/p${index}`,
        { post: { requestBody: { required: true, content: { 'application/json': { schema, example } } } } },
      ];
    });
    const { tools, report } = await importing(documentOf(Object.fromEntries(operations)));
    expect(JSON.stringify(tools)).not.toContain('"pattern"');
    for (const { notes } of report.operations) expect(notes.join()).toContain('may take too long to match');
  });

  it('with references that multiply at every level stays within bounds', async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [
        `S${level}`,
        {
          type: 'object',
          properties: Object.fromEntries(
            ['a', 'b', 'c'].map((name) => [name, { $ref: `#/components/schemas/S${level + 1}` }]),
          ),
        },
      ]),
    );
    const { tools } = await importing(
      bodyOf({ $ref: '#/components/schemas/S0' }, { components: { schemas: { ...schemas, S40: {} } } }),
    );
    expect(JSON.stringify(tools[0]?.input_schema).length).toBeLessThan(33_000);
  });

  it('with a circle of 5,000 references is imported', async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, n) => [
        `S${n}`,
        { anyOf: [{ $ref: `#/components/schemas/S${(n + 1) % 5_000}` }, { type: 'string' }] },
      ]),
    );
    const { report } = await importing(
      bodyOf({ properties: { it: { $ref: '#/components/schemas/S0' } } }, { components: { schemas } }),
    );
    expect(report.tools + report.skipped).toBe(1);
  });
});
