import { describe, expect, it } from 'vitest';
import { bodyOf, importing, operationOf } from './importing.ts';

const string = { type: 'string' };
const contentOf = (content: Record<string, unknown>, { required = true, method = 'post' } = {}) =>
  importing(operationOf({ requestBody: { required, content } }, { method }));

describe('a JSON body', () => {
  it('spreads its properties', () => {
    const { tool } = importing(bodyOf({ type: 'object', required: ['name'], properties: { name: string, age: {} } }));
    expect(tool.input_schema).toEqual({
      type: 'object',
      properties: { name: string, age: {} },
      required: ['name'],
      additionalProperties: false,
    });
    expect(tool.binding.body).toEqual({
      content_type: 'application/json',
      required: true,
      properties: { name: 'name', age: 'age' },
    });
  });

  it('spreads what it is composed of', () => {
    const schema = {
      allOf: [
        { $ref: '#/components/schemas/Named' },
        { type: 'object', required: ['age'], properties: { age: { type: 'integer' }, name: { minLength: 1 } } },
      ],
    };
    const Named = { type: 'object', required: ['name'], properties: { name: string } };
    const { input_schema } = importing(bodyOf(schema, { components: { schemas: { Named } } })).tool;
    expect(input_schema).toMatchObject({
      properties: { name: { allOf: [string, { minLength: 1 }] }, age: { type: 'integer' } },
      required: ['name', 'age'],
    });
  });

  it('spreads an object that may be null, since an argument object never is', () => {
    const { input_schema } = importing(bodyOf({ anyOf: [{ properties: { name: string } }, { type: 'null' }] })).tool;
    expect(input_schema.properties).toEqual({ name: string });
  });

  it('has an argument for what is required and not described', () => {
    const { input_schema } = importing(
      bodyOf({ type: 'object', required: ['a', 'b'], properties: { a: string } }),
    ).tool;
    expect(input_schema).toMatchObject({ properties: { a: string, b: {} }, required: ['a', 'b'] });
  });

  it('requires what its properties require, though documents forget to require the body', () => {
    const schema = { type: 'object', required: ['name'], properties: { name: string } };
    const { tool } = contentOf({ 'application/json': { schema } }, { required: false });
    expect(tool.input_schema.required).toEqual(['name']);
    expect(tool.binding.body?.required).toBe(false);
  });

  it.each([
    ['a list', { type: 'array', items: string }],
    ['a text', { type: 'string' }],
    ['anything', {}],
    ['a map', { type: 'object', additionalProperties: string }],
    ['an object without known properties', { type: 'object' }],
    ['an open object', { type: 'object', properties: { a: string }, additionalProperties: true }],
    ['a choice', { oneOf: [{ properties: { a: string } }, { properties: { b: string } }] }, 'anyOf'],
    ['an object with rules about itself', { type: 'object', properties: { a: string }, minProperties: 1 }],
    [
      'an object of very many properties',
      { type: 'object', properties: Object.fromEntries(Array.from({ length: 61 }, (_, n) => [`p${n}`, string])) },
    ],
  ])('that is %s is one argument', (_, schema, keyword = Object.keys(schema)[0]) => {
    const { tool } = importing(bodyOf(schema));
    expect(tool.binding.body).toEqual({ content_type: 'application/json', required: true, argument: 'body' });
    expect(tool.input_schema).toMatchObject({ required: ['body'], properties: { body: expect.anything() } });
    if (keyword) expect(tool.input_schema.properties).toHaveProperty(`body.${keyword}`);
  });

  it('that is one argument makes way for a parameter called body', () => {
    const { tool } = importing(
      operationOf(
        {
          parameters: [{ name: 'body', in: 'query', schema: string }],
          requestBody: { description: 'The pets.', content: { 'application/json': { schema: { type: 'array' } } } },
        },
        { method: 'post' },
      ),
    );
    expect(tool.input_schema.properties).toEqual({
      query_body: { title: 'body', type: 'string' },
      body_body: { title: 'body', type: 'array', description: 'The pets.' },
    });
    expect(tool.binding.body?.argument).toBe('body_body');
  });

  it.each([
    ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
    ['application/merge-patch+json', 'application/merge-patch+json'],
    ['application/vnd.api+json', 'application/vnd.api+json'],
    ['*/*', 'application/json'],
  ])('of type %s is sent as %s', (type, content_type) => {
    const { tool } = contentOf({ [type]: { schema: { type: 'object', properties: { name: string } } } });
    expect(tool.binding.body).toEqual({ content_type, required: true, properties: { name: 'name' } });
  });
});

