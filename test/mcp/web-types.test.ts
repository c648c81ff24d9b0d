import { describe, expect, it } from 'vitest';
import * as plain from '../../functions/mcp/web-types.ts';

/** What the SDK relies on must be true of both, so that a bundle behaves as the sources do. */
const implementations = [
  { name: 'Node’s', Headers, Request, Response },
  { name: 'ours', ...plain },
] as { name: string; Headers: typeof Headers; Request: typeof Request; Response: typeof Response }[];

const stream = (...parts: string[]) => new Blob(parts).stream();

describe.each(implementations)('$name', ({ Headers, Request, Response }) => {
  it('headers are read in any case, joined when repeated, and listed in lower case', () => {
    const headers = new Headers({ 'Content-Type': ' text/plain ', 'MCP-Method': 'ping' });
    headers.append('mcp-method', 'pong');
    headers.set('X-One', '1');
    headers.delete('x-ONE');
    expect(headers.get('CONTENT-TYPE')).toBe('text/plain');
    expect(headers.get('mcp-method')).toBe('ping, pong');
    expect(headers.get('x-one')).toBeNull();
    expect(headers.has('Mcp-Method')).toBe(true);
    expect(Object.fromEntries(headers)).toEqual({ 'content-type': 'text/plain', 'mcp-method': 'ping, pong' });
    expect([...new Headers(headers).entries()].sort()).toEqual([...headers].sort());
  });

  it('a request has its method, URL and headers', () => {
    const request = new Request('http://127.0.0.1:3000/mcp', { method: 'post', headers: { 'Mcp-Name': 'x' } });
    expect([request.method, request.url, request.headers.get('mcp-name')]).toEqual([
      'POST',
      'http://127.0.0.1:3000/mcp',
      'x',
    ]);
    expect(new Request('http://127.0.0.1/').method).toBe('GET');
  });

  it('a response is text, JSON, a stream or nothing', async () => {
    const text = new Response('grüezi', { status: 418, headers: { 'x-a': 'b' } });
    expect([text.status, text.ok, text.headers.get('x-a'), text.headers.get('content-type')]).toEqual([
      418,
      false,
      'b',
      'text/plain;charset=UTF-8',
    ]);
    expect(await text.text()).toBe('grüezi');

    const json = Response.json({ a: [1] }, { status: 201 });
    expect([json.status, json.ok, json.headers.get('content-type'), await json.text()]).toEqual([
      201,
      true,
      'application/json',
      '{"a":[1]}',
    ]);
    const problem = Response.json({}, { headers: { 'content-type': 'application/problem+json' } });
    expect(problem.headers.get('content-type')).toBe('application/problem+json');

    const streamed = new Response(stream('data: 1\n\n', 'data: é\n\n'), {
      headers: { 'content-type': 'text/event-stream' },
    });
    expect(streamed.headers.get('content-type')).toBe('text/event-stream');
    expect(await streamed.text()).toBe('data: 1\n\ndata: é\n\n');

    const nothing = new Response(null, { status: 202 });
    expect([nothing.body, nothing.headers.get('content-type'), await nothing.text()]).toEqual([null, null, '']);
  });

  it('a body can be read as a stream', async () => {
    for (const response of [new Response('one two'), new Response(stream('one ', 'two'))]) {
      let text = '';
      const reader = response.body?.getReader();
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
        text += new TextDecoder().decode(part.value);
      expect(text).toBe('one two');
    }
  });
});
