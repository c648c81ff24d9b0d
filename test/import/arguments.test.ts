import { describe, expect, it } from 'vitest';
import type { HttpBinding, ParameterBinding } from '../../functions/catalogue/types.ts';
import { documentOf, importing, operationOf } from './importing.ts';

const string = { type: 'string' };
const argumentsOf = (parameters: unknown[], rest: Record<string, unknown> = {}) =>
  importing(operationOf({ parameters }, rest)).tool;
const keysOf = (schema: Record<string, unknown>) => Object.keys(schema.properties ?? {});

describe('parameters', () => {
  it('become one flat object', () => {
    const { input_schema } = argumentsOf(
      [
        { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
        { name: 'limit', in: 'query', description: 'How <b>many</b>.', schema: { type: 'integer', default: 10 } },
        { name: 'X-Trace', in: 'header', required: true, deprecated: true, schema: string },
        { name: 'theme', in: 'cookie', example: 'dark', schema: string },
      ],
      { path: '/pets/{id}' },
    );
    expect(input_schema).toEqual({
      type: 'object',
      properties: {
        id: { type: 'integer' },
        limit: { type: 'integer', default: 10, description: 'How many.' },
        'X-Trace': { type: 'string', deprecated: true },
        theme: { type: 'string', examples: ['dark'] },
      },
      required: ['id', 'X-Trace'],
      additionalProperties: false,
    });
  });

  it('of a path are those of its operations, unless one of the operation replaces them', () => {
    const { input_schema } = importing(
      documentOf({
        '/pets': {
          parameters: [
            { name: 'limit', in: 'query', schema: { type: 'integer' } },
            { name: 'X-Trace', in: 'header', schema: string },
            { name: 'page', in: 'query', schema: string },
          ],
          get: {
            parameters: [
              { name: 'limit', in: 'query', schema: string },
              { name: 'x-trace', in: 'header', schema: { type: 'integer' } },
            ],
          },
        },
      }),
    ).tool;
    expect(input_schema.properties).toEqual({ limit: string, 'x-trace': { type: 'integer' }, page: string });
  });

  it('that are referred to take what stands beside the reference', () => {
    const filter = { name: 'filter', in: 'query', description: 'Any.', schema: string };
    const beside = { $ref: '#/components/parameters/filter', required: true, description: 'The order.' };
    const { input_schema } = argumentsOf([beside], { components: { parameters: { filter } } });
    expect(input_schema).toMatchObject({
      properties: { filter: { type: 'string', description: 'The order.' } },
      required: ['filter'],
    });
  });

  it('of several places with one name are told apart by where they go; that of the path keeps it', () => {
    const { input_schema, binding } = importing(
      operationOf(
        {
          parameters: [
            { name: 'id', in: 'query', schema: string },
            { name: 'id', in: 'path', required: true, schema: string },
            { name: 'id', in: 'header', schema: string },
            { name: 'id', in: 'cookie', schema: string },
            { name: 'limit', in: 'query', schema: string },
            { name: 'query_limit', in: 'query', schema: string },
          ],
          requestBody: { content: { 'application/json': { schema: { properties: { id: string, limit: string } } } } },
        },
        { method: 'post', path: '/pets/{id}' },
      ),
    ).tool;
    const [clash] = keysOf(input_schema).filter((name) => name.startsWith('query_limit_'));
    expect(clash).toMatch(/^query_limit_[0-9a-f]{6}$/);
    expect(keysOf(input_schema)).toEqual([
      'query_id',
      'id',
      'header_id',
      'cookie_id',
      clash,
      'query_limit',
      'body_id',
      'body_limit',
    ]);
    expect(binding.parameters.map(({ argument, in: place, name }) => [argument, place, name])).toEqual([
      ['query_id', 'query', 'id'],
      ['id', 'path', 'id'],
      ['header_id', 'header', 'id'],
      ['cookie_id', 'cookie', 'id'],
      [clash, 'query', 'limit'],
      ['query_limit', 'query', 'query_limit'],
    ]);
    expect(binding.body?.properties).toEqual({ body_id: 'id', body_limit: 'limit' });
  });

  it.each([
    ['filter[name]', 'filter_name'],
    ['$top', 'top'],
    ['my name', 'my_name'],
    ['关键字', expect.stringMatching(/^query_[0-9a-f]{6}$/)],
    ['__proto__', 'proto'],
    ['a'.repeat(70), expect.stringMatching(/^a{57}_[0-9a-f]{6}$/)],
  ])('named %s have a name that clients pass on, and are sent by their own', (name, expected) => {
    const { input_schema, binding } = argumentsOf([{ name, in: 'query', schema: string }]);
    expect(keysOf(input_schema)).toEqual([expected]);
    expect(input_schema.properties).toEqual({ [String(keysOf(input_schema)[0])]: { title: name, type: 'string' } });
    expect(binding.parameters[0]?.name).toBe(name);
  });

  it('that HTTP or the gateway fills in are not arguments', () => {
    const headers = ['Accept', 'content-type', 'AUTHORIZATION', 'Host', 'Cookie', 'Content-Length', 'Connection'];
    const { input_schema } = argumentsOf([
      ...headers.map((name) => ({ name, in: 'header', required: true, schema: string })),
      { name: 'Accept', in: 'query', schema: string },
    ]);
    expect(keysOf(input_schema)).toEqual(['Accept']);
  });

  it('that a credential supplies are not arguments', () => {
    const securitySchemes = {
      header: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
      query: { type: 'apiKey', in: 'query', name: 'key' },
      other: { type: 'http', scheme: 'bearer' },
    };
    const { input_schema } = argumentsOf(
      [
        { name: 'x-api-key', in: 'header', required: true, schema: string },
        { name: 'key', in: 'query', schema: string },
        { name: 'key', in: 'header', schema: string },
      ],
      { components: { securitySchemes } },
    );
    expect(keysOf(input_schema)).toEqual(['key']);
  });

  it('with one possible value are constants when they are required', () => {
    const { input_schema, binding } = argumentsOf(
      [
        { name: 'api-version', in: 'query', required: true, schema: { type: 'string', enum: ['2024-01'] } },
        { name: 'X-Level', in: 'header', required: true, schema: { const: 3 } },
        { name: 'kind', in: 'query', schema: { enum: ['cat'] } },
        { name: 'version', in: 'path', required: true, schema: { enum: ['v1'] } },
      ],
      { path: '/{version}/pets' },
    );
    expect(keysOf(input_schema)).toEqual(['kind']);
    expect(binding.constants).toEqual([
      { in: 'query', name: 'api-version', value: '2024-01' },
      { in: 'header', name: 'X-Level', value: '3' },
      { in: 'path', name: 'version', value: 'v1' },
    ]);
  });

  it('that the path names and nobody describes are texts; those it does not name are left out', () => {
    const { tool, line } = importing(
      operationOf({ parameters: [{ name: 'tag', in: 'path', schema: string }] }, { path: '/pets/{id}-{ext}' }),
    );
    expect(tool.input_schema).toMatchObject({ properties: { id: string, ext: string }, required: ['id', 'ext'] });
    expect(line.status).toBe('lowered');
    expect(line.notes).toEqual([
      '#/paths/~1pets~1{id}-{ext}/get/parameters/0: the path has no {tag}, so the parameter was left out.',
      '#/paths/~1pets~1{id}-{ext}/get: {id} in the path has no parameter, so it is taken as a text.',
      '#/paths/~1pets~1{id}-{ext}/get: {ext} in the path has no parameter, so it is taken as a text.',
    ]);
  });

  it.each<[string, Record<string, unknown>, string, Partial<ParameterBinding>]>([
    ['/pets/{.id*}', { style: 'label', explode: true }, '/pets/{id}', { in: 'path', style: 'label', explode: true }],
    ['/pets/{.id}', {}, '/pets/{id}', { in: 'path', style: 'label', explode: false }],
    ['/pets{;id*}', {}, '/pets{id}', { in: 'path', style: 'matrix', explode: true }],
    ['/pets/{+id}', {}, '/pets/{id}', { in: 'path', style: 'simple', explode: false }],
    ['/pets/{id:[0-9]{4}}', {}, '/pets/{id}', { in: 'path', style: 'simple' }],
    ['/pets/{id : .+}/toys', {}, '/pets/{id}/toys', { in: 'path', style: 'simple' }],
    ['/pets/:id/toys', {}, '/pets/{id}/toys', { in: 'path', style: 'simple' }],
    ['/pets{?id}', { in: 'query' }, '/pets', { in: 'query', name: 'id', style: 'form', explode: true }],
    ['/pets?kind=cat{&id}', { in: 'query', explode: false }, '/pets?kind=cat', { in: 'query', explode: false }],
    ['/pets?kind=cat&pet={id}', {}, '/pets?kind=cat', { in: 'query', name: 'pet', style: 'form', explode: true }],
    ['/pets?id={id}#one', { in: 'query' }, '/pets#one', { in: 'query', name: 'id', style: 'form', explode: true }],
  ])('may be written %s, described %j', (path, written, endpoint, expected) => {
    const parameter = { name: 'id', in: 'path', required: true, schema: { type: 'array' }, ...written };
    const { tool, line } = importing(operationOf({ parameters: [parameter] }, { path }));
    expect(tool.binding.api_endpoint).toBe(endpoint);
    expect(tool.binding.parameters).toMatchObject([{ argument: String(expected.name ?? 'id'), ...expected }]);
    expect(line.status).toBe('ok');
  });

  it.each(['/pets?id={id}', '/pets{?id}', '/pets/:id'])('that nobody describes are not read into %s', (path) => {
    const { tools, report } = importing(operationOf({}, { path }));
    expect(tools.map(({ binding }) => binding.api_endpoint)).toEqual(path === '/pets/:id' ? ['/pets/:id'] : []);
    expect(report.operations).toHaveLength(1);
  });

  it.each<[Record<string, unknown>, Omit<ParameterBinding, 'argument' | 'name'>]>([
    [{ in: 'query' }, { in: 'query', style: 'form', explode: true }],
    [
      { in: 'query', explode: false },
      { in: 'query', style: 'form', explode: false },
    ],
    [
      { in: 'query', style: 'spaceDelimited' },
      { in: 'query', style: 'spaceDelimited', explode: false },
    ],
    [
      { in: 'query', style: 'pipeDelimited', explode: true },
      { in: 'query', style: 'pipeDelimited', explode: true },
    ],
    [
      { in: 'query', style: 'deepObject', explode: true },
      { in: 'query', style: 'deepObject', explode: true },
    ],
    [
      { in: 'query', allowReserved: true },
      { in: 'query', style: 'form', explode: true, allow_reserved: true },
    ],
    [{ in: 'header' }, { in: 'header', style: 'simple', explode: false }],
    [
      { in: 'header', explode: true },
      { in: 'header', style: 'simple', explode: true },
    ],
    [{ in: 'cookie' }, { in: 'cookie', style: 'form', explode: true }],
    [
      { in: 'cookie', style: 'cookie' },
      { in: 'cookie', style: 'cookie', explode: true },
    ],
    [
      { in: 'cookie', style: 'cookie', explode: false },
      { in: 'cookie', style: 'cookie', explode: false },
    ],
    [
      { in: 'querystring', content: { 'application/jsonpath': {} } },
      { in: 'querystring', style: 'form', explode: true, content_type: 'application/jsonpath' },
    ],
    [
      { in: 'query', content: { 'application/json': { schema: { type: 'array' } } } },
      { in: 'query', style: 'form', explode: true, content_type: 'application/json' },
    ],
  ])('%j are bound as written', (written, expected) => {
    const { binding } = argumentsOf([{ name: 'it', schema: { type: 'array' }, ...written }]);
    expect(binding.parameters).toEqual([{ argument: 'it', name: 'it', ...expected }]);
  });

  it.each([
    [
      { name: 'it', in: 'header', style: 'deepObject' },
      '/style: the style deepObject cannot be sent in a header parameter',
    ],
    [{ name: 'it', in: 'query', style: 'cookie' }, '/style: the style cookie cannot be sent in a query parameter'],
    [{ name: 'it', in: 'querystring' }, ': `in: querystring` needs `content` to say how it is written'],
    [
      { name: 'it', in: 'querystring', content: { 'application/x-www-form-urlencoded': { encoding: { a: {} } } } },
      '/content/application~1x-www-form-urlencoded/encoding: the fields of a query string are written in the usual way',
    ],
    [{ name: 'it', in: 'elsewhere' }, ': `in: elsewhere` is no place for a parameter'],
    [{ name: 'it' }, ': a parameter needs `name` and `in`'],
    [{ name: 'a b', in: 'cookie' }, ': "a b" cannot be the name of a cookie'],
  ])('%j are lowered', (parameter, note) => {
    const { line } = importing(operationOf({ parameters: [parameter] }));
    expect(line.status).toBe('lowered');
    expect(line.notes[0]).toContain(`#/paths/~1pets/get/parameters/0${note}`);
  });

  it('of the style `cookie` are never constants, which would be escaped', () => {
    const parameter = { name: 'it', in: 'cookie', required: true, style: 'cookie', schema: { const: 'a b' } };
    const { binding } = argumentsOf([parameter]);
    expect(binding.constants).toBeUndefined();
    expect(binding.parameters).toMatchObject([{ in: 'cookie', style: 'cookie' }]);
  });
});

describe('the binding', () => {
  it('says what the operation is', () => {
    const expected: HttpBinding = {
      kind: 'http',
      backend: 'shop',
      http_method: 'GET',
      api_endpoint: '/pets',
      parameters: [],
    };
    expect(importing(operationOf({}), { backend: 'shop' }).tool.binding).toEqual(expected);
  });
});