describe('a body of several types', () => {
  it.each([
    [['application/xml', 'application/json', 'text/plain'], 'application/json'],
    [['application/vnd.api+json', 'application/json'], 'application/json'],
    [['text/plain', 'application/vnd.api+json'], 'application/vnd.api+json'],
    [['multipart/form-data', 'application/x-www-form-urlencoded'], 'application/x-www-form-urlencoded'],
    [['image/png', 'text/csv'], 'text/csv'],
    [['multipart/mixed', 'application/octet-stream'], 'application/octet-stream'],
  ])('%j is sent as %s', (types, content_type) => {
    const content = Object.fromEntries(types.map((type) => [type, { schema: { properties: { name: string } } }]));
    expect(contentOf(content).tool.binding.body?.content_type).toBe(content_type);
  });

  it('with files is sent as multipart', () => {
    const schema = { properties: { file: { type: 'string', format: 'binary' } } };
    const types = ['application/x-www-form-urlencoded', 'multipart/form-data'];
    const { tool } = contentOf(Object.fromEntries(types.map((type) => [type, { schema }])));
    expect(tool.binding.body?.content_type).toBe('multipart/form-data');
  });
});

describe('a body of bytes', () => {
  it.each([
    [{ type: 'string', format: 'binary' }, undefined],
    [{ type: 'string', format: 'byte' }, true],
    [{ type: 'string', format: 'base64' }, true],
    [{ type: 'string', contentEncoding: 'base64', contentMediaType: 'image/png' }, true],
    [undefined, undefined],
  ])('described as %j goes as base64: %s', (schema, base64) => {
    const { binding, input_schema } = contentOf({ 'application/octet-stream': schema ? { schema } : {} }).tool;
    expect(binding.body?.base64).toBe(base64);
    expect(input_schema.properties).toMatchObject({ body: { type: 'string', contentEncoding: 'base64' } });
  });
});

