import { createServer, type RequestListener } from 'node:http';
import { onLoopback } from '../../local/on-loopback.ts';

/** A real HTTP server on loopback whose answer a test may change, and which counts what it is asked. */
export async function keyServer(answer: RequestListener) {
  const state = { answer, requests: 0 };
  const server = createServer((request, response) => {
    state.requests++;
    state.answer(request, response);
  });
  const { url, close } = await onLoopback(server);
  return {
    uri: `${url}/jwks.json`,
    requests: () => state.requests,
    answerWith(next: RequestListener) {
      state.answer = next;
    },
    close,
  };
}

export function json(document: unknown, status = 200): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document));
  };
}

/** Ways in which an issuer fails to hand out its keys. */
export const outages: Record<string, RequestListener> = {
  'answers 500': json({ error: 'internal' }, 500),
  'answers 204': (_request, response) => response.writeHead(204).end(),
  'answers garbage': (_request, response) => response.end('<html>502 Bad Gateway</html>'),
  'answers JSON that is no key set': json({ error: 'maintenance' }),
  'answers an array': json([]),
  'answers bytes that are not UTF-8': (_request, response) => response.end(Buffer.from([0x22, 0xff, 0xfe, 0x22])),
  'answers with an unannounced gzip body': (_request, response) => response.end(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0])),
  'redirects elsewhere': (_request, response) => response.writeHead(302, { location: '/elsewhere.json' }).end(),
  'announces too much': (_request, response) => {
    response.writeHead(200, { 'content-length': 600 * 1024 });
    response.end(Buffer.alloc(600 * 1024, 0x20));
  },
  'streams without end': (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 0x20)));
    };
    response.on('drain', more);
    more();
  },
  'breaks off': (_request, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('{"keys":[');
    setImmediate(() => response.destroy());
  },
  'resets the connection': (request) => request.socket.resetAndDestroy(),
};
