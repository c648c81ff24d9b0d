import { describe, expect, it } from 'vitest';
import type { ParameterBinding } from '../../functions/catalogue/types.ts';
import { importing } from './importing.ts';

const swagger = (operation: Record<string, unknown>, rest: Record<string, unknown> = {}) => ({
  swagger: '2.0',
  info: { title: 'Pets', version: '1' },
  paths: { '/pets': { post: operation } },
  ...rest,
});

describe('Swagger 2.0', () => {
  it('spreads a body parameter, also one that is referred to', () => {
    const body = { name: 'pet', in: 'body', required: true, schema: { $ref: '#/definitions/Pet' } };
    const Pet = { type: 'object', required: ['name'], properties: { name: { type: 'string', 'x-nullable': true } } };
    const direct = importing(swagger({ parameters: [body] }, { definitions: { Pet } }));
    const referred = importing(
      swagger({ parameters: [{ $ref: '#/parameters/pet' }] }, { definitions: { Pet }, parameters: { pet: body } }),
    );
    expect(direct.tool.input_schema).toEqual({
      type: 'object',
      properties: { name: { type: ['string', 'null'] } },
      required: ['name'],
      additionalProperties: false,
    });
    expect(direct.tool.binding.body).toEqual({
      content_type: 'application/json',
      required: true,
      properties: { name: 'name' },
    });
    expect(referred.tools).toEqual(direct.tools);
  });

  it('sends what the operation consumes, or else the document', () => {
    const parameters = [{ name: 'pet', in: 'body', schema: { type: 'object' } }];
    const consumes = ['application/merge-patch+json'];
    expect(importing(swagger({ parameters, consumes })).tool.binding.body?.content_type).toBe(consumes[0]);
    expect(importing(swagger({ parameters }, { consumes })).tool.binding.body?.content_type).toBe(consumes[0]);
  });

  it('makes a form of form parameters', () => {
    const parameters = [
      { name: 'name', in: 'formData', type: 'string', required: true, description: 'Its name.' },
      { name: 'tags', in: 'formData', type: 'array', items: { type: 'string' } },
      { name: 'all', in: 'formData', type: 'array', items: { type: 'string' }, collectionFormat: 'multi' },
    ];
    const { tool } = importing(swagger({ parameters, consumes: ['application/x-www-form-urlencoded'] }));
    expect(tool.input_schema.properties).toEqual({
      name: { type: 'string', description: 'Its name.' },
      tags: { type: 'array', items: { type: 'string' } },
      all: { type: 'array', items: { type: 'string' } },
    });
    expect(tool.binding.body).toEqual({
      content_type: 'application/x-www-form-urlencoded',
      required: true,
      properties: { name: 'name', tags: 'tags', all: 'all' },
      encoding: { tags: { style: 'form', explode: false }, all: { style: 'form', explode: true } },
    });
  });

  it('sends files as multipart', () => {
    const parameters = [{ name: 'photo', in: 'formData', type: 'file', required: true }];
    const { tool } = importing(swagger({ parameters }));
    expect(tool.input_schema.properties).toEqual({
      photo: { type: 'string', format: 'binary', contentEncoding: 'base64', description: expect.any(String) },
    });
    expect(tool.binding.body).toMatchObject({
      content_type: 'multipart/form-data',
      encoding: { photo: { binary: true } },
    });
  });

  it.each<[string, string, string | undefined, Partial<ParameterBinding>]>([
    ['query', 'a list', undefined, { style: 'form', explode: false }],
    ['query', 'csv', 'csv', { style: 'form', explode: false }],
    ['query', 'multi', 'multi', { style: 'form', explode: true }],
    ['query', 'ssv', 'ssv', { style: 'spaceDelimited', explode: false }],
    ['query', 'pipes', 'pipes', { style: 'pipeDelimited', explode: false }],
    ['query', 'tsv', 'tsv', { style: 'tabDelimited', explode: false }],
    ['header', 'csv', 'csv', { style: 'simple', explode: false }],
    ['header', 'pipes', 'pipes', { style: 'pipeDelimited', explode: false }],
    ['header', 'multi, which is not possible there,', 'multi', { style: 'simple', explode: false }],
  ])('in a %s: %s', (place, _, collectionFormat, expected) => {
    const parameter = { name: 'ids', in: place, type: 'array', items: { type: 'integer' }, collectionFormat };
    const { tool } = importing(swagger({ parameters: [parameter] }));
    expect(tool.binding.parameters).toEqual([{ argument: 'ids', in: place, name: 'ids', ...expected }]);
    expect(tool.input_schema.properties).toEqual({ ids: { type: 'array', items: { type: 'integer' } } });
  });

  it('reads the reply and its example', () => {
    const responses = {
      200: { schema: { type: 'object' }, examples: { 'application/json': { name: 'Rex' } } },
    };
    const { tool } = importing(swagger({ responses }));
    expect(tool.output_schema).toEqual({ type: 'object' });
    expect(tool.positive_examples).toEqual([{ input: {}, output: { name: 'Rex' } }]);
  });

  it('asks for no parameter that a security definition fills in', () => {
    const parameters = [
      { name: 'api_key', in: 'query', type: 'string', required: true },
      { name: 'page', in: 'query', type: 'integer' },
    ];
    const securityDefinitions = { key: { type: 'apiKey', in: 'query', name: 'api_key' } };
    const { tool } = importing(swagger({ parameters }, { securityDefinitions }));
    expect(Object.keys(tool.input_schema.properties ?? {})).toEqual(['page']);
  });
});