describe('a form', () => {
  it('says how its fields are written', () => {
    const schema = { type: 'object', properties: { name: string, tags: { type: 'array' }, owner: { type: 'object' } } };
    const encoding = { tags: { style: 'form', explode: false }, owner: { style: 'deepObject', explode: true } };
    const { tool, line } = contentOf({ 'application/x-www-form-urlencoded': { schema, encoding } });
    expect(tool.binding.body).toEqual({
      content_type: 'application/x-www-form-urlencoded',
      required: true,
      properties: { name: 'name', tags: 'tags', owner: 'owner' },
      encoding,
    });
    expect(line.status).toBe('ok');
  });

  it('of several parts says which are files, and of what type parts are', () => {
    const schema = {
      type: 'object',
      properties: {
        file: { type: 'string', format: 'binary' },
        more: { type: 'array', items: { type: 'string', contentEncoding: 'binary' } },
        image: { contentMediaType: 'image/png' },
        logo: string,
        key: { type: 'string', format: 'byte' },
        meta: { type: 'object' },
      },
    };
    const encoding = { logo: { contentType: 'image/png, image/jpeg' }, meta: { contentType: 'application/json' } };
    const { tool, line } = contentOf({ 'multipart/form-data': { schema, encoding } });
    expect(tool.binding.body?.encoding).toEqual({
      file: { binary: true },
      more: { binary: true },
      image: { binary: true },
      logo: { binary: true, content_type: 'image/png, image/jpeg' },
      meta: { content_type: 'application/json' },
    });
    const file = { type: 'string', format: 'binary', contentEncoding: 'base64', description: expect.any(String) };
    expect(tool.input_schema.properties).toEqual({
      file,
      more: { type: 'array', items: file },
      image: { ...file, contentMediaType: 'image/png' },
      logo: file,
      key: { type: 'string', contentEncoding: 'base64' },
      meta: { type: 'object' },
    });
    expect(line.status).toBe('ok');
  });

  it('asks for a file as base64 or a `data:` URI, after what the document says of it', () => {
    const file = { type: 'string', format: 'binary' };
    const properties = { photo: { ...file, description: 'The photo.' }, more: { type: 'array', items: file } };
    const { input_schema } = contentOf({ 'multipart/form-data': { schema: { properties } } }).tool;
    const hint = 'A file: its bytes in base64, or a `data:` URI (`data:image/png;name=cat.png;base64,…`).';
    expect(input_schema.properties).toMatchObject({
      photo: { description: `The photo.\n${hint}` },
      more: { items: { description: hint } },
    });
  });

  it.each<[string, Record<string, unknown>, string?]>([
    ['or null', { anyOf: [{ type: 'string', format: 'binary' }, { type: 'null' }] }],
    ['or null, by its media type', { type: ['string', 'null'], contentMediaType: 'application/octet-stream' }],
    ['or a list of files', { anyOf: [{ format: 'binary' }, { type: 'array', items: { format: 'binary' } }] }],
    ['of a definition', { $ref: '#/components/schemas/File' }],
    ['of a range of types', { type: 'string' }, 'image/*'],
    ['of whatever type', {}, 'image/png, application/pdf'],
  ])('knows a file %s', (_, schema, contentType) => {
    const encoding = { it: { contentType } };
    const operation = {
      requestBody: { content: { 'multipart/form-data': { schema: { properties: { it: schema } }, encoding } } },
    };
    const components = { schemas: { File: { type: 'string', format: 'binary' } } };
    const { tool } = importing(operationOf(operation, { method: 'post', components }));
    expect(tool.binding.body?.encoding?.it).toEqual({
      binary: true,
      ...(contentType !== undefined && { content_type: contentType }),
    });
    expect(tool.input_schema).toMatchObject({ properties: { it: { description: expect.stringContaining('base64') } } });
  });

  it('knows the files of a body that is one argument', () => {
    const file = { type: 'string', format: 'binary' };
    const schema = { oneOf: [{ properties: { file } }, { properties: { url: string } }] };
    const { tool } = contentOf({ 'multipart/form-data': { schema } });
    expect(tool.binding.body).toMatchObject({ argument: 'body', encoding: { file: { binary: true } } });
    expect(tool.input_schema).toMatchObject({ properties: { body: { type: 'object', anyOf: [{}, {}] } } });
  });

  it('sends a file that the document gives no name as `file`, and says so', () => {
    const schema = { type: 'string', format: 'binary', description: 'The photo.' };
    const { tool, line } = contentOf({ 'multipart/form-data': { schema } });
    expect(tool.binding.body).toMatchObject({ properties: { file: 'file' }, encoding: { file: { binary: true } } });
    expect(tool.input_schema).toMatchObject({ required: ['file'], properties: { file: { format: 'binary' } } });
    expect(line.notes).toEqual([
      '#/paths/~1pets/post/requestBody/content/multipart~1form-data/schema: a form is made of named fields, and this names none; the file is sent as `file`.',
    ]);
  });

  it.each([
    ['multipart/form-data', string],
    ['application/x-www-form-urlencoded', { type: ['string', 'null'] }],
    ['application/x-www-form-urlencoded', { type: 'array', items: string }],
  ])('takes any fields of a form (%s) whose schema is %j, and says so', (type, schema) => {
    const { tool, line } = contentOf({ [type]: { schema } });
    expect(tool.binding.body).toMatchObject({ content_type: type, argument: 'body' });
    expect(tool.input_schema.properties).toEqual({ body: { type: 'object' } });
    expect(line.notes).toEqual([expect.stringContaining('this names none, so any fields are taken.')]);
  });

  it('writes parts by their style, with the headers that have one value or a default', () => {
    const schema = { properties: { tags: { type: 'array', items: string }, name: string } };
    const headers = {
      'X-Part': { schema: { const: 7 } },
      'X-Default': { $ref: '#/components/headers/Default' },
      'X-Any': { schema: string },
      'X-Bad': { schema: { default: 'a\r\nb' } },
      'Content-Type': { schema: { default: 'text/html' } },
    };
    const encoding = { tags: { explode: false, style: 'pipeDelimited' }, name: { headers } };
    const components = { headers: { Default: { schema: { type: 'string', default: 'yes' } } } };
    const requestBody = { content: { 'multipart/form-data': { schema, encoding } } };
    const { tool, line } = importing(operationOf({ requestBody }, { method: 'post', components }));
    expect(tool.binding.body?.encoding).toEqual({
      tags: { explode: false, style: 'pipeDelimited' },
      name: { headers: { 'X-Part': '7', 'X-Default': 'yes' } },
    });
    const at = '#/paths/~1pets/post/requestBody/content/multipart~1form-data/encoding/name/headers';
    expect(line.notes).toEqual([
      `${at}/X-Any: this header has no fixed value, so the part is sent without it.`,
      `${at}/X-Bad: this header has no fixed value, so the part is sent without it.`,
    ]);
  });

  it('that is a list has an item for each part, as 3.2 has them', () => {
    const schema = { type: 'array', items: {} };
    const { tool, line } = contentOf({ 'multipart/mixed': { schema, itemEncoding: { contentType: 'image/png' } } });
    expect(tool.binding.body).toEqual({
      content_type: 'multipart/mixed',
      required: true,
      argument: 'body',
      items: { binary: true, content_type: 'image/png' },
    });
    expect(line.status).toBe('ok');
    const prefixed = contentOf({ 'multipart/mixed': { schema, prefixEncoding: [{ contentType: 'image/png' }] } });
    expect(prefixed.line.notes).toEqual([
      '#/paths/~1pets/post/requestBody/content/multipart~1mixed/prefixEncoding: parts are not written by their position, but each as its value asks for.',
    ]);
  });
});

