import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bundle } from '../../functions/catalogue/types.ts';
import { importDocument } from '../../functions/import/import-document.ts';
import { documentOf, operationOf } from './importing.ts';

type Values = Record<string, unknown>;

/** A bundle whose entry is `api/openapi.json`; files given as values become JSON. */
function bundle(document: Values, files: Record<string, unknown> = {}, entry = 'api/openapi.json'): Bundle {
  const all = Object.entries({ [entry]: document, ...files });
  return {
    entry,
    files: all.map(([path, value]) => ({ path, text: typeof value === 'string' ? value : JSON.stringify(value) })),
  };
}

function importing(input: Bundle) {
  const { tools, report } = importDocument(input, { backend: 'petstore' });
  const [tool, line] = [tools[0], report.operations[0]];
  if (!tool || !line) throw new Error(JSON.stringify(report));
  return { tools, report, tool, line };
}

/** A document whose only operation takes a JSON body with the property `it`. */
function asking(it: unknown, rest: Values = {}): Values {
  const schema = { type: 'object', properties: { it } };
  return operationOf({ requestBody: { content: { 'application/json': { schema } } } }, { method: 'post', ...rest });
}

/** What becomes of a property in the document that refers elsewhere. */
function converted($ref: string, files: Record<string, unknown>, rest: Values = {}): unknown {
  const { tool, line } = importing(bundle(asking({ $ref }, rest), files));
  expect(line.notes).toEqual([]);
  return (tool.input_schema.properties as Values).it;
}

const text = { type: 'string', maxLength: 7 };

