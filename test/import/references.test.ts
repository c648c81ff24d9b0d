import { describe, expect, it } from 'vitest';
import { bodyOf, convertedProperty, documentOf, importing, operationOf } from './importing.ts';

const schemas = (components: Record<string, unknown>) => ({ components: { schemas: components } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe('references', () => {
  it('to schemas are put in place, so that a small tool has none', () => {
    const { input_schema } = importing(
      bodyOf(
        ref('Pet'),
        schemas({ Pet: { type: 'object', properties: { tag: ref('Tag') } }, Tag: { type: 'string' } }),
      ),
    ).tool;
    expect(input_schema).toEqual({
      type: 'object',
      properties: { tag: { type: 'string' } },
      additionalProperties: false,
    });
  });

  it('keep the description that stands beside them', () => {
    const rest = schemas({ Tag: { type: 'string', description: 'A tag.', minLength: 1 } });
    const beside = { ...ref('Tag'), description: 'The first tag.', maxLength: 5 };
    expect(convertedProperty(beside, rest)).toEqual({
      description: 'The first tag.',
      allOf: [{ type: 'string', description: 'A tag.', minLength: 1 }, { maxLength: 5 }],
    });
    expect(convertedProperty(beside, { ...rest, openapi: '3.0.3' })).toEqual({
      type: 'string',
      description: 'The first tag.',
      minLength: 1,
    });
  });

  it.each([
    ['escapes', '#/components/schemas/a~1b~0c', { 'a/b~c': { type: 'string' } }],
    ['percent-encoding', '#/components/schemas/a%20b', { 'a b': { type: 'string' } }],
    ['names with percent signs', '#/components/schemas/a%20b', { 'a%20b': { type: 'string' } }],
    [
      'places inside of schemas',
      '#/components/schemas/A/properties/b',
      { A: { properties: { b: { type: 'string' } } } },
    ],
    ['identifiers', 'https://example.com/pet.json', { A: { $id: 'https://example.com/pet.json', type: 'string' } }],
    ['anchors', '#pet', { A: { $anchor: 'pet', type: 'string' } }],
    ['chains', '#/components/schemas/A', { A: ref('B'), B: ref('C'), C: { type: 'string' } }],
  ])('are followed through %s', (_, $ref, components) => {
    expect(convertedProperty({ $ref }, schemas(components))).toEqual({ type: 'string' });
  });

  it('are followed through a component that is itself a reference', () => {
    const rest = schemas({ A: ref('B'), B: { properties: { b: { type: 'string' } } } });
    expect(convertedProperty({ $ref: '#/components/schemas/A/properties/b' }, rest)).toEqual({ type: 'string' });
  });

  it('are followed to the `$defs` of the schema around them, where generators put them', () => {
    const Pet = { type: 'object', properties: { tag: { $ref: '#/$defs/Tag' } }, $defs: { Tag: { type: 'string' } } };
    const { input_schema } = importing(bodyOf(ref('Pet'), schemas({ Pet }))).tool;
    expect(input_schema.properties).toEqual({ tag: { type: 'string' } });
  });

  it.each([
    ['nowhere', '#/components/schemas/Gone', 'leads nowhere in the document'],
    ['to another file', 'pet.yaml#/Pet', 'leads out of the document, and is not followed'],
    ['to the network', 'https://example.com/pet.json', 'leads out of the document, and is not followed'],
    ['to a local file', 'file:///etc/passwd', 'leads out of the document, and is not followed'],
    ['to themselves', '#/components/schemas/Self', 'leads back to itself'],
    ['through themselves', '#/components/schemas/Inner/properties/a', 'leads nowhere in the document'],
  ])('that lead %s accept anything and are reported', (_, $ref, reason) => {
    const document = bodyOf(
      { type: 'object', properties: { it: { $ref } } },
      schemas({ Self: ref('Self'), Inner: ref('Inner/properties/a') }),
    );
    const { tool, line } = importing(document);
    expect(tool.input_schema.properties).toEqual({ it: {} });
    expect(line.status).toBe('lowered');
    expect(line.notes).toEqual([
      `#/paths/~1pets/post/requestBody/content/application~1json/schema/properties/it: the reference ${JSON.stringify($ref)} ${reason}, so anything is accepted.`,
    ]);
  });

  it('that lead back stay, inside of the tool', () => {
    const Node = { type: 'object', required: ['name'], properties: { name: { type: 'string' }, next: ref('Node') } };
    const { input_schema } = importing(bodyOf(ref('Node'), schemas({ Node }))).tool;
    expect(input_schema).toEqual({
      type: 'object',
      properties: { name: { type: 'string' }, next: { $ref: '#/$defs/Node' } },
      required: ['name'],
      additionalProperties: false,
      $defs: {
        Node: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string' }, next: { $ref: '#/$defs/Node' } },
        },
      },
    });
  });

  it('of a base to its kinds and back do not go round in circles', () => {
    const kind = (property: string) => ({ allOf: [ref('Pet'), { properties: { [property]: { type: 'integer' } } }] });
    const Pet = { type: 'object', properties: { name: { type: 'string' } }, oneOf: [ref('Cat'), ref('Dog')] };
    const it = convertedProperty(ref('Cat'), schemas({ Pet, Cat: kind('claws'), Dog: kind('teeth') }));
    expect(it).toEqual({ $ref: '#/$defs/Cat' });
    const { input_schema } = importing(
      bodyOf(
        { type: 'object', properties: { it: ref('Cat') } },
        schemas({ Pet, Cat: kind('claws'), Dog: kind('teeth') }),
      ),
    ).tool;
    expect(input_schema.$defs).toEqual({
      Cat: {
        allOf: [
          { type: 'object', properties: { name: { type: 'string' } } },
          { properties: { claws: { type: 'integer' } } },
        ],
      },
    });
  });

  it('to parameters, bodies and replies are followed; those that lead nowhere are left out and reported', () => {
    const { tool, line } = importing(
      operationOf(
        {
          parameters: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Gone' }],
          requestBody: { $ref: '#/components/requestBodies/Pet' },
          responses: { 200: { $ref: '#/components/responses/Pet' }, 404: { $ref: 'errors.yaml' } },
        },
        {
          method: 'post',
          components: {
            parameters: { Limit: { name: 'limit', in: 'query', schema: { type: 'integer' } } },
            requestBodies: { Pet: { content: { 'application/json': { schema: { properties: { name: {} } } } } } },
            responses: { Pet: { content: { 'application/json': { schema: { type: 'object' } } } } },
          },
        },
      ),
    );
    expect(Object.keys(tool.input_schema.properties ?? {})).toEqual(['limit', 'name']);
    expect(tool.output_schema).toEqual({ type: 'object' });
    expect(line.notes).toEqual([
      '#/paths/~1pets/post/parameters/1: the reference "#/components/parameters/Gone" leads nowhere in the document, so the parameter was left out.',
      '#/paths/~1pets/post/responses/404: the reference "errors.yaml" leads out of the document, and is not followed, so this reply is not described.',
    ]);
  });

  it('to the document itself are within it when it says its own address', () => {
    const $self = 'https://example.com/openapi.yaml';
    const rest = { ...schemas({ Tag: { type: 'string' } }), openapi: '3.2.0', $self };
    expect(convertedProperty({ $ref: `${$self}#/components/schemas/Tag` }, rest)).toEqual({ type: 'string' });
  });

  it('shared by many operations have the same name in each', () => {
    const Tree = { type: 'object', properties: { left: ref('Tree'), 'odd name': ref('Odd name') } };
    const Odd = { type: 'array', items: ref('Odd name') };
    const operation = {
      requestBody: { content: { 'application/json': { schema: { properties: { tree: ref('Tree') } } } } },
    };
    const { tools } = importing(
      documentOf({ '/a': { post: operation }, '/b': { put: operation } }, schemas({ Tree, 'Odd name': Odd })),
    );
    const [a, b] = tools.map((tool) => tool.input_schema.$defs);
    expect(a).toEqual(b);
    expect(Object.keys(a ?? {})).toEqual([expect.stringMatching(/^Odd_name_[0-9a-f]{8}$/), 'Tree']);
  });
});