describe('any other body', () => {
  it.each([
    ['text/plain', { type: 'string', description: 'The body as text/plain text.', contentMediaType: 'text/plain' }],
    [
      'application/xml',
      { type: 'string', description: 'The body as application/xml text.', contentMediaType: 'application/xml' },
    ],
    [
      'application/octet-stream',
      {
        type: 'string',
        description: "The body's bytes (application/octet-stream), in base64 or as a `data:` URI.",
        format: 'binary',
        contentEncoding: 'base64',
        contentMediaType: 'application/octet-stream',
      },
    ],
  ])('of type %s is one argument', (type, expected) => {
    const { tool } = contentOf({ [type]: { schema: { type: 'object', properties: { name: string } } } });
    expect(tool.input_schema.properties).toEqual({ body: expected });
    expect(tool.binding.body).toEqual({ content_type: type, required: true, argument: 'body' });
  });

  it('says how it is given after what the document says of it', () => {
    const requestBody = { description: 'The photo.', content: { 'image/*': { schema: { description: 'Bytes.' } } } };
    const { tool } = importing(operationOf({ requestBody }, { method: 'post' }));
    expect(tool.input_schema.properties).toMatchObject({
      body: { description: "The photo.\nThe body's bytes (image/*), in base64 or as a `data:` URI." },
    });
    // The type is settled when the file is there.
    expect(tool.binding.body?.content_type).toBe('image/*');
  });

  it.each([
    ['get', false],
    ['head', true],
  ])('of %s, required: %s, is left out and reported', (method, required) => {
    const { tool, line } = contentOf({ 'application/json': { schema: {} } }, { method, required });
    expect(tool.binding.body).toBeUndefined();
    expect(tool.input_schema.properties).toEqual({});
    expect(line.notes).toEqual([
      `#/paths/~1pets/${method}/requestBody: a ${method.toUpperCase()} request has no body, so it was left out.`,
    ]);
  });

  it('of GET is kept where the server requires it', () => {
    const { tool, line } = contentOf({ 'application/json': { schema: { type: 'array' } } }, { method: 'get' });
    expect(tool.binding.body).toMatchObject({ argument: 'body', required: true });
    expect(line.status).toBe('ok');
  });

  it('of DELETE is kept', () => {
    const { tool } = contentOf({ 'application/json': { schema: { type: 'array' } } }, { method: 'delete' });
    expect(tool.binding.body?.argument).toBe('body');
  });

  it('that cannot be sent is left out and reported when it is optional', () => {
    const { tool, line } = contentOf({ 'multipart/related': {} }, { required: false });
    expect(tool.binding.body).toBeUndefined();
    expect(line.status).toBe('lowered');
  });
});
