import { describe, expect, it } from 'vitest';
import { deployment, has, report } from './deployment.ts';
import { exchange, headerOf, renamedHeaders, withToken } from './exchange.ts';

// Question 1: which headers API Gateway renames, in gateway responses, in streamed and in buffered answers.

describe.skipIf(!has.url)('a request without a credential', () => {
  it.each([
    ['POST', '/mcp', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'],
    ['GET', '/api/mcp/tools', undefined],
    ['GET', '/admin/tools', undefined],
  ])('%s %s is told where the metadata is, in a header of that name', async (method, path, body) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await exchange({ method, path, headers, ...(body !== undefined && { body }) });
    report(`1: ${method} ${path} without a credential`, { status: answer.status, headers: answer.headers });
    expect(answer.status).toBe(401);
    expect(renamedHeaders(answer)).toEqual([]);
    expect(headerOf(answer, 'www-authenticate')).toBe(
      `Bearer resource_metadata="${deployment.url}/.well-known/oauth-protected-resource/mcp"`,
    );
  });

  it('gets the request id of API Gateway in the body', async () => {
    const answer = await exchange({ path: '/admin/tools' });
    const { error } = JSON.parse(answer.body) as { error: { code: string; request_id: string } };
    expect(error).toMatchObject({ code: 'unauthenticated', request_id: expect.stringMatching(/^\S{8,}$/) });
    report('1: $context.requestId in a gateway response', {
      request_id: error.request_id,
      header: headerOf(answer, 'x-amzn-requestid'),
    });
  });
});

describe.skipIf(!has.token)('an answer of a function', () => {
  it('keeps its status, its type and its Allow header when it is streamed', async () => {
    const answer = await withToken('/mcp', 'GET');
    report('1: headers of a streamed answer (GET /mcp)', { streamed: answer.headers });
    expect(answer.status).toBe(405);
    expect(headerOf(answer, 'content-type')).toMatch(/^application\/json/);
    expect(headerOf(answer, 'allow') ?? headerOf(answer, 'x-amzn-remapped-allow')).toBe('POST');
    expect(JSON.parse(answer.body)).toMatchObject({ jsonrpc: '2.0', error: { code: -31405 } });
  });

  it('keeps its status and its type when it is buffered', async () => {
    // Without a session there is none to end.
    const answer = await withToken('/mcp', 'DELETE');
    report('1: headers of a buffered answer (DELETE /mcp)', { buffered: answer.headers });
    expect(answer.status).toBe(400);
    expect(headerOf(answer, 'content-type')).toMatch(/^application\/json/);
    expect(JSON.parse(answer.body)).toMatchObject({ jsonrpc: '2.0', error: { code: -32600 } });
  });
});
