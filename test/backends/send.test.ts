import type { Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SendDeps, SendLimits } from '../../functions/backends/attempt.ts';
import type { Resolve } from '../../functions/backends/guarded-lookup.ts';
import type { OutgoingCall } from '../../functions/backends/prepare.ts';
import { type SendResult, sendCall } from '../../functions/backends/send.ts';
import { selfSigned } from '../../local/self-signed.ts';
import { httpServer, httpsServer, muteServer, rawServer, readText } from './servers.ts';

const identity = selfSigned('dealers.test');

beforeAll(() => setDefaultCACertificates([...getCACertificates('default'), identity.cert]));

/** Sends with limits of a second each, plain HTTP and loopback admitted. */
function send(
  call: Partial<OutgoingCall> & { url: string },
  limits: Partial<SendLimits> = {},
  deps: Partial<SendDeps> = {},
): Promise<SendResult> {
  return sendCall(
    { method: 'GET', headers: {}, ...call },
    {
      connect_timeout_ms: 1_000,
      read_timeout_ms: 1_000,
      max_response_bytes: 100_000,
      deadline: Date.now() + 5_000,
      ...limits,
    },
    { clock: Date.now, allowLocal: true, ...deps },
  );
}

/** Every name has these addresses. */
function resolvesTo(...addresses: string[]): Resolve {
  return (_hostname, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
}

function bodyOf(result: SendResult): string {
  return result.ok ? Buffer.from(result.reply.body).toString() : `failed: ${result.kind}`;
}

describe('sendCall', () => {
  it.each([
    { method: 'POST', body: '{"é":1}', length: '8' },
    { method: 'PUT', body: new Uint8Array([65, 66]), length: '2' },
    { method: 'DELETE', body: 'x', length: '1' },
    { method: 'GET', body: 'xyz', length: '3' },
    { method: 'QUERY', body: 'q', length: '1' },
    { method: 'POST', body: undefined, length: '0' },
    { method: 'DELETE', body: undefined, length: undefined },
    { method: 'GET', body: undefined, length: undefined },
  ])('delivers $method with the body $body framed by its length', async ({ method, body, length }) => {
    const server = await httpServer(async (incoming, outgoing) => {
      const text = await readText(incoming);
      const { host, connection, ...headers } = incoming.headers;
      outgoing.end(JSON.stringify({ method: incoming.method, url: incoming.url, headers, text }));
    });
    const result = await send({
      method,
      url: `${server.url}/a%2Fb?c=d`,
      headers: { 'x-a': '1' },
      ...(body && { body }),
    });
    expect(JSON.parse(bodyOf(result))).toEqual({
      method,
      url: '/a%2Fb?c=d',
      headers: { 'x-a': '1', 'accept-encoding': 'identity', ...(length !== undefined && { 'content-length': length }) },
      text: body === undefined ? '' : Buffer.from(body).toString(),
    });
  });

  it('sends header values byte for byte beside a text body', async () => {
    const server = await httpServer((incoming, outgoing) => {
      outgoing.end(Buffer.from(incoming.headers['x-name'] as string, 'latin1').toString('hex'));
    });
    const result = await send({ method: 'POST', url: server.url, headers: { 'x-name': 'José' }, body: '{"é":1}' });
    expect(bodyOf(result)).toBe('4a6f73e9');
  });

  it('gives back status, headers without cookies, body and duration', async () => {
    const server = await httpServer((_incoming, outgoing) => {
      outgoing.writeHead(503, { 'Content-Type': 'text/plain', 'Retry-After': '7', 'Set-Cookie': ['a=1', 'b=2'] });
      outgoing.end('busy');
    });
    const times = [1_000, 1_000, 1_250];
    const clock = () => times.shift() ?? 1_250;
    const result = await send({ url: server.url }, { deadline: 10_000 }, { clock });
    if (!result.ok) throw new Error(result.message);
    const { status, headers, body, duration_ms } = result.reply;
    expect({ status, body: Buffer.from(body).toString(), duration_ms }).toEqual({
      status: 503,
      body: 'busy',
      duration_ms: 250,
    });
    expect(headers).toMatchObject({ 'content-type': 'text/plain', 'retry-after': '7' });
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 'GET', 204],
    ['an empty 200', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Encoding: gzip\r\n\r\n', 'GET', 200],
    ['the answer to HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 900000\r\nContent-Encoding: gzip\r\n\r\n', 'HEAD', 200],
    [
      'an offer of HTTP/2',
      'HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n',
      'GET',
      200,
    ],
    ['early hints', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'GET', 200],
  ])('reads %s as an answer without a body', async (_what, answer, method, status) => {
    const server = await rawServer((socket) => socket.write(answer));
    const result = await send({ method, url: server.url });
    expect(result).toMatchObject({ ok: true, reply: { status, body: { byteLength: 0 } } });
  });

  it('reads a body that ends with the connection', async () => {
    const server = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it'));
    expect(bodyOf(await send({ url: server.url }))).toBe('all of it');
  });
});

describe('connections', () => {
  const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

  it('are kept and used again', async () => {
    const server = await httpServer((_incoming, outgoing) => outgoing.end('ok'));
    for (let count = 0; count < 5; count += 1) expect(bodyOf(await send({ url: server.url }))).toBe('ok');
    expect(server).toMatchObject({ requests: 5, connections: 1 });
  });

  it('are kept over TLS too', async () => {
    const server = await httpsServer(identity, (_incoming, outgoing) => outgoing.end('ok'));
    const url = `https://dealers.test:${server.port}`;
    for (let count = 0; count < 3; count += 1) {
      expect(bodyOf(await send({ url }, {}, { resolve: resolvesTo('127.0.0.1') }))).toBe('ok');
    }
    expect(server).toMatchObject({ requests: 3, connections: 1 });
  });

  it.each(['GET', 'HEAD'])('that the server closed unnoticed cost %s a second try', async (method) => {
    const server = await rawServer((socket, { requests }) =>
      requests === 2 ? socket.resetAndDestroy() : socket.write(ok),
    );
    await send({ url: server.url });
    expect(await send({ method, url: server.url })).toMatchObject({ ok: true });
    expect(server).toMatchObject({ requests: 3, connections: 2 });
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])(
    'that the server closed unnoticed fail %s, which is not repeated',
    async (method) => {
      const server = await rawServer((socket, { requests }) =>
        requests === 2 ? socket.resetAndDestroy() : socket.write(ok),
      );
      await send({ url: server.url });
      const result = await send({ method, url: server.url, body: 'x' });
      expect(result).toMatchObject({ ok: false, kind: 'backend_unreachable', sent: true });
      expect(server.requests).toBe(2);
    },
  );

  it('that break after the first byte of an answer are not tried again', async () => {
    const server = await rawServer((socket, { requests }) => {
      if (requests === 1) return socket.write(ok);
      socket.write('HTTP/1.1 200');
      return setTimeout(() => socket.resetAndDestroy(), 20);
    });
    await send({ url: server.url });
    expect(await send({ url: server.url })).toMatchObject({ ok: false, sent: true });
    expect(server.requests).toBe(2);
  });

  it('that were idle for more than four seconds are not used for a call that must not be repeated', async () => {
    const server = await httpServer((_incoming, outgoing) => outgoing.end('ok'));
    let now = 0;
    const later = (method: string) => send({ method, url: server.url }, { deadline: 60_000 }, { clock: () => now });
    await later('POST');
    now = 3_000;
    await later('POST');
    expect(server.connections).toBe(1);
    now = 8_000;
    await later('POST');
    expect(server.connections).toBe(2);
  });

  it('made where loopback is admitted are not used where it is not', async () => {
    const server = await httpsServer(identity, (_incoming, outgoing) => outgoing.end('ok'));
    const url = `https://dealers.test:${server.port}`;
    const resolve = resolvesTo('127.0.0.1');
    expect(bodyOf(await send({ url }, {}, { resolve }))).toBe('ok');
    expect(bodyOf(await send({ url }, {}, { resolve, allowLocal: false }))).toBe('failed: backend_forbidden_address');
  });
});

describe('a backend that misbehaves', () => {
  const head = 'HTTP/1.1 200 OK\r\n';
  const everyFewMs = (socket: Socket, write: () => void) => {
    const timer = setInterval(write, 10);
    socket.on('close', () => clearInterval(timer));
  };

  it('that is cancelled meanwhile leaves the backend, which may have acted', async () => {
    const cancelling = new AbortController();
    const left = Promise.withResolvers<void>();
    const server = await httpServer((incoming) => {
      incoming.socket.once('close', () => left.resolve());
      cancelling.abort();
    });
    const result = await send({ url: server.url }, { cancelled: cancelling.signal });
    expect(result).toEqual({ ok: false, kind: 'cancelled', message: 'The call was cancelled.', sent: true });
    await left.promise;
  });

  it.each<{
    fault: string;
    serve: (socket: Socket) => void;
    kind: string;
    limits?: Partial<SendLimits>;
    timeLeft_ms?: number;
    message?: RegExp;
  }>([
    { fault: 'says nothing', serve: () => {}, kind: 'backend_timeout', limits: { read_timeout_ms: 50 } },
    {
      fault: 'sends one endless header slowly',
      serve: (socket) => {
        socket.write(`${head}X-Slow: `);
        everyFewMs(socket, () => socket.write('a'));
      },
      kind: 'backend_timeout',
      limits: { read_timeout_ms: 80 },
    },
    {
      fault: 'stops in the middle of its body',
      serve: (socket) => socket.write(`${head}Content-Length: 100\r\n\r\nabc`),
      kind: 'backend_timeout',
      limits: { read_timeout_ms: 50 },
      message: /stopped/,
    },
    {
      fault: 'trickles its body past the deadline',
      serve: (socket) => {
        socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
        everyFewMs(socket, () => socket.write('1\r\na\r\n'));
      },
      kind: 'backend_timeout',
      timeLeft_ms: 100,
      message: /ran out/,
    },
    { fault: 'resets the connection', serve: (socket) => socket.resetAndDestroy(), kind: 'backend_unreachable' },
    { fault: 'closes its half without answering', serve: (socket) => socket.end(), kind: 'backend_unreachable' },
    {
      fault: 'promises more bytes than it sends',
      serve: (socket) => socket.end(`${head}Content-Length: 100\r\n\r\nabc`),
      kind: 'backend_reply_unreadable',
      message: /cut off/,
    },
    {
      fault: 'ends a chunked body without its last chunk',
      serve: (socket) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`),
      kind: 'backend_reply_unreadable',
      message: /cut off/,
    },
    {
      fault: 'resets in the middle of its body',
      serve: (socket) => {
        socket.write(`${head}Content-Length: 100\r\n\r\nabc`);
        setTimeout(() => socket.resetAndDestroy(), 20);
      },
      kind: 'backend_reply_unreadable',
      message: /cut off/,
    },
    {
      fault: 'answers garbage',
      serve: (socket) => socket.end('\x00\x01 not HTTP at all\r\n\r\n'),
      kind: 'backend_reply_unreadable',
      message: /not valid HTTP/,
    },
    {
      fault: 'sends an invalid chunk size',
      serve: (socket) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n`),
      kind: 'backend_reply_unreadable',
    },
    {
      fault: 'frames its answer in two ways',
      serve: (socket) => socket.end(`${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
      kind: 'backend_reply_unreadable',
    },
    {
      fault: 'sends more headers than fit',
      serve: (socket) => socket.end(`${head}${'X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(1_000)}\r\n`),
      kind: 'backend_reply_unreadable',
    },
    {
      fault: 'never ends its chunks',
      serve: (socket) => {
        socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
        everyFewMs(socket, () => socket.write(`4000\r\n${'a'.repeat(0x4000)}\r\n`));
      },
      kind: 'backend_reply_too_large',
    },
    {
      fault: 'announces 10 MB',
      serve: (socket) => socket.write(`${head}Content-Length: 10485760\r\n\r\n`),
      kind: 'backend_reply_too_large',
    },
    {
      fault: 'compresses its answer all the same',
      serve: (socket) => {
        const body = gzipSync(Buffer.alloc(50_000));
        socket.write(`${head}Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`);
        socket.end(body);
      },
      kind: 'backend_reply_unreadable',
      message: /"gzip"/,
    },
    {
      fault: 'compresses the transfer',
      serve: (socket) => socket.end(`${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`),
      kind: 'backend_reply_unreadable',
    },
    {
      fault: 'switches protocols',
      serve: (socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
      kind: 'backend_reply_unreadable',
    },
    {
      fault: 'redirects',
      serve: (socket) =>
        socket.end(
          'HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest?token=x\r\nContent-Length: 0\r\n\r\n',
        ),
      kind: 'backend_redirect',
      message: /\(302\) to http:\/\/169\.254\.169\.254\/latest\. Redirects/,
    },
  ])('and $fault gives $kind', async ({ serve, kind, limits, timeLeft_ms = 5_000, message }) => {
    const server = await rawServer(serve);
    const deadline = Date.now() + timeLeft_ms;
    const result = await send({ method: 'POST', url: server.url, body: 'x' }, { ...limits, deadline });
    expect(result).toMatchObject({ ok: false, kind, sent: true, message: expect.stringMatching(message ?? /\.$/) });
    expect(server.requests).toBe(1);
  });

  it('and sends 10 MB is no longer listened to after the limit', async () => {
    let written = 0;
    const server = await httpServer((_incoming, outgoing) => {
      const pump = () => {
        while (written < 10 * 1_048_576 && !outgoing.destroyed) {
          written += 65_536;
          if (!outgoing.write(Buffer.alloc(65_536))) return outgoing.once('drain', pump);
        }
        return outgoing.end();
      };
      pump();
    });
    expect(await send({ url: server.url })).toMatchObject({ kind: 'backend_reply_too_large', sent: true });
    expect(written).toBeLessThan(10 * 1_048_576);
  });

  it('leaves the next call unharmed', async () => {
    const answers = ['garbage\r\n\r\n', `${head}Content-Length: 2\r\n\r\nok`];
    const server = await rawServer((socket) => socket.write(answers.shift() ?? ''));
    expect(bodyOf(await send({ url: server.url }))).toBe('failed: backend_reply_unreadable');
    expect(bodyOf(await send({ url: server.url }))).toBe('ok');
  });
});

describe('a backend that cannot be reached', () => {
  const unreached = (kind: string, message: RegExp) => ({
    ok: false,
    kind,
    sent: false,
    message: expect.stringMatching(message),
  });

  it('because nothing listens is told', async () => {
    expect(await send({ url: 'http://127.0.0.1:1' })).toEqual(
      unreached('backend_unreachable', /refused the connection/),
    );
  });

  it('because TLS is never answered takes no longer than the connect timeout', async () => {
    const { port } = await muteServer();
    const result = await send({ url: `https://127.0.0.1:${port}` }, { connect_timeout_ms: 50 });
    expect(result).toEqual(unreached('backend_timeout', /no connection within 50 ms/));
  });

  it('because its name is never resolved takes no longer than the connect timeout', async () => {
    const result = await send({ url: 'https://slow.test' }, { connect_timeout_ms: 50 }, { resolve: () => {} });
    expect(result).toEqual(unreached('backend_timeout', /no connection within 50 ms/));
  });

  it('because its name does not exist is told', async () => {
    const resolve: Resolve = (_hostname, callback) =>
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND secret.internal'), { code: 'ENOTFOUND' }), []);
    expect(await send({ url: 'https://gone.test' }, {}, { resolve })).toEqual(
      unreached('backend_unreachable', /^The backend’s host name could not be resolved \(ENOTFOUND\)\.$/),
    );
  });

  it('because its name has no address is told', async () => {
    const result = await send({ url: 'https://empty.test' }, {}, { resolve: resolvesTo() });
    expect(result).toEqual(unreached('backend_unreachable', /could not be reached/));
  });

  it.each([
    ['nobody vouches for', selfSigned('dealers.test'), 'dealers.test'],
    ['is for another name', identity, 'other.test'],
  ])('because its certificate %s is told', async (_what, certificate, host) => {
    const server = await httpsServer(certificate, (_incoming, outgoing) => outgoing.end());
    const result = await send({ url: `https://${host}:${server.port}` }, {}, { resolve: resolvesTo('127.0.0.1') });
    expect(result).toEqual(unreached('backend_unreachable', /could not agree on TLS/));
    expect(server.requests).toBe(0);
  });

  it('because it does not speak TLS is told', async () => {
    const plain = await httpServer((_incoming, outgoing) => outgoing.end());
    const result = await send({ url: `https://127.0.0.1:${plain.port}` });
    expect(result).toEqual(unreached('backend_unreachable', /could not agree on TLS/));
  });

  it('because the time is up is not tried', async () => {
    const server = await httpServer((_incoming, outgoing) => outgoing.end());
    const result = await send({ url: server.url }, { deadline: 1_000 }, { clock: () => 1_000 });
    expect(result).toEqual(unreached('backend_timeout', /ran out/));
    expect(server.connections).toBe(0);
  });

  it('because it was cancelled before is not tried', async () => {
    const server = await httpServer((_incoming, outgoing) => outgoing.end());
    const result = await send({ url: server.url }, { cancelled: AbortSignal.abort() });
    expect(result).toEqual(unreached('cancelled', /cancelled/));
    expect(server.connections).toBe(0);
  });

  it('because a header cannot be written is a failure, not an exception', async () => {
    const server = await httpServer((_incoming, outgoing) => outgoing.end());
    const result = await send({ url: server.url, headers: { 'x-a': 'a\r\nX-Evil: 1' } });
    expect(result).toMatchObject({ ok: false, kind: 'backend_unreachable', sent: false });
    expect(server.connections).toBe(0);
  });
});

describe('an address that no backend may have', () => {
  const refused = { ok: false, kind: 'backend_forbidden_address', sent: false, message: expect.any(String) };

  it.each([
    'http://api.example.com/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://169.254.169.254/latest/meta-data',
    'https://user@api.example.com/',
    'https://:secret@api.example.com/',
    'ftp://api.example.com/',
    'file:///etc/passwd',
    'unix:/var/run/docker.sock',
    'not a url',
  ])('is refused in %s', async (url) => {
    expect(await send({ url }, {}, { allowLocal: false })).toEqual(refused);
  });

  it.each([
    'http://10.0.0.1/',
    'http://169.254.169.254/',
    'http://0.0.0.0/',
    'http://[fe80::1]/',
    'http://user@127.0.0.1/',
  ])('is refused in %s even where loopback is admitted', async (url) => {
    expect(await send({ url })).toEqual(refused);
  });

  it.each([
    ['a private network', ['10.0.0.8']],
    ['the metadata service', ['169.254.169.254']],
    ['loopback', ['127.0.0.1']],
    ['loopback of version 6', ['::1']],
    ['a public address and a private one', ['93.184.215.14', '192.168.1.1']],
  ])('is refused when a name leads to %s', async (_what, addresses) => {
    const server = await httpServer((_incoming, outgoing) => outgoing.end());
    const url = `https://rebound.test:${server.port}`;
    expect(await send({ url }, {}, { allowLocal: false, resolve: resolvesTo(...addresses) })).toEqual(refused);
    expect(server.connections).toBe(0);
  });
});
