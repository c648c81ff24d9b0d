import { describe, expect, it } from 'vitest';
import { documentOf, importing, operationOf } from './importing.ts';

describe('the operations of a document', () => {
  it('are one line of the report each, good or bad, and a bad one harms no other', () => {
    const { report, names } = importing(
      documentOf({
        '/good': { get: { operationId: 'good' } },
        '/odd': { get: null, post: 'text', put: { operationId: 'odd', parameters: { a: 1 }, responses: [] } },
        '/{a': { get: {} },
        '/up/../down': { get: {} },
        '/tab\there': { get: {} },
        '/trace': { trace: { operationId: 'echo' } },
        '/body': { post: { requestBody: { required: true, content: { 'multipart/mixed': {} } } } },
        '/header': { get: { parameters: [{ name: 'a b', in: 'header', required: true }] } },
        relative: { get: {} },
        'x-note': { get: {} },
      }),
    );
    expect(names).toEqual(['good', 'odd']);
    expect(report.operations.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'GET /good ok',
      'GET /odd skipped',
      'POST /odd skipped',
      'PUT /odd ok',
      'GET /{a skipped',
      'GET /up/../down skipped',
      'GET /tab\there skipped',
      'TRACE /trace skipped',
      'POST /body skipped',
      'GET /header skipped',
      'GET relative skipped',
    ]);
    expect(report).toMatchObject({ tools: 2, lowered: 0, skipped: 9 });
    for (const { status, notes } of report.operations) expect(notes).toHaveLength(status === 'skipped' ? 1 : 0);
    expect(report.operations[4]?.notes).toEqual(['#/paths/~1{a/get: the braces in the path do not match.']);
  });

  it('do not include callbacks and webhooks', () => {
    const callback = { '{$request.body#/url}': { post: { operationId: 'called' } } };
    const { names } = importing({
      ...operationOf({ operationId: 'subscribe', callbacks: { onEvent: callback } }, { method: 'post' }),
      webhooks: { event: { post: { operationId: 'hooked' } } },
    });
    expect(names).toEqual(['subscribe']);
  });

  it('may stand in a path item that is referred to', () => {
    const { tool, report } = importing(
      documentOf(
        { '/pets': { $ref: '#/components/pathItems/Pets' }, '/gone': { $ref: 'gone.yaml' }, '/no': 7 },
        { components: { pathItems: { Pets: { get: { operationId: 'listPets' } } } } },
      ),
    );
    expect(tool.binding).toMatchObject({ http_method: 'GET', api_endpoint: '/pets' });
    expect(report.warnings).toEqual([
      '#/paths/~1gone: the reference "gone.yaml" leads out of the document, and is not followed, so its operations are missing.',
      '#/paths/~1no: this is not a path item, so its operations are missing.',
    ]);
  });

  it('include QUERY and other methods from 3.2 on', () => {
    const paths = {
      '/pets': { query: { operationId: 'search' }, additionalOperations: { COPY: { operationId: 'copy' } } },
    };
    const { tool, report } = importing({ ...documentOf(paths), openapi: '3.2.0' });
    expect(tool).toMatchObject({ name: 'search', risk_level: 'read', binding: { http_method: 'QUERY' } });
    expect(report.operations[1]).toMatchObject({ method: 'COPY', status: 'skipped' });
    expect(importing(documentOf(paths)).report.operations).toEqual([]);
  });

  it('are told apart by query or fragment when a document does so', () => {
    const { tools } = importing(documentOf({ '/pets?kind=cat': { get: {} }, '/pets#dogs': { get: {} } }));
    expect(tools.map(({ binding }) => binding.api_endpoint)).toEqual(['/pets?kind=cat', '/pets#dogs']);
  });

  it('are lowered when they live on a server of their own', () => {
    const servers = [{ url: 'https://upload.example.com' }];
    const own = importing({ ...operationOf({ servers }), servers: [{ url: 'https://api.example.com' }] });
    expect(own.line).toMatchObject({ status: 'lowered' });
    expect(own.line.notes[0]).toMatch(/^#\/paths\/~1pets\/get\/servers: .*"https:\/\/upload\.example\.com"/);
    expect(importing({ ...operationOf({ servers }), servers }).line.status).toBe('ok');
  });
});