describe('a bundle', () => {
  it.each([
    ['a place in a file beside the document', 'pet.json#/Pet', { 'api/pet.json': { Pet: text } }],
    ['a file as a whole', './schemas/pet.json', { 'api/schemas/pet.json': text }],
    ['a file as a whole, with an empty pointer', 'pet.json#', { 'api/pet.json': text }],
    ['a file further up', '../common.yaml#/a/b', { 'common.yaml': 'a: {b: {type: string, maxLength: 7}}' }],
    ['a file from the root', '/common.json', { 'common.json': text }],
    ['a name with blanks', 'my%20pets/a%20pet.json', { 'api/my pets/a pet.json': text }],
    ['a name with blanks that are not encoded', 'my pets/a pet.json', { 'api/my pets/a pet.json': text }],
    ['a name with braces', 'pet_{id}.json#/a~1b', { 'api/pet_{id}.json': { 'a/b': text } }],
    ['a name with a percent sign', '100%25.json', { 'api/100%.json': text }],
    [
      'a file that refers to the next, from where it stands',
      'a/one.json#/One',
      {
        'api/a/one.json': { One: { $ref: '../b/two.json' } },
        'api/b/two.json': { $ref: './three.json#/Three' },
        'api/b/three.json': { Three: text },
      },
    ],
    [
      'a file that refers to itself',
      'a.json#/One',
      { 'api/a.json': { One: { $ref: '#/Two' }, Two: { $ref: 'a.json#/Three' }, Three: text } },
    ],
    [
      'a pointer through a reference',
      'a.json#/One/properties/b',
      { 'api/a.json': { One: { $ref: 'b.json' } }, 'api/b.json': { properties: { b: text } } },
    ],
    ['an anchor in a file', 'a.json#pet', { 'api/a.json': { Pet: { $anchor: 'pet', ...text } } }],
    [
      'the identifier of a schema in a file',
      'https://example.com/pet',
      { 'api/a.json': { $id: 'https://example.com/pet', ...text } },
    ],
    [
      'an identifier that is relative to the one around it',
      'a.json#/properties/x',
      {
        'api/a.json': { $id: 'https://example.com/schemas/a', properties: { x: { $ref: 'b' } } },
        'api/other.json': { $id: 'https://example.com/schemas/b', ...text },
      },
    ],
    [
      'a file whose identifier says another address than its path',
      'a.json#/properties/x',
      { 'api/a.json': { $id: 'https://example.com/v1/a', properties: { x: { $ref: 'b.json' } } }, 'api/b.json': text },
    ],
  ])('is searched for %s', (_, $ref, files) => {
    expect(converted($ref, files)).toMatchObject(text);
  });

  it.each([
    ['relative', 'pet.json'],
    ['whole', 'https://api.example.com/v1/pet.json'],
  ])('takes a %s address beside `$self` for a file beside the document', (_, $ref) => {
    const rest = { openapi: '3.2.0', $self: 'https://api.example.com/v1/openapi.json' };
    expect(converted($ref, { 'api/pet.json': text }, rest)).toEqual(text);
  });

  it('knows its document from other files by path and by `$self`', () => {
    const rest = {
      openapi: '3.2.0',
      $self: 'https://api.example.com/v1/main.json',
      components: { schemas: { Text: text } },
    };
    const files = {
      'api/a.json': { A: { $ref: 'openapi.json#/components/schemas/Text' } },
      'api/b.json': { B: { $ref: 'https://api.example.com/v1/main.json#/components/schemas/Text' } },
    };
    expect(converted('a.json#/A', files, rest)).toEqual(text);
    expect(converted('b.json#/B', files, rest)).toEqual(text);
  });

  it('may keep path items, parameters, bodies, replies and security schemes in other files', () => {
    const document = {
      ...documentOf({ '/pets/{id}': { $ref: 'paths/pet.yaml' } }),
      components: { securitySchemes: { $ref: 'security.json' } },
    };
    const files = {
      'api/paths/pet.yaml': `
parameters: [{$ref: ../parameters.yaml#/id}]
put:
  operationId: putPet
  requestBody: {$ref: ../bodies/pet.yaml}
  responses: {200: {$ref: ../replies.yaml#/pet}}`,
      'api/parameters.yaml': 'id: {name: id, in: path, required: true, schema: {$ref: schemas/id.yaml}}',
      'api/bodies/pet.yaml': 'content: {application/json: {schema: {$ref: ../schemas/pet.yaml}}}',
      'api/replies.yaml': 'pet: {description: ok, content: {application/json: {schema: {$ref: schemas/pet.yaml}}}}',
      'api/schemas/id.yaml': 'type: integer',
      'api/schemas/pet.yaml': 'type: object\nproperties: {name: {type: string}}',
      'api/security.json': { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
    };
    const { tool, line } = importing(bundle(document, files));
    expect(line).toMatchObject({ status: 'ok', tool: 'put_pet', notes: [] });
    expect(tool.input_schema.properties).toEqual({ id: { type: 'integer' }, name: { type: 'string' } });
    expect(tool.output_schema).toMatchObject({ properties: { name: { type: 'string' } } });
  });

  it('names definitions by their place, whatever is asked first', () => {
    const node = (name: string) => ({ properties: { [name]: { type: 'string' }, next: { $ref: '#' } } });
    const files = { 'a/Node.json': node('a'), 'b/Node.json': node('b') };
    const both = (paths: string[]) => {
      const properties = Object.fromEntries(paths.map((path) => [path[0], { $ref: `../${path}/Node.json` }]));
      const { tool } = importing(bundle(asking({ type: 'object', properties }), files));
      return tool.input_schema.$defs as Values;
    };
    const names = Object.keys(both(['a', 'b']));
    expect(names).toEqual([expect.stringMatching(/^Node_[0-9a-f]{8}$/), expect.stringMatching(/^Node_[0-9a-f]{8}$/)]);
    expect(Object.keys(both(['b', 'a']))).toEqual(names);
  });

  it('says in which file something was lowered', () => {
    const files = { 'api/pet.yaml': 'Pet: {type: object, properties: {name: {type: string, minLength: -1}}}' };
    const { line } = importing(bundle(asking({ $ref: 'pet.yaml#/Pet' }), files));
    expect(line.notes).toEqual([expect.stringMatching(/^api\/pet\.yaml#\/Pet\/properties\/name\/minLength: /)]);
  });

  it.each([
    ['a file that is not there', 'gone.json#/Pet', '"/api/gone.json#/Pet" leads to a file that is not in the bundle'],
    ['a place that is not there', 'a.json#/Gone', '"/api/a.json#/Gone" leads nowhere in the bundle'],
    ['a file that cannot be read', 'bad.json', '"/api/bad.json" leads to a file that cannot be read (The document is'],
    ['a file above the root', '../../etc/passwd', '"../../etc/passwd" leads out of the bundle, and is not followed'],
    [
      'a file of the machine',
      'file:///etc/passwd',
      '"file:///etc/passwd" leads out of the bundle, and is not followed',
    ],
    ['the network', 'https://example.com/a.json', '"https://example.com/a.json" leads out of the bundle, and is not'],
  ])('reports a reference to %s, and lowers only what has it', (_, $ref, problem) => {
    const files = { 'api/a.json': { Pet: text }, 'api/bad.json': '{"a": [', passwd: 'root', 'etc/passwd': 'root' };
    const { tool, line } = importing(bundle(asking({ $ref }), files));
    expect(tool.input_schema.properties).toEqual({ it: {} });
    expect(line.notes).toEqual([expect.stringContaining(`the reference ${problem}`)]);
  });

  it('reads only the files that references lead to', () => {
    const files = { 'api/broken.yaml': 'a: [', 'api/twice.yaml': 'a: 1\na: 2', 'api/pet.json': text };
    const { report } = importing(bundle(asking({ $ref: 'pet.json' }), files));
    expect(report.warnings).toEqual([]);
  });

  it('warns of what is odd in a file that it reads', () => {
    const { report } = importing(
      bundle(asking({ $ref: 'pet.yaml' }), { 'api/pet.yaml': 'type: string\ntype: integer' }),
    );
    expect(report.warnings).toEqual([expect.stringMatching(/^api\/pet\.yaml: A key occurs twice/)]);
  });

  it('cannot be blown up by aliases in several files', () => {
    const bomb = ['a0: &a0 [[], [], []]'];
    for (let level = 1; level < 9; level += 1)
      bomb.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}, *a${level - 1}]`);
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`api/${index}.yaml`, bomb.join('\n')]));
    const properties = Object.fromEntries(Object.keys(files).map((path) => [path, { $ref: `../${path}` }]));
    const { line } = importing(bundle(asking({ type: 'object', properties }), files));
    expect(line.notes.join()).toContain('grows out of measure through YAML aliases');
  });
});

const corpus = join(import.meta.dirname, '../../../shared/corpus/dev');

describe.skipIf(!existsSync(corpus))('a published document in several files', () => {
  it.each([
    ['oai-petstore-separate-20', 'spec/swagger.json', 4],
    ['redocly-cafe-split-32', 'cafe.yaml', 12],
    ['speakeasy-deep-circular-20', 'deep-circular.yaml', 1],
  ])('%s is imported whole', (name, entry, operations) => {
    const { tools, report } = importDocument(readBundle(name, entry), { backend: 'x' });
    expect([tools.length, report.skipped, report.warnings]).toEqual([operations, 0, []]);
    expect(report.operations.flatMap(({ notes }) => notes).filter((note) => note.includes('reference'))).toEqual([]);
  });

  it('makes the same tools as in one file', () => {
    const split = importDocument(readBundle('redocly-cafe-split-32', 'cafe.yaml'), { backend: 'x' });
    const whole = importDocument(readFileSync(join(corpus, 'redocly-cafe-32.yaml'), 'utf8'), { backend: 'x' });
    expect(split.tools.map(({ name }) => name)).toEqual(whole.tools.map(({ name }) => name));
    expect(split.tools.map(({ binding }) => binding)).toEqual(whole.tools.map(({ binding }) => binding));
  });
});

function readBundle(name: string, entry: string): Bundle {
  const paths = readdirSync(join(corpus, name), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  const files = paths.map((path) => ({
    path: path.slice(join(corpus, name).length + 1),
    text: readFileSync(path, 'utf8'),
  }));
  return { entry, files };
}
